"""Ctrl-C: the first ends a search with its best plan, the second ends the command."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from cli.common import note

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended before it had anything to keep."""


class StopWish:
    """Notes a first Ctrl-C instead of raising; to be asked by a long search.

    A search, a solver or a write is so never broken off half way. A second Ctrl-C ends the
    command with `INTERRUPTED`.
    """

    def __init__(self) -> None:
        self._is_wished = False
        self._before: Any = None

    def __enter__(self) -> StopWish:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note_wish)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def __call__(self) -> bool:
        """Say whether the search is to end."""
        return self._is_wished

    def _note_wish(self, _: int, __: FrameType | None) -> None:
        if self._is_wished:
            sys.exit(INTERRUPTED)
        self._is_wished = True
        note("Stopping with the best plan so far; Ctrl-C again to drop it.")


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Let Ctrl-C end the command even while a search runs that would keep its best plan."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: sys.exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
