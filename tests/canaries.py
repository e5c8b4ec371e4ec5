"""Canaries: personal values of the made-up people, looked for wherever none may be (P2).

Names, needs and the protected postcode of all test data are texts that nothing else holds. They
are looked for in what every command of a test printed, in what every test left in its captured
output and logs, in the name of every file that the suite left behind, and in every file of a
kind that is no document for a named recipient: logs, plain accounts, summaries, metrics, pages.
A hit fails the whole run, also where the tests themselves passed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CANARY = re.compile(r"Canaryname|need-canary-zq|ZZ9 9ZZ|\bPassenger \d{4}\b")
"""Names, needs, protected postcode of `tests.reports.hand_made`; names of the samples."""

SEARCHED = frozenset(
    {
        ".log",
        ".txt",
        ".json",
        ".jsonl",
        ".html",
        ".prom",
        ".svg",
        ".err",
        ".out",
        ".key",
        ".tmp",
    }
)
"""Endings of files that are nobody's document. Workbooks are held field by field elsewhere."""

MAY_HOLD = re.compile(r"^(subject-access-|held-rows\.json$)")
"""Files for one recipient, who may read what they hold; what was brought in and waits."""

MOST_BYTES = 64 << 20


def find_canary(text: str) -> str:
    """Find a canary with some text around it, or ''."""
    found = CANARY.search(text)
    if found is None:
        return ""
    return text[max(0, found.start() - 40) : found.end() + 20].replace("\n", " ")


def search_folder(top: Path) -> Iterator[str]:
    """Search a folder: the name of every file, and those that may hold no personal value."""
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder) / name
            if find_canary(name):
                yield f"file name {path}"
            is_searched = path.suffix in SEARCHED and not MAY_HOLD.match(name)
            if is_searched and path.is_file() and path.stat().st_size < MOST_BYTES:
                hit = find_canary(path.read_bytes().decode("utf-8", errors="ignore"))
                if hit:
                    yield f"{path}: {hit}"


class CanaryWatch:
    """Gathers hits of the session, over all workers, and fails it at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._hits: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what a test printed and logged."""
        for title, text in report.sections:
            hit = find_canary(text)
            if hit:
                self._hits.append(f"{report.nodeid} ({title}): {hit}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """Take over what a worker found."""
        self._hits += getattr(node, "workeroutput", {}).get("canaries", [])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Search what the suite left on disk; a worker hands its hits to the controller."""
        factory = getattr(self._config, "_tmp_path_factory", None)
        top = getattr(factory, "_basetemp", None)
        output = getattr(self._config, "workeroutput", None)
        if top is not None and (output is not None or not self._has_workers()):
            self._hits += search_folder(Path(top))
        if output is not None:
            output["canaries"] = list(self._hits)
        elif self._hits and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _has_workers(self) -> bool:
        return bool(getattr(self._config.option, "numprocesses", None))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where personal values were found."""
        if self._hits:
            terminalreporter.section("PERSONAL VALUES WHERE NONE MAY BE", red=True)
            for hit in dict.fromkeys(self._hits):
                terminalreporter.line(hit)
