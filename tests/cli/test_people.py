"""`wayfare people`: the register of who may act."""

from __future__ import annotations

from tests.cli.conftest import Town, run


def test_people_are_added_listed_and_ended(own_town: Town) -> None:
    words = ("--place", "grid", "--folder", str(own_town.folder))
    assert "nobody yet" in run("people", "list", *words).out
    added = run("people", "add", "a.hart", "--name", "Anna Hart", "--role", "planner",
                "--role", "viewer", *words)  # fmt: skip
    assert (added.code, added.out.split()[0]) == (0, "a.hart")
    ended = run("people", "end", "a.hart", "--role", "viewer", *words)
    assert ended.code == 0
    listed = run("people", "list", *words)
    assert "Anna Hart: planner (viewer until 20" in listed.out

    again = run("people", "add", "a.hart", "--name", "Other Name", "--role", "viewer", *words)
    assert (again.code, "never given to a second person" in again.err) == (30, True)
    unknown = run("people", "add", "b.lane", "--name", "B", "--role", "king", *words)
    assert (unknown.code, "is no role" in unknown.err) == (2, True)
