"""What one served page is set to: its place, where it listens, how people sign in."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from data.errors import RefusedError
from data.workspace import Workspace
from web.config import WebConfig


class SignIn(StrEnum):
    """How people prove who they are."""

    NONE = "none"
    """One user at their own machine: no password, and only that machine is answered."""
    ACCOUNTS = "accounts"
    """Accounts of the place's own, or the council's identity provider, or both."""


def read_clock() -> datetime:
    """Read the clock, in UTC."""
    return datetime.now(UTC)


def is_loopback(host: str) -> bool:
    """Whether a host is the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How a page is served: one place, its store, and who may come in.

    Attributes
    ----------
    workspace
        The place served; one page serves one place, whose store holds its people.
    person_id
        Who acts without signing in; '' for whoever is chosen on the page.
    public_hosts
        Names under which the page is reached; loopback names always are.
    is_secure
        Whether people reach it over TLS, so that cookies may insist on it.
    config
        Settings of a page that people sign in to.
    clock
        Reads the time in UTC.
    """

    workspace: Workspace
    host: str = "127.0.0.1"
    port: int = 8000
    sign_in: SignIn = SignIn.NONE
    person_id: str = ""
    public_hosts: tuple[str, ...] = ()
    is_secure: bool = False
    config: WebConfig | None = None
    is_demo: bool = False
    clock: Callable[[], datetime] = read_clock

    def __post_init__(self) -> None:
        if self.sign_in is SignIn.NONE and not is_loopback(self.host):
            raise RefusedError(
                f"Without signing in, the page is served to this machine alone, not on "
                f"{self.host}. Give people accounts first: see `wayfare serve --help`."
            )
        if (
            self.sign_in is not SignIn.NONE
            and not self.is_secure
            and not all(map(is_loopback, (self.host, *self.public_hosts)))
        ):
            raise RefusedError(
                "Passwords travel over TLS only: give a public_url that begins with https:// "
                "and let a proxy end TLS in front of the page."
            )

    @property
    def place(self) -> str:
        """Name of the place served."""
        return self.workspace.place
