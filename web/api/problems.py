"""Problem records (RFC 9457): what the API answers where something cannot be done."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class ProblemFound(BaseModel):
    """One fault of what was sent."""

    where: str = Field(description="Field, or file, sheet and column.")
    text: str = Field(description="What is wrong, and what to do.")
    code: str = ""
    severity: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = Field(default=None, description="As the spreadsheet shows it.")
    column: str = ""
    value: str = Field(default="", description="What was found, masked where sensitive.")


class ProblemShown(BaseModel):
    """What went wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[ProblemFound] = []


_WORDS = {
    "401": "Nobody is signed in: the token is missing, unknown or over.",
    "403": "The roles do not allow it, or another person must do it.",
    "404": "There is no such thing.",
    "409": "Somebody else was first, or it was decided already.",
    "413": "The body is too long.",
    "422": "Something is missing or wrong; every fault is in `problems`.",
    "429": "More than one person may have; `Retry-After` says when to ask again.",
}


def _build(text: str) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/ProblemShown"}
    return {"description": text, "content": {"application/problem+json": {"schema": reference}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    **{code: _build(text) for code, text in _WORDS.items()},
    # Named with its model once, so that the description has it.
    "default": {"model": ProblemShown, "description": "Anything else that went wrong."},
}
"""What every route of the API may answer besides."""
