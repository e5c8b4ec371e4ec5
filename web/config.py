"""Settings of a page that people sign in to: a TOML file, read strictly."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.imports.toml_files import read_toml_file

SECRET_VARIABLE = "WAYFARE_OIDC_SECRET"  # noqa: S105  the name of a variable, not a secret


class _Section(BaseModel):
    """A part of the file; a key that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Section):
    """The council's identity provider (OpenID Connect).

    Attributes
    ----------
    issuer
        Its address; what it offers is read from ``/.well-known/openid-configuration`` below.
    roles_claim
        Claim that holds the roles, by our names of them.
    """

    issuer: str
    client_id: str
    roles_claim: str = "roles"
    name: str = "your council account"

    @property
    def client_secret(self) -> str:
        """The secret of this page at the provider, from the environment alone."""
        return os.environ.get(SECRET_VARIABLE, "")


class WebConfig(_Section):
    """How a page for several people is served.

    Attributes
    ----------
    public_url
        Address that people type; over TLS, unless this machine alone is served.
    idle_min, longest_h
        A session ends after so long without a request, and after so long in any case (W7).
    """

    public_url: str
    idle_min: int = Field(default=15, ge=5, le=30)
    longest_h: int = Field(default=10, ge=1, le=24)
    provider: Provider | None = None

    @field_validator("public_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("an address such as https://transport.example.gov.uk is wanted")
        return url.rstrip("/")

    @property
    def public_host(self) -> str:
        """The name in the public address."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether people come over TLS."""
        return self.public_url.startswith("https://")


def read_web_config(path: Path) -> WebConfig:
    """Read the settings of a page that people sign in to.

    Raises
    ------
    InputError
        With every fault: Q010 not TOML, Q011 key not known, Q012 value.
    """
    return read_toml_file(path, WebConfig)
