"""Write all outputs of a run to a folder."""

from __future__ import annotations
