"""The application: state, door, pages, API, static files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from web import api, pages
from web.api.problems import REFUSALS
from web.headers import HeadersAndSession
from web.limits import BodyLimit
from web.provider import build_provider_client
from web.refusals import add_refusals
from web.rendering import build_environment
from web.settings import WebSettings
from web.state import WebState

STATIC = Path(__file__).parent / "static"
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def build_app(settings: WebSettings) -> FastAPI:
    """Build the application of one place; its store is open until the application ends.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    """
    state = WebState(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        state.close()

    app = FastAPI(
        title="wayfare",
        version=state.code_version,
        lifespan=lifespan,
        # The page that FastAPI would show loads scripts from other sites; ours is the file.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.web = state
    app.state.templates = build_environment()
    add_refusals(app)
    for router in pages.ROUTERS:
        app.include_router(router, include_in_schema=False)
    for router in api.ROUTERS:
        app.include_router(router, prefix=api.PREFIX, responses=REFUSALS)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    # A page on loopback must not answer to a name that another site points at it.
    app.add_middleware(
        TrustedHostMiddleware,
        allowed_hosts=[*LOOPBACK_HOSTS, *settings.public_hosts],
        www_redirect=False,
    )
    config = settings.config
    if config is not None and config.provider is not None:
        app.state.provider = build_provider_client(config.provider)
        # What is asked of the provider is remembered for the way there and back, no longer.
        app.add_middleware(
            SessionMiddleware,
            secret_key=state.seals.sign("provider"),
            # The prefix makes browsers refuse it without TLS.
            session_cookie="__Secure-wayfare-provider"
            if settings.is_secure
            else "wayfare-provider",
            max_age=600,
            same_site="lax",
            https_only=settings.is_secure,
            path="/sign-in",
        )
    app.add_middleware(BodyLimit)
    # Added last, it stands outside: every answer gets its headers, refusals included.
    app.add_middleware(HeadersAndSession, state=state)
    return app
