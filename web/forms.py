"""Forms: read what was sent, say every fault beside its field and at the top, keep the rest.

@router.post("/sites/{site_id}")
def save_site(
    request: Request, site_id: str,
    visit: Annotated[Visit, allow(P.EDIT_RECORDS)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    checked, form = check_form(SiteForm, posted)
    if checked is None:
        return render(request, "sites/edit.html", form=form, status_code=422)
    ...
    return see_other(f"/sites/{site_id}")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

Model = TypeVar("Model", bound=BaseModel)

MOST_FIELDS = 2_000
MOST_FILES = 20

_MESSAGES = {
    "missing": "Enter this",
    "int_parsing": "Enter a whole number",
    "int_type": "Enter a whole number",
    "int_from_float": "Enter a whole number",
    "float_parsing": "Enter a number",
    "decimal_parsing": "Enter a number",
    "date_from_datetime_parsing": "Enter a date such as 2026-09-16",
    "date_parsing": "Enter a date such as 2026-09-16",
    "time_parsing": "Enter a time such as 08:30",
    "bool_parsing": "Choose yes or no",
}
"""What a fault is called, by pydantic's type of it; others say what pydantic says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a form sent.

    Attributes
    ----------
    fields
        Every text field with all its values, in order.
    files
        Every uploaded file: field, file name as sent (never a path), content.
    """

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()

    def text(self, name: str) -> str:
        """The first value of a field without blanks around it; '' if there is none."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field, e.g. of checkboxes."""
        return tuple(value for key, value in self.fields if key == name)

    def file(self, name: str) -> tuple[str, bytes] | None:
        """The first file of a field with a name, or None."""
        return next(((f, content) for key, f, content in self.files if key == name and f), None)


async def read_posted(request: Request) -> Posted:
    """Read a form once it has passed the door; use as a dependency after `allow`."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
    fields, files = [], []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.append((name, value.filename or "", await value.read()))
            await value.close()
        else:
            fields.append((name, value))
    return Posted(fields=tuple(fields), files=tuple(files))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it is shown: what was typed, and what is wrong with it.

    Attributes
    ----------
    values
        What each field shows: text, or a tuple of texts for several boxes.
    errors
        What is wrong, by field; '' for what belongs to no field.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What a field shows."""
        return self.values.get(name, "")

    def error(self, name: str) -> dict[str, str] | None:
        """What is wrong with a field, as the components want it; None if nothing is."""
        return {"text": self.errors[name]} if name in self.errors else None

    @property
    def summary(self) -> list[dict[str, str]]:
        """All that is wrong, as the error summary wants it: each leads to its field."""
        return [
            {"text": text, **({"href": f"#{name}"} if name else {})}
            for name, text in self.errors.items()
        ]

    def add_error(self, name: str, text: str) -> Form:
        """The form with one more fault."""
        return replace(self, errors={**self.errors, name: text})


def show_form(values: Mapping[str, Any] | None = None) -> Form:
    """A form nobody has sent yet, filled with what is known."""
    return Form(values=dict(values or {}))


def check_form(kind: type[Model], posted: Posted) -> tuple[Model | None, Form]:
    """Check what was sent against its model; every fault is found.

    A blank field counts as not sent. A field of the model that is a list or tuple takes all
    values of its name.

    Returns
    -------
    The checked values, or None if something is wrong, and the form to show again.
    """
    given: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for name, about in kind.model_fields.items():
        if getattr(about.annotation, "__origin__", None) in (list, tuple, frozenset, set):
            shown[name] = given[name] = posted.texts(name)
        else:
            shown[name] = posted.text(name)
            if shown[name]:
                given[name] = shown[name]
    try:
        return kind.model_validate(given), Form(values=shown)
    except ValidationError as error:
        faults: dict[str, str] = {}
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            faults.setdefault(name, _describe(kind, name, fault))
        return None, Form(values=shown, errors=faults)


def see_other(address: str) -> RedirectResponse:
    """Send the browser on after a change was made, so that loading again repeats nothing."""
    return RedirectResponse(address, status_code=303)


def _describe(kind: type[BaseModel], name: str, fault: Any) -> str:
    """Describe a fault in words of the page."""
    about = kind.model_fields.get(name)
    title = (about.title if about is not None else "") or name.replace("_", " ").capitalize()
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    text = _MESSAGES.get(fault["type"]) or str(fault["msg"])
    return f"{title}: {text[0].lower()}{text[1:]}" if title else text
