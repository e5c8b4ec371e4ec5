"""What a column of a sheet is: what template, notes, checks and documents are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class CellKind(StrEnum):
    """How a cell is read, written, shown and checked."""

    IDENTIFIER = "identifier"
    IDENTIFIERS = "list of identifiers"
    TEXT = "text"
    TEXTS = "list of texts"
    CHOICE = "choice"
    CHOICES = "list of choices"
    YES_NO = "yes or no"
    DATE = "date"
    TIME = "time of day"
    MINUTES = "minutes"
    SECONDS = "seconds"
    METRES = "metres"
    WHOLE = "whole number"
    DEGREES = "degrees"
    POUNDS = "pounds"
    RATE = "pounds, to 0.001 pence"
    PERCENT = "per cent"
    POSTCODE = "postcode"
    LAYOUTS = "layouts"
    VALUE = "value of a setting"


Warn = Callable[..., None]
"""Notes a fault that does not stop the row: ``warn(code, **context)``."""


def build_fault(code: str, **context: Any) -> PydanticCustomError:
    """Build what a cell reader raises: a code of the catalogue and what its sentences need."""
    return PydanticCustomError("cell", "cell", {"code": code, **context})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Describe one column; put it into ``Annotated[type, Column(...)]`` of a row model.

    Attributes
    ----------
    about
        One plain sentence: what stands in the column.
    heading
        Heading in workbook and CSV, with the unit; the attribute's name where empty.
    example
        Cell of the example row.
    choices
        Values allowed; drop-down list in the template.
    synonyms
        Other spellings a choice is known by.
    refers_to
        Sheet whose first column must hold the value.
    is_sensitive
        Values are masked in every report.
    least, most
        Bounds of a number, in the unit of the attribute.
    is_import_only
        Read, but never written by an export.
    """

    kind: CellKind
    about: str
    heading: str = ""
    example: Any = ""
    choices: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    refers_to: str = ""
    is_sensitive: bool = False
    least: int | None = 0
    most: int | None = None
    is_import_only: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read the cell by its kind before pydantic checks the type."""
        from data.imports.cells import read_cell

        def read(value: Any, info: core_schema.ValidationInfo) -> Any:
            notes = cast("list[tuple[str, str, dict[str, Any]]]", info.context)

            def warn(code: str, **context: Any) -> None:
                notes.append((info.field_name or "", code, context))

            return read_cell(self, value, warn)

        return core_schema.with_info_before_validator_function(read, handler(source))


class Row(BaseModel):
    """One row of a sheet; values are in the units of the domain types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """A column as a sheet uses it."""

    attribute: str
    heading: str
    is_required: bool
    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSpec:
    """One sheet of the workbook.

    Attributes
    ----------
    about
        What one row is.
    is_required
        A workbook without it cannot be imported unless a stored version fills it.
    group_by
        Attribute whose rows stand or fall together: a rate card with a faulty line is not a
        cheaper rate card.
    """

    name: str
    title: str
    about: str
    model: type[Row]
    is_required: bool = False
    group_by: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """Columns in order."""
        return find_fields(self.model)

    @property
    def key(self) -> str:
        """Attribute of the first column."""
        return self.fields[0].attribute


@cache
def find_fields(model: type[Row]) -> tuple[FieldSpec, ...]:
    """Find the columns of a row model, in order."""
    found = []
    for attribute, info in model.model_fields.items():
        column = next(m for m in info.metadata if isinstance(m, Column))
        found.append(
            FieldSpec(
                attribute=attribute,
                heading=column.heading or attribute,
                is_required=info.is_required(),
                column=column,
            )
        )
    return tuple(found)
