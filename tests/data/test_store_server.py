"""What a server can do to a store in use: cut connections, choose between two, die, refuse."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.errors import LockedError, RefusedError, StoreError
from data.people import Role
from data.plans import PlanState
from data.store import Store, models, server
from data.store.server import read_address, write_address
from data.store.transactions import PassingError
from tests.nightly.nights import PLACE, STAMP, build_candidate, build_publication, open_store
from tests.postgres import Server, run_server
from tests.reports.hand_made import SERVICE_DATE, build_inputs, build_plan
from tests.store_places import EMPTY_STORE, Place, connect, query

NAME = "Anna Hart"


@pytest.fixture
def place(postgres_server: Server) -> Iterator[str]:
    """Give a database of a test's own."""
    url = postgres_server.make_database(EMPTY_STORE)
    yield url
    postgres_server.drop_database(url)


on_server = pytest.mark.postgres


@contextmanager
def at_first_write(monkeypatch: pytest.MonkeyPatch, happen: object) -> Iterator[list[int]]:
    """Let something happen just before the first commit, and count the tries."""
    tries: list[int] = []
    real = server.mark_write

    def mark(connection: sa.Connection, text: str) -> int:
        tries.append(1)
        number = real(connection, text)
        if len(tries) == 1:
            happen(connection)  # type: ignore[operator]
        return number

    with monkeypatch.context() as patched:
        patched.setattr(server, "mark_write", mark)
        yield tries


def end_backend(place: Place, connection: sa.Connection) -> None:
    """End the server's side of a connection, as an administrator or a crash does."""
    number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    query(place, f"SELECT pg_terminate_backend({number}, 5000)")


# Lost connections


@on_server
def test_a_connection_ended_before_the_commit_is_made_anew_and_nothing_is_done_twice(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        Store.open(place) as store,
        at_first_write(monkeypatch, lambda c: end_backend(place, c)) as tries,
    ):
        # Of all methods one that refuses to be done twice.
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        assert len(tries) == 2
        assert query(place, "SELECT count(*) FROM person_roles") == [(1,)]


@on_server
def test_a_commit_whose_answer_is_lost_is_looked_up_and_not_repeated(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    real = sa.engine.RootTransaction.commit

    def commit_and_lose(self: sa.engine.RootTransaction) -> None:
        is_writing = bool(self.connection.get_execution_options().get("wayfare_writes"))
        real(self)
        if is_writing and not tries:
            tries.append(1)
            raise sa.exc.OperationalError("COMMIT", {}, _lost(), connection_invalidated=True)

    with Store.open(place) as store, monkeypatch.context() as patched:
        patched.setattr(sa.engine.RootTransaction, "commit", commit_and_lose)
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        assert tries == [1]
        assert query(place, "SELECT count(*) FROM person_roles") == [(1,)]


def _lost() -> Exception:
    import psycopg

    return psycopg.OperationalError("server closed the connection unexpectedly")


@on_server
def test_a_commit_that_cannot_be_looked_up_is_never_called_done_or_undone(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More writes came after it than are remembered.
    monkeypatch.setattr(server, "KEPT_MARKS", 3)
    with Store.open(place) as store:
        first = _add_roles(store, 1)
        assert first is True
        with connect(place).begin() as connection:
            server.lock_for_writing(connection)
            assert server.find_mark(connection, "f" * 16, 1) is False
        _add_roles(store, 6)
        with connect(place).begin() as connection:
            server.lock_for_writing(connection)
            assert server.find_mark(connection, "f" * 16, 1) is None
            assert server.find_mark(connection, "f" * 16, 6) is False


def _add_roles(store: Store, n: int) -> bool:
    for number in range(n):
        store.add_person(f"a{n}.{number}", NAME, [Role.VIEWER], now_utc=STAMP)
    return True


@on_server
def test_idle_connections_that_died_are_not_noticed_by_anybody(place: str) -> None:
    with Store.open(place) as store:
        store.list_people()
        query(
            place,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        assert store.list_people() == ()
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)


@on_server
def test_a_server_that_stays_away_is_said_so_in_time_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.store.transactions.RETRY_S", 1.0)
    with run_server() as own, Store.open(own.make_database()) as store:
        own.stop()
        began_s = time.monotonic()
        with pytest.raises(StoreError, match=r"cannot be reached.*Nothing was saved"):
            store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        assert time.monotonic() - began_s < 20
        own.start()
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        assert store.find_person("a.hart") is not None


# Two at once


@on_server
def test_a_serialisation_failure_is_repeated_on_the_newest_state(place: str) -> None:
    with Store.open(place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        outside = connect(place).connect()
        holding = outside.begin()
        # Somebody outside changes the very row, then the program wants to.
        outside.execute(sa.update(models.fences).values(fence_no=fence_no + 40))
        found: list[int] = []
        worker = threading.Thread(
            target=lambda: found.append(store.nights.take_fence(PLACE, taken_utc=STAMP))
        )
        worker.start()
        _wait_until_waiting(place)
        holding.commit()
        outside.close()
        worker.join()
        # Not 2, which would be the state before, nor an error.
        assert found == [fence_no + 41]


@on_server
def test_a_deadlock_is_repeated_by_the_one_who_lost_it(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(place) as store:
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        outside = connect(place).connect()
        holding = outside.begin()
        # The program holds the fences and wants a person; the other the other way round.
        outside.execute(sa.text("SET deadlock_timeout = '60s'"))
        outside.execute(sa.text("SET lock_timeout = 0"))
        outside.execute(sa.update(models.people).values(name=NAME))
        tries: list[int] = []
        waits: list[threading.Thread] = []

        def wait_for_the_fences() -> None:
            outside.execute(sa.update(models.fences).values(fence_no=fence_no + 10))
            holding.commit()

        real = server.mark_write

        def mark(connection: sa.Connection, text: str) -> int:
            tries.append(1)
            if len(tries) == 1:
                waits.append(threading.Thread(target=wait_for_the_fences))
                waits[0].start()
                _wait_until_waiting(place)
                connection.execute(sa.update(models.people).values(name=NAME))
            return real(connection, text)

        with monkeypatch.context() as patched:
            patched.setattr(server, "mark_write", mark)
            found = store.nights.take_fence(PLACE, taken_utc=STAMP)
        waits[0].join()
        outside.close()
        assert len(tries) == 2
        assert found == fence_no + 11


def _wait_until_waiting(place: str) -> None:
    """Wait until some transaction of the database waits for a lock."""
    for _ in range(500):
        waiting = query(
            place,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'",
        )
        if waiting != [(0,)]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waited")


@on_server
def test_conflicts_without_end_end_cleanly(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.transactions.LONGEST_WAIT_S", 0.01)
    tries: list[int] = []

    def conflict(*_: object) -> int:
        import psycopg

        tries.append(1)
        raise sa.exc.OperationalError("x", {}, psycopg.errors.SerializationFailure("planted"))

    monkeypatch.setattr(server, "mark_write", conflict)
    with Store.open(place) as store, pytest.raises(PassingError, match=r"again and again"):
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
    assert len(tries) == 8
    assert query(place, "SELECT count(*) FROM people") == [(0,)]


@on_server
def test_writers_wait_for_each_other_and_readers_for_nobody(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LOCK_TIMEOUT_MS", 200)
    with Store.open(place) as store, connect(place).begin() as holding:
        server.lock_for_writing(holding)
        assert store.list_people() == ()
        with pytest.raises(LockedError, match="in use"):
            store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)


@on_server
def test_counters_of_many_writers_at_once_are_given_once(place: str) -> None:
    numbers: list[int] = []

    def take() -> None:
        with Store.open(place) as own:
            numbers.extend(own.nights.take_fence(PLACE, taken_utc=STAMP) for _ in range(10))

    workers = [threading.Thread(target=take) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(numbers) == list(range(1, 41))


@on_server
def test_a_reader_sees_one_state_though_others_write_meanwhile(place: str) -> None:
    with Store.open(place) as store, store._reading() as reading:
        count = sa.select(sa.func.count()).select_from(models.people)
        assert reading.execute(count).scalar() == 0
        store.add_person("a.hart", NAME, [Role.PLANNER], now_utc=STAMP)
        assert reading.execute(count).scalar() == 0
    with Store.open(place) as store, store._reading() as reading:
        assert reading.execute(count).scalar() == 1
        with pytest.raises(sa.exc.InternalError, match="read-only"):
            reading.execute(sa.delete(models.person_roles))


@on_server
def test_one_machine_at_a_time_holds_a_night_and_death_frees_it(place: str) -> None:
    with Store.open(place) as one, Store.open(place) as other:
        with one.holding("the night"):
            with (
                pytest.raises(LockedError, match="Another machine"),
                other.holding("the night"),
            ):
                pass
            with other.holding("another night"):
                pass
            query(
                place,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks "
                "WHERE locktype = 'advisory' AND granted",
            )
            with other.holding("the night"):
                pass
        with other.holding("the night"):
            pass


# A server that dies while plans are published


def publish_for_ever(place: str, first_no: int, told: int) -> None:
    """Publish one version after another and say each one that was promised."""
    with Store.open(place) as store:
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        number = first_no
        while True:
            plan = replace(build_plan(), plan_id=f"plan-{number}")
            candidate = build_candidate(store, plan, PlanState.OPTIMISED)
            kept = store.nights.publish(
                replace(
                    build_publication(candidate, fence_no, key=f"{number:064d}"),
                    plan_id=plan.plan_id,
                ),
                candidate.plan_hash,
            )
            os.write(told, f"{kept.version_no} {number}\n".encode())
            number += 1


def crash_servers(folder: Path, n_crashes: int) -> int:
    """Crash the server under a publisher that goes on; return how many were published."""
    with run_server() as own:
        place = own.make_database()
        open_store(place).close()
        is_told, told = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover  the child is killed
            try:
                publish_for_ever(place, 1, told)
            except BaseException as error:
                (folder / "died.txt").write_text(repr(error), encoding="utf-8")
            finally:
                os._exit(1)
        os.close(told)
        os.set_blocking(is_told, False)
        text = ""
        try:
            for number in range(n_crashes):
                text = _read_until(is_told, text, n_lines=text.count("\n") + 1 + number % 3)
                # At once, as in a power cut, or killed: nothing is flushed or said.
                own.stop(signal.SIGQUIT if number % 2 else signal.SIGKILL)
                own.start()
            text = _read_until(is_told, text, n_lines=text.count("\n") + 1)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        died = folder / "died.txt"
        assert not died.exists(), died.read_text()
        promised = dict(line.split() for line in text.splitlines())
        with Store.open(place) as store:
            found = store.nights.list_publications(PLACE, SERVICE_DATE)
            keys = {str(p.version_no): str(int(p.night_key)) for p in found}
            # Lost: a version that was promised is not there, or is another one.
            assert {v: keys.get(v) for v in promised} == promised
            # Double: a version or a run twice. At most the last was not yet told of.
            assert [p.version_no for p in found] == list(range(len(found), 0, -1))
            assert len(set(keys.values())) == len(found)
            assert len(found) - len(promised) in (0, 1)
            # Torn: a publication whose plan does not read back whole.
            for one in found:
                plan = store.nights.read_plan(one.plan_no)
                assert plan.plan_id == one.plan_id
                assert replace(plan, plan_id="") == replace(
                    build_plan(), plan_id="", state=PlanState.OPTIMISED
                )
            assert store.nights.find_publication(PLACE, SERVICE_DATE) == found[0]
        return len(found)


def _read_until(handle: int, text: str, *, n_lines: int) -> str:
    """Read what is told until there are so many lines."""
    until_s = time.monotonic() + 60
    while text.count("\n") < n_lines:
        assert time.monotonic() < until_s, "the publisher did not go on"
        try:
            text += os.read(handle, 65_536).decode()
        except BlockingIOError:
            time.sleep(0.01)
    return text


@on_server
def test_a_server_crashed_twenty_times_under_a_publisher_loses_tears_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    assert crash_servers(tmp_path, 20) >= 20


@on_server
@pytest.mark.slow
def test_a_server_crashed_two_hundred_times_loses_tears_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    assert crash_servers(tmp_path, 200) >= 200


# What is refused


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://wayfare:s3cret@db.example/southend",
        "postgresql://wayfare@db.example/southend?password=s3cret",
        "postgresql+psycopg2://wayfare:s3cret@db.example/southend",
        "mysql://wayfare:s3cret@db.example/southend",
        "postgresql://wayfare:s3cret@db.example:port/southend",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(text)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_addresses_are_shown_without_what_nobody_needs() -> None:
    shown = write_address("postgresql://wayfare@db.example:5433/southend?passfile=/etc/x")
    assert shown == "wayfare@db.example:5433/southend"
    assert read_address("postgres://db.example/x").drivername == "postgresql+psycopg"
    for text in ("mysql://db.example/x", "postgresql://db.example"):
        with pytest.raises(StoreError):
            read_address(text)


def test_over_a_network_the_server_has_to_prove_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGHOST"):
        monkeypatch.delenv(name, raising=False)

    def find(text: str) -> object:
        return server._build_connect_args(read_address(text)).get("sslmode")

    assert find("postgresql://w@db.example/x") == "verify-full"
    assert find("postgresql://w@10.1.2.3/x") == "verify-full"
    assert find("postgresql:///x?host=db.example") == "verify-full"
    for near in ("postgresql://w@127.0.0.1/x", "postgresql:///x", "postgresql://w@[::1]/x"):
        assert find(near) is None
    # Whoever says otherwise in the address is taken at their word.
    assert find("postgresql://w@db.example/x?sslmode=require") is None


@on_server
def test_a_wrong_password_or_database_is_said_at_once(place: str, tmp_path: Path) -> None:
    wrong = tmp_path / "pgpass"
    wrong.touch(mode=0o600)
    wrong.write_text("127.0.0.1:*:*:wayfare:n0t-the-pass\n")
    began_s = time.monotonic()
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        Store.open(f"{place.partition('?')[0]}?passfile={wrong}")
    assert "n0t-the-pass" not in str(caught.value)
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(place.replace("/wayfare_", "/absent_"))
    assert time.monotonic() - began_s < 5


@on_server
def test_a_database_that_sorts_by_a_language_is_refused(postgres_server: Server) -> None:
    postgres_server.execute(
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' "
        "LC_CTYPE 'C'"
    )
    with pytest.raises(StoreError, match="CREATE DATABASE southend"):
        Store.open(postgres_server.url("latin"))


@on_server
def test_a_refusal_of_the_database_names_no_value(place: str) -> None:
    with Store.open(place) as store:
        store.save_inputs(build_inputs(), created_utc=STAMP, code_version="1")
        with (
            pytest.raises(StoreError, match="refuses the change") as caught,
            store._writing() as c,
        ):
            c.execute(
                sa.insert(models.person_roles).values(
                    person_id="zoe.secret", role="planner", from_utc="x"
                )
            )
    assert "zoe" not in str(caught.value)
    assert "fk_person_roles_person_id" in str(caught.value)


@on_server
def test_our_own_refusals_are_not_repeated(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = server.lock_for_writing
    monkeypatch.setattr(server, "lock_for_writing", lambda c: (calls.append(1), real(c))[1])
    with Store.open(place) as store, pytest.raises(RefusedError):
        store.end_person("nobody", [], now_utc=STAMP)
    assert calls == [1]
