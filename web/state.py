"""What one running page holds: settings, the open store, and what was read lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from data.logs import Event, open_log
from data.store import Store
from data.versions import find_code_version
from web.basemap import Basemaps
from web.limits import HeavyWork, Pace
from web.seals import Seals
from web.sessions import MemorySessions, Sessions, StoreSessions
from web.settings import SignIn, WebSettings

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI, Request

    from data.inputs import Inputs
    from data.logs import Log
    from data.plans import Plan
    from data.runs import RunRecord

T = TypeVar("T")

KEPT_INPUTS = 3
KEPT_RUNS = 6
KEPT_PLANS = 8
KEPT_SHOWN = 12
KEPT_OTHERS = 24
KEPT_FILES = 2
KEPT_BARS = 100
"""Bars of sections: one for each set of them and each that is marked."""
KEPT_PARTS = 200
"""Parts of pages kept with a plan that is shown, some 20 kB each."""


@dataclass(slots=True)
class _Held:
    """One thing of `Recent`, and the lock under which it is read."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    is_read: bool = False
    value: Any = None


class Recent:
    """The few things read last, by key.

    Two threads never read the same thing; one that reads something keeps nobody from what is
    there already.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._held = OrderedDict[Hashable, _Held]()

    def find(self, key: Hashable, read: Callable[[], T]) -> T:
        """Find what stands under a key, reading it if it is not there."""
        with self._lock:
            held = self._held.setdefault(key, _Held())
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        with held.lock:
            if not held.is_read:
                held.value, held.is_read = read(), True
            found: T = held.value
            return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()


class WebState:
    """What every request shares; made by `build_app`, closed when the page ends.

    Attributes
    ----------
    store
        The open store; its methods wait for the disk, so that only handlers written with plain
        ``def`` call them, which run in threads.
    sessions
        Who is there.
    heavy
        Heavy work that requests do at this moment.
    pace
        How fast programs ask.
    code_version
        Version of this program, as kept records name it.
    basemaps
        The streets beneath maps.
    log
        The place's log; what belongs to one request goes to `find_log`.
    """

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self.place = settings.place
        self.workspace = settings.workspace
        folder = settings.workspace.open_folder()
        self.log = open_log(settings.workspace, writer="page")
        self.seals = Seals(folder)
        self.store = Store.open(settings.workspace.store_place)
        self.sessions = self._build_sessions()
        self.code_version = find_code_version()
        self._kept: list[Recent] = []
        self._inputs, self._runs = self.keep(KEPT_INPUTS), self.keep(KEPT_RUNS)
        self._plans, self.shown = self.keep(KEPT_PLANS), self.keep(KEPT_SHOWN)
        self.tables = self.keep(KEPT_INPUTS)
        self.breaches = self.keep(KEPT_PLANS)
        self.recent, self._files = Recent(KEPT_OTHERS), Recent(KEPT_FILES)
        self.bars = Recent(KEPT_BARS)
        self.heavy, self.pace = HeavyWork(), Pace()
        self.basemaps = Basemaps(folder, self.log)
        self.log.info(Event.PAGE_BEGUN)
        self._n_erasures, self._erasing = self.store.count_erasures(), threading.Lock()

    def _build_sessions(self) -> Sessions:
        if self.settings.sign_in is SignIn.NONE:
            return MemorySessions()
        config = self.settings.config
        return StoreSessions(
            self.store,
            self.seals,
            idle=timedelta(seconds=self.idle_s),
            longest=timedelta(hours=10 if config is None else config.longest_h),
        )

    @property
    def idle_s(self) -> int:
        """A session ends after so long without a request. [s]"""
        config = self.settings.config
        return (15 if config is None else config.idle_min) * 60

    def now(self) -> datetime:
        """Read the clock, in UTC."""
        return self.settings.clock()

    def close(self) -> None:
        """Close the store."""
        self.log.info(Event.PAGE_ENDED)
        self.store.close()

    def read_file(self, path: Path, read: Callable[[Path], T]) -> T:
        """Read a file of the place, once; one written anew differs by time and size."""
        about = path.stat()
        key = (path, about.st_mtime_ns, about.st_size)
        return self._files.find(key, lambda: read(path))

    def read_inputs(self, inputs_hash: str = "") -> Inputs:
        """Read inputs by fingerprint, the current ones by default; kept ones never change.

        Raises
        ------
        StoreError
            If there are none.
        """
        self.forget_erased()
        wanted = inputs_hash or self.store.find_inputs_hash(self.place)
        return self._inputs.find(wanted, lambda: self.store.read_inputs(wanted))

    def find_run(self, run_id: str) -> RunRecord:
        """Find a run by its full id, or ``latest``.

        Raises
        ------
        StoreError
            If there is none.
        """
        self.forget_erased()
        full_id = self.store.find_run_id(run_id, self.place)
        return self._runs.find(full_id, lambda: self.store.find_run(full_id, self.place))

    def read_plan(self, plan_no: int) -> Plan:
        """Read a kept plan by its number; its rows never change.

        Raises
        ------
        StoreError
            If there is none.
        """
        self.forget_erased()
        return self._plans.find(plan_no, lambda: self.store.nights.read_plan(plan_no))

    def keep(self, most: int) -> Recent:
        """Keep the few things read last that may name people; see `forget_erased`."""
        self._kept.append(Recent(most))
        return self._kept[-1]

    def forget_erased(self) -> None:
        """Forget what was read before somebody was erased: it may name them."""
        n_erasures = self.store.count_erasures()
        with self._erasing:
            if n_erasures == self._n_erasures:
                return
            self._n_erasures = n_erasures
            for kept in self._kept:
                kept.clear()


def find_log(request: Request) -> Log:
    """Find the log of a request, whose records carry a task of their own."""
    found: Log = request.state.log
    return found


def get_state(source: Request | FastAPI) -> WebState:
    """Find the state of the page that a request belongs to."""
    app = source if not hasattr(source, "app") else source.app
    found: WebState = app.state.web
    return found
