"""Modules of ours that run beside the page, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path


def start_module(name: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a module of ours in a process of its own, which outlives the request.

    A library's threads would take the cores that the page and the search need, so each has one.

    Parameters
    ----------
    name
        The module, as ``web.worker``.
    words
        What its command line says; paths are from the root of the program unless absolute.

    Returns
    -------
    The process; who needs to know its end may wait for it, nobody has to.
    """
    process = subprocess.Popen(  # noqa: S603  our own module, our own interpreter
        [sys.executable, "-m", name, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        cwd=Path(__file__).resolve().parent.parent,
    )
    # Somebody has to notice its end, or the system keeps its name.
    threading.Thread(target=process.wait, daemon=True).start()
    return process
