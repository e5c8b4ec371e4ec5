"""Ask Python's collector of cycles less often while very many small records are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (100_000, 50, 100)
"""New records before a look at the youngest, at the middle ones, at all."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Collect seldom within; as a decorator, while the function runs.

    Choosing duties makes hundreds of thousands of records that stay for a while and hold no
    cycles. By Python's own thresholds the collector goes through them again and again: a third
    of the time of making the halves of a day of Southend, of which it frees nothing.
    """
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
