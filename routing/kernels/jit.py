"""How kernels are compiled, in one place.

With ``NUMBA_DISABLE_JIT=1`` the same source runs as plain Python: the reference twin.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.registry import cpu_target

_HERE = Path(__file__).resolve().parent


def _options() -> dict[str, Any]:
    """Options of every kernel; reference counting is left out where numba still lets us."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    if hasattr(cpu_target.options, "_nrt"):
        options["_nrt"] = False
    return options


@cache
def find_cache_folder() -> str:
    """Find where compiled kernels are kept: named by their source, so never stale.

    numba itself notices only edits of the file a kernel stands in, not of those it calls.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_HERE.glob("*.py")):
        digest.update(path.read_bytes())
    name = f"kernels-{digest.hexdigest()[:12]}"
    given = os.environ.get("NUMBA_CACHE_DIR")
    bases = [Path(given)] if given else []
    bases += [_HERE / "__pycache__", Path.home() / ".cache" / "wayfare"]
    for base in bases:
        try:
            (base / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=base / name):
                return str(base / name)
        except OSError:
            continue
    return ""


def kernel(*, inline: bool = False) -> Callable[[Any], Any]:
    """Compile a function; kept on disk where a folder is writable, else compiled each time.

    Parameters
    ----------
    inline
        Put the function's code into its callers: for small helpers of the innermost loops.
    """

    def compile_function(function: Any) -> Any:
        options = _options()
        if inline:
            return numba.njit(forceinline=True, **options)(function)
        folder = find_cache_folder()
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = folder
        try:
            return numba.njit(cache=bool(folder), **options)(function)
        except RuntimeError:
            return numba.njit(**options)(function)
        finally:
            numba.config.CACHE_DIR = before

    return compile_function
