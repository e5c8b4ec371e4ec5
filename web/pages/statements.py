"""What everybody may read: the accessibility statement, and what the page is made of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.access import Visit, allow
from web.rendering import render
from web.roles import Permission

router = APIRouter()


@router.get("/accessibility")
def show_accessibility(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)]
) -> Response:
    """Show the accessibility statement."""
    return render(request, "statements/accessibility.html")


@router.get("/about")
def show_about(request: Request, visit: Annotated[Visit, allow(Permission.OPEN)]) -> Response:
    """Show the version and the licences of what is shown."""
    return render(request, "statements/about.html", version=visit.state.code_version)
