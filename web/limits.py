"""Limits on what people may ask of a page (W11): exports, heavy work, requests, sizes."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import RefusedError
from data.store.rows import write_stamp

if TYPE_CHECKING:
    from web.access import Visit

EXPORTED = "export.read"
"""What the audit log calls an export."""

MOST_EXPORTS = 20
"""Exports of one person in an hour."""

MOST_HEAVY, MOST_HEAVY_OWN = 2, 1
"""Pieces of heavy work that a page does at one time: of everybody, and of one person."""

MOST_BODY = 1_000_000
"""Longest body of a request that brings no file. [bytes]"""

MOST_UPLOAD = 22_000_000
"""Longest body of a request that brings files, as deploy/nginx-wayfare.conf has it. [bytes]"""

API_BURST, API_PER_S = 300, 20
"""Requests that a person's programs may send at once, and in the long run. [1/s]"""


class LimitError(RefusedError):
    """Raised when somebody asks for more than one person may have.

    Attributes
    ----------
    wait_s
        After how long it is worth asking again. [s]
    """

    def __init__(self, text: str, wait_s: int) -> None:
        super().__init__(text)
        self.wait_s = wait_s


def note_export(visit: Visit, kind: str, record_id: str) -> None:
    """Keep that somebody takes a file out of the page; call before it is given.

    Raises
    ------
    LimitError
        If they have taken as many in an hour as they may.
    """
    book = visit.store.audit
    since = write_stamp(visit.now_utc - timedelta(hours=1))
    if book.count_since(visit.person_id, EXPORTED, since) >= MOST_EXPORTS:
        raise LimitError(
            f"You have taken {MOST_EXPORTS} files within an hour, as many as one person may. "
            "Try again later.",
            wait_s=3_600,
        )
    book.add_entry(visit.build_entry(EXPORTED, kind, record_id))


class HeavyWork:
    """Heavy work that requests do at one time, so that no flood of it slows the page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def entering(self, person_id: str) -> Iterator[None]:
        """Do a piece of heavy work.

        Raises
        ------
        LimitError
            If the person, or everybody together, has as much under way as may be.
        """
        with self._lock:
            if self._held[person_id] >= MOST_HEAVY_OWN:
                raise LimitError("The last thing you asked for is still being worked out.", 5)
            if self._held.total() >= MOST_HEAVY:
                raise LimitError("Others' work is being done. Try again in a moment.", 10)
            self._held[person_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[person_id] -= 1


@contextmanager
def entering(visit: Visit) -> Iterator[None]:
    """Do a piece of heavy work for a visitor; see `HeavyWork.entering`."""
    with visit.state.heavy.entering(visit.person_id):
        yield


class Pace:
    """How fast programs ask: a bucket for each person that fills as time goes by.

    Parameters
    ----------
    burst, per_s
        Size of a bucket, and what flows into it each second.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        burst: float = API_BURST,
        per_s: float = API_PER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Count a request.

        Raises
        ------
        LimitError
            If they come faster than they may.
        """
        now_s = self._clock()
        with self._lock:
            left, at_s = self._held.pop(key, (self._burst, now_s))
            left = min(self._burst, left + (now_s - at_s) * self._per_s)
            self._held[key] = (max(0.0, left - 1), now_s)
            while len(self._held) > 10_000:
                self._held.popitem(last=False)
        if left < 1:
            raise LimitError("Too many requests. Ask more slowly.", wait_s=1)


class BodyLimit:
    """Refuses a body that is too long, by what it says of itself and by what comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"")
        most = MOST_UPLOAD if kind.startswith(b"multipart/form-data") else MOST_BODY
        said = headers.get(b"content-length", b"")
        said_bytes = int(said) if said.isdigit() else 0
        n_bytes = 0

        async def receive_counted() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if max(said_bytes, n_bytes) > most:
                # Raised where the body is read, so that it is answered as every refusal is.
                raise HTTPException(
                    413, f"What was sent is too long: at most {most // 1_000_000} MB."
                )
            return message

        await self.app(scope, receive_counted, send)
