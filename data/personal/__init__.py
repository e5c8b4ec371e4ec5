"""Personal data: the register of every field that can hold it, and how long it is kept."""

from data.personal.register import (
    Category,
    RegisteredField,
    Retention,
    find_holders,
    find_missing,
    read_categories,
    read_register,
    read_retention,
    write_register_page,
)

__all__ = [
    "Category",
    "RegisteredField",
    "Retention",
    "find_holders",
    "find_missing",
    "read_categories",
    "read_register",
    "read_retention",
    "write_register_page",
]
