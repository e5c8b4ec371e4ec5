"""The way in by the council's identity provider."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from web.access import AccessError, Visit, allow
from web.config import Provider, WebConfig
from web.pages.sign_in import begin_session, find_home
from web.provider import find_provider_person
from web.rendering import render
from web.roles import Permission

router = APIRouter()

DONE = "/sign-in/provider/done"


@router.get("/sign-in/provider")
async def ask_provider(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)]
) -> Response:
    """Send the browser to the provider, with a state, a nonce and a code challenge."""
    config, _ = _need_provider(visit)
    client: Any = request.app.state.provider
    answer: Response = await client.authorize_redirect(request, f"{config.public_url}{DONE}")
    return answer


@router.get(DONE)
async def finish_provider(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)]
) -> Response:
    """Take the provider's answer, checked by authlib, and begin a session.

    The next page is a page of its own: a strict cookie does not travel with a redirect that
    began at another site.
    """
    from authlib.integrations.base_client import OAuthError

    _, provider = _need_provider(visit)
    try:
        token = await request.app.state.provider.authorize_access_token(request)
    except OAuthError:
        raise AccessError("The council's provider did not confirm who you are.") from None
    claims = token.get("userinfo") or {}

    def begin() -> str:
        person = find_provider_person(visit, provider, claims)
        with visit.recording("session.begin", "people", person.person_id):
            begin_session(request, visit, person.person_id)
        return find_home(person)

    home = await run_in_threadpool(begin)
    return render(request, "sign_in/done.html", home=home)


def _need_provider(visit: Visit) -> tuple[WebConfig, Provider]:
    config = visit.state.settings.config
    if config is None or config.provider is None:
        raise HTTPException(404)
    return config, config.provider
