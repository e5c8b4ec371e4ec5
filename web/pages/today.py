"""Today: is tomorrow safe, and what has to be looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.access import Visit, allow
from web.rendering import render
from web.roles import Permission
from web.today import find_today

router = APIRouter()


@router.get("/")
def show_today(
    request: Request, visit: Annotated[Visit, allow(Permission.READ_PLANS)]
) -> Response:
    """Show how the next service date stands."""
    return render(request, "today/page.html", today=find_today(visit.state, visit.now_utc))
