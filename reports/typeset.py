"""Setting a typst source as a tagged PDF (PDF/UA-1) that hangs on no font of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from data.errors import ModelError


def set_pdf(source: str, stamp: datetime, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Set a source; equal arguments give equal bytes.

    Parameters
    ----------
    pictures
        PNG by the SHA-256 under which the source names them.

    Raises
    ------
    ModelError
        If typst refuses the source.
    """
    import matplotlib
    import typst

    # matplotlib ships the font of the charts: no paper hangs on what a machine has installed.
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory(prefix="wayfare-paper-") as made:
        folder = Path(made)
        for sha256, picture in (pictures or {}).items():
            (folder / f"{sha256}.png").write_bytes(picture)
        path = folder / "paper.typ"
        path.write_text(source, encoding="utf-8")
        try:
            made_pdf: Any = typst.compile(
                path,
                format="pdf",
                root=folder,
                font_paths=[fonts],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=stamp.replace(microsecond=0),
            )
        except typst.TypstError as error:
            raise ModelError(f"the PDF cannot be set: {error}") from None
    return bytes(made_pdf)


def quote(text: str) -> str:
    """Write a text as a typst string, in which nothing is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
