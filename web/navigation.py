"""The sections of the page: one table, in the order in which they stand in the bar."""

from __future__ import annotations

from dataclasses import dataclass

from web.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One entry of the bar.

    Attributes
    ----------
    path
        Address of its first page; addresses below it belong to the section.
    permission
        Who does not hold it does not see the section.
    """

    title: str
    path: str
    permission: Permission


SECTIONS = (
    Section(title="Today", path="/", permission=Permission.READ_PLANS),
    Section(title="Plans", path="/plans", permission=Permission.READ_PLANS),
    Section(title="Records", path="/records", permission=Permission.READ_RECORDS),
    Section(title="Money", path="/money", permission=Permission.READ_MONEY),
    Section(title="Scenarios", path="/scenarios", permission=Permission.READ_SCENARIOS),
    Section(title="Papers", path="/papers", permission=Permission.READ_SCENARIOS),
    Section(title="Jobs", path="/jobs", permission=Permission.READ_JOBS),
    Section(title="Your routes", path="/supplier", permission=Permission.READ_OWN_ROUTES),
    Section(title="Your day", path="/driver", permission=Permission.WORK_OWN_DAY),
    Section(title="People", path="/people", permission=Permission.MANAGE_PEOPLE),
    Section(title="Messages", path="/webhooks", permission=Permission.MANAGE_PEOPLE),
    Section(title="Audit log", path="/audit", permission=Permission.READ_AUDIT),
)


def find_sections(permissions: frozenset[Permission], path: str) -> list[dict[str, object]]:
    """Find the sections somebody may see, as the navigation component wants them.

    Parameters
    ----------
    path
        Address of the page shown, whose section is marked.
    """
    return [
        {
            "text": section.title,
            "href": section.path,
            "active": _is_within(path, section.path),
            "current": path == section.path,
        }
        for section in SECTIONS
        if section.permission in permissions
    ]


def _is_within(path: str, section_path: str) -> bool:
    """Whether an address belongs to a section."""
    if section_path == "/":
        return path == "/"
    return path == section_path or path.startswith(section_path + "/")
