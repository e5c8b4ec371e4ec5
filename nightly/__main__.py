"""The solver's own process: one stage of a night, by ``python -m nightly``.

Arguments: stage, settings file, date, night key, hash of the reference plan, seconds or none,
file of what was not taken in.

It is started, watched and killed by the supervisor, and says nothing but through the store and
the file of what was not taken in. SIGTERM ends the search with the best plan so far.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.logs import Log
    from nightly.config import NightConfig

MEGABYTE = 1 << 20
DEFECT = 70
"""Exit code of what nobody foresaw."""


def main(words: list[str]) -> int:
    """Run one stage; the exit code says how it went."""
    from data.errors import WayfareError
    from data.logs import Event, open_log
    from data.workspace import Workspace
    from nightly.config import read_config
    from nightly.told import add_told

    stage, config_path, on_text, key, reference, seconds_text, told_path = words
    wish = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: wish.set())
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    config = read_config(Path(config_path))
    limit_memory(config.search.memory_mb)
    told, on = Path(told_path), date.fromisoformat(on_text)
    workspace = Workspace(root=config.folder, place=config.place)
    log = open_log(workspace, writer="stage").bind(step=stage, date=on, night=key or None)
    try:
        if stage == "intake":
            return _take_in(config, told, on, log)
        return _plan(stage, config, on, (key, reference), seconds_text, told, wish, log)
    except WayfareError as error:
        log.error(Event.STAGE_FAILED, error=error, exit_code=error.exit_code)
        add_told(told, str(error).splitlines()[0][:500])
        return error.exit_code
    # The edge of this process, as `cli.main` is of the command line. A traceback would go to a
    # file with whatever values the message quotes; the log names kind and place.
    except Exception as error:
        log.error(Event.STAGE_FAILED, error=error, exit_code=DEFECT)
        if os.environ.get("WAYFARE_TRACEBACK"):
            raise
        return DEFECT


def _take_in(config: NightConfig, told: Path, on: date, log: Log) -> int:
    from data.logs import Event
    from data.store import Store
    from data.workspace import Workspace
    from nightly.intake import take_in
    from nightly.told import add_told

    workspace = Workspace(root=config.folder, place=config.place)
    with Store.open(workspace.store_place) as store:
        texts = take_in(config, store, datetime.now(UTC), on)
        n_changes = len(store.nights.list_changes(config.place, on))
    for text in texts:
        add_told(told, text)
    log.info(Event.CHANGES_TAKEN_IN, n_changes=n_changes, n_not_applied=len(texts))
    return 0


def _plan(
    stage: str,
    config: NightConfig,
    on: date,
    keys: tuple[str, str],
    seconds_text: str,
    told: Path,
    wish: threading.Event,
    log: Log,
) -> int:
    from nightly.desk import open_desk
    from nightly.stages import make_stale, solve
    from nightly.told import read_told

    key, reference = keys
    with open_desk(config, on, reference, log) as desk:
        night = next(
            n for n in desk.store.nights.list_nights(config.place) if n.night_key == key
        )
        if stage == "stale":
            make_stale(desk, night, read_told(told))
            return 0
        solve(
            desk,
            night,
            read_told(told),
            seconds=None if seconds_text == "none" else float(seconds_text),
            should_stop=wish.is_set,
        )
    return 0


def _end_with(parent: int) -> None:
    """End when the supervisor has died: nobody would publish what is found."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(75)


def limit_memory(memory_mb: int) -> None:
    """Bound the memory of this process and of all it starts, where the system can."""
    try:
        import resource
    except ImportError:
        return
    limit = memory_mb * MEGABYTE
    # Address space is what the system can bound; compiled code and mapped matrices count too.
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
