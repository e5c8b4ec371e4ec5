"""The decision paper: figures, text, disclosure control, Word and PDF, and its explanation."""

from reports.paper.baseline import build_paper_baseline
from reports.paper.build import PaperRequest, build_paper
from reports.paper.explain import build_explanation, build_figure_list
from reports.paper.identities import PaperRefusedError, find_overdue
from reports.paper.pdf import build_pdf
from reports.paper.signing import (
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
from reports.paper.word import build_word

__all__ = [
    "PaperRefusedError",
    "PaperRequest",
    "build_explanation",
    "build_figure_list",
    "build_paper",
    "build_paper_baseline",
    "build_pdf",
    "build_word",
    "find_overdue",
    "find_study",
    "gather_paper",
    "keep_paper",
    "list_sign_offs",
    "prepare_paper",
    "read_paper_files",
    "render_paper",
    "save_paper",
    "sign_paper",
]
