"""The store: inputs, imports, plans, runs and results, in SQLite by default."""

from data.imports.report import QuarantinedRow, SheetCount
from data.store.accounts import AccountBook
from data.store.audit import AuditBook
from data.store.drafts import DraftBook
from data.store.edits import EditBook, KeptEdit
from data.store.history import RunSummary
from data.store.imports import ImportRecord
from data.store.messages import MessageBook
from data.store.nights import KeptChange, Night, NightBook
from data.store.results import ResultSummary
from data.store.run_rows import RunDay
from data.store.snapshots import RecordVersion, Snapshot
from data.store.store import Store

__all__ = [
    "AccountBook",
    "AuditBook",
    "DraftBook",
    "EditBook",
    "ImportRecord",
    "KeptChange",
    "KeptEdit",
    "MessageBook",
    "Night",
    "NightBook",
    "QuarantinedRow",
    "RecordVersion",
    "ResultSummary",
    "RunDay",
    "RunSummary",
    "SheetCount",
    "Snapshot",
    "Store",
]
