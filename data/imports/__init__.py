"""Imports: the council's workbook or folder of CSV, read in stages, all problems at once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "BID_SHEETS": "data.imports.rows_bids",
    "BidImport": "data.imports.bids",
    "LEDGER_SHEETS": "data.imports.rows_ledger",
    "LedgerImport": "data.imports.ledger",
    "EditProblem": "data.imports.edits",
    "EditResult": "data.imports.edits",
    "FieldChange": "data.imports.edits",
    "RecordEdit": "data.imports.edits",
    "RecordTables": "data.imports.edits",
    "UnknownRecordError": "data.imports.edits",
    "apply_edits": "data.imports.edits",
    "compare_record": "data.imports.edits",
    "find_edited_sheets": "data.imports.edits",
    "find_form_fields": "data.imports.edits",
    "find_record_key": "data.imports.edits",
    "is_one_row": "data.imports.edits",
    "show_cell": "data.imports.edits",
    "ImportReport": "data.imports.report",
    "ImportResult": "data.imports.report",
    "OriginalFile": "data.imports.report",
    "QuarantinedRow": "data.imports.report",
    "SheetCount": "data.imports.report",
    "find_kinds": "data.imports.catalogue",
    "read_bids": "data.imports.bids",
    "read_ledger": "data.imports.ledger",
    "read_single_table": "data.imports.single",
    "read_source": "data.imports.source",
    "read_tables": "data.imports.source",
    "write_csv_folder": "data.imports.workbook",
    "write_faults_workbook": "data.imports.faults",
    "write_forms": "data.imports.workbook",
    "write_report_text": "data.imports.report",
    "write_template": "data.imports.workbook",
    "write_workbook": "data.imports.workbook",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that the command line's help stays quick."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
