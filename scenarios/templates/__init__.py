"""Files to fill in: appraisals, and company options' money; their figures are made up."""

from __future__ import annotations

from importlib import resources

from data.errors import InputError, Problem, Severity

NAMES = ("study", "options")


def read_template(name: str) -> str:
    """Read a template.

    Raises
    ------
    InputError
        If there is none of the name.
    """
    if name not in NAMES:
        problem = Problem(
            code="J021",
            severity=Severity.ERROR,
            value=name[:40],
            cause="There is no such template.",
            suggestion=f"Choose from {', '.join(NAMES)}.",
        )
        raise InputError([problem])
    path = resources.files("scenarios.templates") / f"{name}.toml"
    return path.read_text(encoding="utf-8")
