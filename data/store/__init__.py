"""The store: inputs, imports, plans and runs with their history, in SQLite by default."""

from data.imports.report import QuarantinedRow, SheetCount
from data.store.history import RunSummary
from data.store.imports import ImportRecord
from data.store.snapshots import RecordVersion, Snapshot
from data.store.store import Store

__all__ = [
    "ImportRecord",
    "QuarantinedRow",
    "RecordVersion",
    "RunSummary",
    "SheetCount",
    "Snapshot",
    "Store",
]
