"""Signing in at the council's identity provider (OpenID Connect), by authlib."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.access import Account
from data.errors import RefusedError
from data.people import PERSON_ID, Person, Role
from web.access import Visit
from web.config import Provider
from web.people_work import apply_roles

NAME = "council"
_NOT_IN_ID = re.compile(r"[^a-z0-9._-]")


def build_provider_client(provider: Provider) -> Any:
    """Build what talks to the provider; its addresses are read when first needed."""
    from authlib.integrations.starlette_client import OAuth

    registry = OAuth()
    return registry.register(
        NAME,
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )


def find_provider_person(visit: Visit, provider: Provider, claims: Mapping[str, Any]) -> Person:
    """Find or add the person whom a checked token names, with the roles that it gives.

    The token's roles are the truth at each signing in. Somebody new is added under the first
    part of their user name; an id that belongs to somebody already is never taken over: the
    administrator has to write the subject into that person's account.

    Raises
    ------
    RefusedError
        If the token gives no role here, or the id belongs to somebody else.
    """
    store = visit.store
    subject = str(claims.get("sub", ""))
    given = claims.get(provider.roles_claim, ())
    texts = [given] if isinstance(given, str) else list(given or ())
    roles = {Role(str(text).lower()) for text in texts if str(text).lower() in set(Role)}
    if not subject or not roles:
        raise RefusedError("Your council account gives you no role here.")
    account = store.accounts.find_subject(subject)
    if account is not None and account.is_disabled:
        raise RefusedError("Your account is closed.")
    if account is None:
        person_id = _build_id(claims)
        if store.find_person(person_id) is not None:
            raise RefusedError(
                f"{person_id} is in the register already. Ask the administrator to write your "
                "subject into that entry."
            )
        name = str(claims.get("name", "") or person_id)
        with visit.recording("person.add", "people", person_id):
            store.add_person(person_id, name, sorted(roles), now_utc=visit.now_utc)
        account = Account(person_id=person_id, subject=subject)
        store.accounts.save_account(account)
    person = store.find_person(account.person_id)
    if person is not None:
        apply_roles(visit, person, roles)
    if account.password_hash:
        # Who comes by the provider keeps no second way in.
        account = replace(account, password_hash="", second_factor="")
        store.accounts.save_account(account)
    found = store.find_person(account.person_id)
    assert found is not None  # noqa: S101  found or added above
    return found


def _build_id(claims: Mapping[str, Any]) -> str:
    """Build the id of somebody new from their user name at the provider."""
    user = str(claims.get("preferred_username") or claims.get("email") or "")
    person_id = _NOT_IN_ID.sub("-", user.partition("@")[0].lower())[:40]
    if not PERSON_ID.fullmatch(person_id):
        raise RefusedError("Your council account has no user name that can be an id here.")
    return person_id
