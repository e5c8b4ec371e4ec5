"""The routes of a plan that somebody asks for, and the page of them that the list shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends

from data.units import S_PER_HOUR
from web.shown import RouteRow, ShownPlan, find_route

PAGE_ROWS = 50
TIME = re.compile("([0-2][0-9]):([0-5][0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which routes are asked for; '' asks for all.

    Attributes
    ----------
    at
        Time of day, ``HH:MM``, at which they are on the road.
    text
        Part of a route's, duty's, provider's or site's name, or a passenger's whole id.
    """

    session: str = ""
    provider: str = ""
    site: str = ""
    at: str = ""
    text: str = ""

    @property
    def query(self) -> str:
        """As the query of an address, '' if everything is wanted."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def at_s(self) -> int | None:
        """The time of day, or None where none is given that can be read. [s]"""
        found = TIME.fullmatch(self.at)
        return None if found is None else int(found[1]) * S_PER_HOUR + int(found[2]) * 60


async def ask_wanted(
    session: str = "", provider: str = "", site: str = "", at: str = "", text: str = ""
) -> Wanted:
    """As `read_wanted`, for a route: it waits for nothing, so that it takes no thread."""
    return read_wanted(session, provider, site, at, text)


def read_wanted(
    session: str = "", provider: str = "", site: str = "", at: str = "", text: str = ""
) -> Wanted:
    """Read which routes an address asks for."""
    return Wanted(
        session=session[:20], provider=provider[:80], site=site[:80], at=at[:6],
        text=text.strip()[:80],
    )  # fmt: skip


Asked = Annotated[Wanted, Depends(ask_wanted)]


def find_wanted(shown: ShownPlan, wanted: Wanted) -> tuple[RouteRow, ...]:
    """Find the routes of a plan that are asked for, in the order of its rows."""
    return tuple(row for row in shown.rows if _is_wanted(row, shown, wanted))


def _is_wanted(row: RouteRow, shown: ShownPlan, wanted: Wanted) -> bool:
    """Whether a row is one of those asked for."""
    text, at_s = wanted.text.lower(), wanted.at_s
    if wanted.session and row.session.value != wanted.session:
        return False
    if wanted.provider and row.provider_id != wanted.provider:
        return False
    if wanted.site and wanted.site not in row.site_ids:
        return False
    if at_s is not None and not row.start_s <= at_s <= row.end_s:
        return False
    if not text:
        return True
    words = f"{row.route_id} {row.duty_id} {row.provider} {row.sites} {row.vehicle_type}"
    if text in words.lower():
        return True
    _, route = find_route(shown.plan, row.route_id)
    return text in (p.lower() for p in route.passenger_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of the list; pages count from 1."""

    rows: Sequence[RouteRow]
    page: int
    n_pages: int
    n_rows: int


def cut_page(rows: Sequence[RouteRow], page: int) -> ListPage:
    """Cut one page out of the rows; the last where there are fewer.

    Examples
    --------
    >>> cut_page((), 3).page, cut_page((), 3).n_pages
    (1, 1)
    """
    n_pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(1, page), n_pages)
    first = (page - 1) * PAGE_ROWS
    return ListPage(
        rows=rows[first : first + PAGE_ROWS], page=page, n_pages=n_pages, n_rows=len(rows)
    )
