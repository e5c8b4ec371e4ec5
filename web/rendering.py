"""Pages from templates: one environment, the components of GOV.UK, one way to write figures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from data.units import divide_half_up, format_miles, format_pounds, format_time
from reports import describe_count
from web.access import Visit
from web.forms import Form
from web.navigation import find_sections
from web.settings import SignIn
from web.state import Recent, get_state

TEMPLATES = Path(__file__).parent / "templates"
ZONE = ZoneInfo("Europe/London")
"""Local time is written on pages only; everything kept is UTC."""


def format_minutes(time_s: int) -> str:
    """Write seconds as whole minutes, half a minute up.

    Examples
    --------
    >>> format_minutes(2_730), format_minutes(60)
    ('46 minutes', '1 minute')
    """
    return describe_count(divide_half_up(time_s, 60), "minute")


def format_date(on: date) -> str:
    """Write a date in words.

    Examples
    --------
    >>> format_date(date(2026, 9, 7))
    'Monday 7 September 2026'
    """
    return f"{on:%A} {on.day} {on:%B} {on.year}"


def format_short_date(on: date) -> str:
    """Write a date in few letters.

    Examples
    --------
    >>> format_short_date(date(2026, 9, 7))
    'Mon 7 Sep 2026'
    """
    return f"{on:%a} {on.day} {on:%b} {on.year}"


def format_moment(stamp: datetime) -> str:
    """Write a moment in local time.

    Examples
    --------
    >>> from datetime import UTC
    >>> format_moment(datetime(2026, 9, 7, 5, 2, tzinfo=UTC))
    '7 September 2026, 06:02'
    """
    local = stamp.astimezone(ZONE)
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"


def format_permille(part: int, whole: int) -> str:
    """Write a share as a percentage with one decimal.

    Examples
    --------
    >>> format_permille(1, 8), format_permille(0, 0)
    ('12.5 %', '-')
    """
    if whole <= 0:
        return "-"
    thousandths = divide_half_up(part * 1_000, whole)
    sign, rest = ("-" if thousandths < 0 else ""), abs(thousandths)
    return f"{sign}{rest // 10}.{rest % 10} %"


FILTERS = {
    "pounds": format_pounds,
    "clock": format_time,
    "miles": format_miles,
    "minutes": format_minutes,
    "day": format_date,
    "short_day": format_short_date,
    "moment": format_moment,
    "count": describe_count,
}
"""Filters of the templates: ``{{ cost_pence | pounds }}``, ``{{ n | count("route") }}``."""


class KnownNames(jinja2.ChainableUndefined):
    """A key that a component asks for in vain is nothing; a slip of our own is an error."""

    def _check(self) -> None:
        held = self._undefined_obj
        # A component may be called with a body or without, and asks for JavaScript's own
        # name of nothing.
        if self._undefined_name in ("caller", "undefined"):
            return
        if held is not None and not isinstance(held, (Mapping, jinja2.Undefined)):
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._check()
        return ""

    def __bool__(self) -> bool:
        self._check()
        return False

    def __iter__(self) -> Iterator[Any]:
        self._check()
        return iter(())


def build_environment() -> jinja2.Environment:
    """Build the environment of the templates; a name that is not given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.FileSystemLoader(TEMPLATES),
                jinja2.PrefixLoader(
                    {"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}
                ),
            ]
        ),
        autoescape=True,
        undefined=KnownNames,
        trim_blocks=True,
        lstrip_blocks=True,
        # They ship with the program: no request looks whether one was written anew.
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals.update(share=format_permille)
    return environment


FILE_KINDS = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types of the files that people download, by their ending."""


def send_file(content: bytes | str, name: str) -> Response:
    """Send a file to be kept; its name is one of ours."""
    return Response(
        content,
        media_type=FILE_KINDS[name.rpartition(".")[2]],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def render_part(
    request: Request,
    kept: Recent,
    key: Hashable,
    template: str,
    build: Callable[[], Mapping[str, Any]],
) -> Markup:
    """Render a part of a page once for all who may see it.

    It is told neither who asks nor what they may do: whatever hangs on that stands outside it.

    Parameters
    ----------
    kept
        Where it is kept: with what it is made of, so that it is gone with it.
    key
        Whatever else it hangs on.
    build
        Builds what the template is told, where the part is not kept yet.
    """

    def make() -> Markup:
        environment: jinja2.Environment = request.app.state.templates
        return Markup(environment.get_template(template).render(build()))  # noqa: S704

    return kept.find((template, key), make)


def render(
    request: Request, template: str, *, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """Render a page for who asks.

    Templates find ``visit``, ``place_title``, ``sections``, ``path``, ``is_fragment`` (whether
    htmx asks for a part of the page) and ``form`` besides what is given.
    """
    state = get_state(request)
    visit: Visit | None = getattr(request.state, "visit", None)
    held = frozenset() if visit is None else visit.permissions
    environment: jinja2.Environment = request.app.state.templates
    sections = find_sections(held, request.url.path)
    navigation = render_part(
        request,
        state.bars,
        tuple(tuple(section.values()) for section in sections),
        "parts/navigation.html",
        lambda: {"sections": sections},
    )
    html = environment.get_template(template).render(
        {
            "visit": visit,
            "path": request.url.path,
            "sections": sections,
            "navigation": navigation,
            "place": state.place,
            "is_signing_in": state.settings.sign_in is not SignIn.NONE,
            "idle_s": state.idle_s if visit is not None and visit.is_signed_in else 0,
            "is_demo": state.settings.is_demo,
            "is_fragment": request.headers.get("hx-request") == "true",
            "form": Form(),
            **context,
        }
    )
    return HTMLResponse(html, status_code=status_code)
