"""Disk space kept for the last publication, so that a full disk cannot stop it (N11)."""

from __future__ import annotations

import os
import shutil

from data.workspace import Workspace

RESERVE_BYTES = 64 << 20
"""Kept on disk and let go before the last publication."""


def keep_reserve(workspace: Workspace) -> None:
    """Keep space for the last publication; a disk too full for that is said at once."""
    path = workspace.folder / "night" / "reserve"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.is_file() and path.stat().st_size == RESERVE_BYTES:
        return
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(handle, 0, RESERVE_BYTES)
        finally:
            os.close(handle)
    except OSError:
        path.unlink(missing_ok=True)


def free_reserve(workspace: Workspace) -> None:
    """Let the reserve go if the disk is nearly full."""
    if shutil.disk_usage(workspace.folder).free < RESERVE_BYTES:
        (workspace.folder / "night" / "reserve").unlink(missing_ok=True)
