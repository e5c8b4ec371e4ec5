"""What is said when something cannot be done: a page for people, a problem record for the API.

An error shows a reference that stands in the log beside its cause, never the cause itself.
"""

from __future__ import annotations

import os
import secrets
import traceback
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from data.errors import (
    InputError,
    LockedError,
    ModelError,
    Problem,
    RefusedError,
    StaleWriteError,
    StoreError,
    WayfareError,
)
from data.imports.edits import UnknownRecordError
from data.logs import Event
from web.access import API, AccessError
from web.limits import LimitError
from web.rendering import render
from web.state import find_log

TITLES = {
    400: "The request cannot be read",
    401: "Sign in",
    403: "You may not do this",
    404: "Page not found",
    405: "This page cannot be used like that",
    409: "Somebody else changed this meanwhile",
    413: "The file is too large",
    422: "There is a problem with what was sent",
    429: "Too many requests",
    500: "Sorry, something went wrong",
    503: "The store is in use",
}
STATUS_OF: tuple[tuple[type[WayfareError], int], ...] = (
    (InputError, 422),
    (LimitError, 429),
    (RefusedError, 403),
    (StaleWriteError, 409),
    (LockedError, 503),
    (UnknownRecordError, 404),
    (StoreError, 404),
    (ModelError, 422),
)
"""What our own errors are to a browser, the narrower ones first."""


class RefusalError(Exception):
    """Raised by a route that answers with a status and problems of its own.

    Attributes
    ----------
    problems
        Each with ``where`` and ``text`` at least.
    """

    def __init__(
        self, status_code: int, text: str, problems: tuple[dict[str, Any], ...] = ()
    ) -> None:
        super().__init__(text)
        self.status_code, self.problems = status_code, problems


def describe_problem(problem: Problem) -> dict[str, Any]:
    """Describe a problem of an input for the API and the page of refusals."""
    return {
        "where": " ".join(filter(None, (problem.file, problem.sheet, problem.column))),
        "text": f"{problem.cause} {problem.suggestion}",
        "code": problem.code,
        "severity": str(problem.severity),
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
    }


def add_refusals(app: FastAPI) -> None:
    """Teach the application to say what cannot be done."""
    app.add_exception_handler(RefusalError, _refuse_as_told)
    app.add_exception_handler(AccessError, _refuse_access)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(RequestValidationError, _refuse_values)
    app.add_exception_handler(WayfareError, _refuse_ours)


def refuse(
    request: Request, status_code: int, text: str, problems: tuple[Any, ...] = ()
) -> Response:
    """Answer that something cannot be done, with why in words that hold no secret."""
    title = TITLES.get(status_code, TITLES[400])
    if request.url.path.startswith(API):
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status_code).phrase,
            "status": status_code,
            "detail": text,
        }
        if problems:
            body["problems"] = list(problems)
        return JSONResponse(
            body, status_code=status_code, media_type="application/problem+json"
        )
    return render(
        request,
        "errors/refused.html",
        status_code=status_code,
        title=title,
        text=text,
        problems=problems,
    )


async def _refuse_access(request: Request, error: Exception) -> Response:
    assert isinstance(error, AccessError)  # noqa: S101  the handler of this kind
    is_page = not request.url.path.startswith(API)
    if error.is_unknown and is_page and request.method == "GET":
        return RedirectResponse(f"/sign-in?then={quote(request.url.path)}", status_code=303)
    if error.needs_factor and is_page and request.method == "GET":
        return RedirectResponse("/account/second-factor", status_code=303)
    return refuse(request, 401 if error.is_unknown else 403, str(error))


async def _refuse_as_told(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)  # noqa: S101  the handler of this kind
    return refuse(request, error.status_code, str(error), error.problems)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  the handler of this kind
    text = "" if error.status_code == 404 and error.detail == "Not Found" else error.detail
    response = refuse(request, error.status_code, str(text))
    response.headers.update(error.headers or {})
    return response


async def _refuse_values(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  the handler of this kind
    # Where and what, never the value that was sent.
    problems = tuple(
        {"where": ".".join(str(part) for part in fault["loc"]), "text": str(fault["msg"])}
        for fault in error.errors()
    )
    return refuse(request, 422, "Some of what was sent is missing or wrong.", problems)


async def _refuse_ours(request: Request, error: Exception) -> Response:
    status_code = next((code for kind, code in STATUS_OF if isinstance(error, kind)), 500)
    if status_code == 500:
        return await refuse_unknown(request, error)
    if isinstance(error, InputError):
        problems = tuple(describe_problem(p) for p in error.problems)
        return refuse(request, 422, "The input has faults; nothing was changed.", problems)
    response = refuse(request, status_code, str(error))
    if isinstance(error, LimitError):
        response.headers["retry-after"] = str(error.wait_s)
    return response


async def refuse_unknown(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw: a reference for the log, nothing of what happened."""
    reference = note_failure(request, error)
    return refuse(
        request,
        500,
        f"Nothing was changed. Tell whoever runs the page this reference: {reference}.",
    )


def note_failure(request: Request, error: Exception) -> str:
    """Note in the log what nobody foresaw: its kind and where in our code, not what it says.

    Returns
    -------
    The reference under which it stands there.
    """
    reference = secrets.token_hex(4)
    find_log(request).error(
        Event.PAGE_FAILED,
        reference=reference,
        error=error,
        method=name_method(request.scope),
        route=name_route(request.scope),
    )
    if os.environ.get("WAYFARE_TRACEBACK"):
        traceback.print_exception(error)
    return reference


def name_method(scope: Scope) -> str:
    """Name the method of a request; one that nobody knows is OTHER."""
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "OTHER"


def name_route(scope: Scope) -> str:
    """Name the pattern that a request's address fits, with no value out of the address."""
    found = str(getattr(scope.get("route"), "path", "none"))
    is_api = found != "none" and scope["path"].startswith(API)
    # A route of the API does not know under which version it stands: `/api/v1`.
    return "/".join(scope["path"].split("/")[:3]) + found if is_api else found
