"""Lists in pages: every list of the API answers alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")

MOST = 200
USUAL = 50


class Page(BaseModel, Generic[Item]):
    """One page of a list.

    Attributes
    ----------
    total
        Items of the whole list.
    next
        Address of the next page, or None on the last.
    """

    items: list[Item]
    total: int
    next: str | None


class Span:
    """Which part of a list is asked for."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST, description="Items of a page.")] = USUAL,
        offset: Annotated[int, Query(ge=0, le=10**9, description="Items to skip.")] = 0,
    ) -> None:
        self.request, self.limit, self.offset = request, limit, offset

    def cut(self, rows: Sequence[Row], show: Callable[[Row], Item]) -> Page[Item]:
        """Cut the page out of a whole list."""
        end = self.offset + self.limit
        url = self.request.url.include_query_params(limit=self.limit, offset=end)
        return Page(
            items=[show(row) for row in rows[self.offset : end]],
            total=len(rows),
            next=f"{url.path}?{url.query}" if end < len(rows) else None,
        )


Paging = Annotated[Span, Depends(Span)]
"""A parameter of every route that answers with a list."""
