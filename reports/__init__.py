"""What people read: workbooks, maps, pages.

Modules are loaded on first use of a name, so that the command line's help does not wait for
pandas and matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.day_papers import build_day_papers
    from reports.facts import build_facts
    from reports.files import build_file_name, open_folder, write_whole
    from reports.lines import LegShapes, build_run_shapes, find_lonlat
    from reports.money_outputs import (
        write_benchmark,
        write_carbon,
        write_company_cost,
        write_comparison,
        write_training,
    )
    from reports.notices import build_notices, build_notices_book
    from reports.outputs import write_outputs
    from reports.paper import (
        PaperRefusedError,
        find_study,
        gather_paper,
        keep_paper,
        list_sign_offs,
        prepare_paper,
        read_paper_files,
        render_paper,
        save_paper,
        sign_paper,
    )
    from reports.summary import describe_gap
    from reports.tender_books import build_pack_book
    from reports.tender_words import build_tender_names
    from reports.words import (
        REASON_WORDS,
        SESSION_WORDS,
        SITE_KIND_WORDS,
        STATE_WORDS,
        build_provider_names,
        describe_count,
        describe_equipment,
        describe_flags,
    )

__all__ = [
    "REASON_WORDS",
    "SESSION_WORDS",
    "SITE_KIND_WORDS",
    "STATE_WORDS",
    "LegShapes",
    "PaperRefusedError",
    "build_day_papers",
    "build_facts",
    "build_file_name",
    "build_notices",
    "build_notices_book",
    "build_pack_book",
    "build_provider_names",
    "build_run_shapes",
    "build_tender_names",
    "describe_count",
    "describe_equipment",
    "describe_flags",
    "describe_gap",
    "find_lonlat",
    "find_study",
    "gather_paper",
    "keep_paper",
    "list_sign_offs",
    "open_folder",
    "prepare_paper",
    "read_paper_files",
    "render_paper",
    "save_paper",
    "sign_paper",
    "write_benchmark",
    "write_carbon",
    "write_company_cost",
    "write_comparison",
    "write_outputs",
    "write_training",
    "write_whole",
]

_HOMES = {
    "LegShapes": "reports.lines",
    "PaperRefusedError": "reports.paper",
    "REASON_WORDS": "reports.words",
    "SESSION_WORDS": "reports.words",
    "SITE_KIND_WORDS": "reports.words",
    "STATE_WORDS": "reports.words",
    "build_day_papers": "reports.day_papers",
    "build_facts": "reports.facts",
    "build_file_name": "reports.files",
    "build_notices": "reports.notices",
    "build_notices_book": "reports.notices",
    "build_pack_book": "reports.tender_books",
    "build_provider_names": "reports.words",
    "build_run_shapes": "reports.lines",
    "build_tender_names": "reports.tender_words",
    "describe_count": "reports.words",
    "describe_equipment": "reports.words",
    "describe_flags": "reports.words",
    "describe_gap": "reports.summary",
    "find_lonlat": "reports.lines",
    "find_study": "reports.paper",
    "gather_paper": "reports.paper",
    "keep_paper": "reports.paper",
    "list_sign_offs": "reports.paper",
    "open_folder": "reports.files",
    "prepare_paper": "reports.paper",
    "read_paper_files": "reports.paper",
    "render_paper": "reports.paper",
    "save_paper": "reports.paper",
    "sign_paper": "reports.paper",
    "write_benchmark": "reports.money_outputs",
    "write_carbon": "reports.money_outputs",
    "write_company_cost": "reports.money_outputs",
    "write_comparison": "reports.money_outputs",
    "write_outputs": "reports.outputs",
    "write_training": "reports.money_outputs",
    "write_whole": "reports.files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
