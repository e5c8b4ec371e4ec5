"""What goes with every answer: who may frame, run and read it; and the cookie of a session."""

from __future__ import annotations

import time
from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.logs import Event, build_task
from web.refusals import name_method, name_route, note_failure, refuse_unknown
from web.state import WebState

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
}
TRANSPORT = "max-age=31536000; includeSubDomains"
STATIC = "/static/"


class HeadersAndSession:
    """Puts the headers on every answer, and finds the session that a cookie names.

    Static files may be kept by the browser; everything else says `no-store`, since nearly every
    page holds something of somebody.
    """

    def __init__(self, app: ASGIApp, state: WebState) -> None:
        self.app, self.state = app, state
        self.is_secure = state.settings.is_secure
        # The prefix makes browsers refuse a cookie of another host or without TLS.
        self.cookie = "__Host-wayfare" if self.is_secure else "wayfare"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith(STATIC)
        began_s = time.perf_counter()
        held = scope.setdefault("state", {})
        held["log"] = self.state.log.bind(task=build_task())
        old = self._read_cookie(scope)
        if not is_static:
            held["session"] = await run_in_threadpool(self._find_session, old)

        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if self.is_secure:
                    headers["strict-transport-security"] = TRANSPORT
                if is_static:
                    headers.setdefault("cache-control", "public, max-age=3600")
                else:
                    headers.setdefault("cache-control", "no-store")
                    self._write_cookie(headers, old, held["session"])
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        # The edge of the page, as `cli.main` is of the command line: what nobody foresaw is
        # logged and answered with a reference, and the next request is served.
        except Exception as error:
            if status:
                note_failure(Request(scope, receive), error)
                raise
            response = await refuse_unknown(Request(scope, receive), error)
            await response(scope, receive, send_with_headers)
        finally:
            if not is_static:
                held["log"].info(
                    Event.PAGE_ANSWERED,
                    method=name_method(scope),
                    route=name_route(scope),
                    status=status,
                    seconds=time.perf_counter() - began_s,
                )

    def _read_cookie(self, scope: Scope) -> str:
        """Read the token of the session's cookie; '' if there is none."""
        try:
            jar = SimpleCookie(Headers(scope=scope).get("cookie", ""))
        except CookieError:
            return ""
        return jar[self.cookie].value if self.cookie in jar else ""

    def _find_session(self, token: str) -> object:
        """Find the session of a token; where there is none, one of nobody begins."""
        now_utc = self.state.now()
        found = self.state.sessions.find_session(token, now_utc) if token else None
        return found or self.state.sessions.open_session("", now_utc)

    def _write_cookie(self, headers: MutableHeaders, old: str, session: object) -> None:
        """Tell the browser of a new session, or that the old one is over."""
        token = getattr(session, "token", "")
        if token == old:
            return
        end = "" if token else "; Max-Age=0"
        secure = "; Secure" if self.is_secure else ""
        headers.append(
            "set-cookie",
            f"{self.cookie}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{end}",
        )
