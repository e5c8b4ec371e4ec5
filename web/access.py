"""The one door of every route: who asks, whether they may, and that a form is our own.

    @router.get("/plans")
    def show_plans(request: Request, visit: Annotated[Visit, allow(P.READ_PLANS)]) -> Response:
        return render(request, "plans/list.html", plans=visit.store.list_runs(visit.place))

A route without `allow` is refused by the suite, and a role without the permission by the door.
"""

from __future__ import annotations

import hmac
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from data.access import Account, ApiToken
from data.audit import AuditEntry
from data.people import Person
from data.store import Store
from web.roles import Permission, find_permissions
from web.sessions import NOTED_EVERY, Session, hash_token
from web.settings import SignIn
from web.state import WebState, get_state

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "x-csrf-token"


class AccessError(Exception):
    """Somebody may not do this.

    Attributes
    ----------
    is_unknown
        Whether it is because nobody is signed in.
    needs_factor
        Whether it is because the person's second factor is not set up.
    """

    def __init__(
        self, text: str, *, is_unknown: bool = False, needs_factor: bool = False
    ) -> None:
        super().__init__(text)
        self.is_unknown, self.needs_factor = is_unknown, needs_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of one person, as pages and the API see it.

    Attributes
    ----------
    person
        Who asks, or None where nobody is signed in.
    account
        How they sign in and for whom they work, if the register has it.
    is_signed_in
        Whether they proved who they are; false at a page that takes people's word.
    needs_factor
        Whether they have to set up a second factor before anything else.
    token
        What a program of theirs signed the request with, or None for a browser.
    address
        Network address that they ask from.
    """

    state: WebState
    session: Session | None
    person: Person | None
    account: Account | None
    is_signed_in: bool
    needs_factor: bool
    token: ApiToken | None
    permissions: frozenset[Permission]
    now_utc: datetime
    address: str

    @property
    def store(self) -> Store:
        """The open store."""
        return self.state.store

    @property
    def place(self) -> str:
        """Name of the place served."""
        return self.state.place

    @property
    def person_id(self) -> str:
        """Id of who asks; '' where nobody is signed in."""
        return "" if self.person is None else self.person.person_id

    @property
    def works_for(self) -> str:
        """Supplier of somebody in that role, member of a crew for a driver; '' for others."""
        return "" if self.account is None else self.account.works_for

    @property
    def csrf_token(self) -> str:
        """What every form must hold."""
        return "" if self.session is None else self.session.csrf_token

    def build_entry(
        self,
        action: str,
        kind: str,
        record_id: str,
        *,
        before_hash: str = "",
        after_hash: str = "",
        reason: str = "",
    ) -> AuditEntry:
        """Build the audit entry of something this person does."""
        return AuditEntry(
            place=self.place,
            at_utc=self.now_utc,
            person_id=self.person_id,
            roles=() if self.person is None else tuple(sorted(self.person.roles)),
            address=self.address,
            action=action,
            kind=kind,
            record_id=record_id,
            before_hash=before_hash,
            after_hash=after_hash,
            reason=reason,
        )

    def recording(
        self,
        action: str,
        kind: str,
        record_id: str,
        *,
        before_hash: str = "",
        after_hash: str = "",
    ) -> AbstractContextManager[None]:
        """Keep an audit entry with the change that is made within, in one transaction.

        with visit.recording("proposal.approve", "proposal", "7"):
            visit.store.nights.decide(...)
        """
        entry = self.build_entry(
            action, kind, record_id, before_hash=before_hash, after_hash=after_hash
        )
        return self.store.audit.recording(entry)

    def may(self, permission: Permission | str) -> bool:
        """Whether who asks may do something; a template gives the permission's name."""
        return Permission(permission) in self.permissions


def allow(permission: Permission) -> Any:
    """Let a route be used by whoever has a permission; gives the route its `Visit`."""

    async def find_visit(request: Request) -> Visit:
        visit = await _open_visit(request)
        request.state.visit = visit
        if permission not in visit.permissions:
            if visit.person is None:
                raise AccessError("Sign in to see this page.", is_unknown=True)
            if visit.needs_factor:
                raise AccessError("Set up your second factor first.", needs_factor=True)
            raise AccessError("Your roles do not allow this.")
        if request.method not in SAFE_METHODS:
            if visit.token is None:
                await _check_form(request, visit)
            elif visit.token.is_read_only:
                raise AccessError("This token may only read.")
        return visit

    find_visit.permission = permission  # type: ignore[attr-defined]
    return Depends(find_visit)


def needs_second_factor(account: Account) -> bool:
    """Whether somebody who signs in with a password has no second factor yet."""
    return bool(account.password_hash) and not account.second_factor


def find_permission(dependency: Any) -> Permission | None:
    """Find the permission that a route's dependency asks for, or None if it is another one."""
    return getattr(dependency, "permission", None)


async def _open_visit(request: Request) -> Visit:
    """Find who asks, from the session that the cookie names."""
    state = get_state(request)
    now_utc = state.now()
    session: Session | None = getattr(request.state, "session", None)
    person_id = "" if session is None else session.person_id
    if state.settings.sign_in is SignIn.NONE:
        person_id = person_id or state.settings.person_id
    given = _read_bearer(request)
    member, token = (None if session is None else session.member), None
    # The store waits for the disk, and a thread for it costs as much as what it reads.
    if given:
        token = await run_in_threadpool(_find_token, state, given, now_utc)
        person_id, member = token.person_id, None
    if member is None and person_id:
        member = await run_in_threadpool(state.store.accounts.find_member, person_id)
    person = None if member is None else member.person
    account = None if member is None else member.account
    if token is not None and account is not None and account.is_disabled:
        raise AccessError("The account of this token is closed.", is_unknown=True)
    is_signed_in = state.settings.sign_in is not SignIn.NONE and account is not None
    permissions = find_permissions(None if person is None else person.roles)
    needs_factor = is_signed_in and account is not None and needs_second_factor(account)
    if needs_factor:
        # Until the second factor is set up, one's own account is all there is.
        permissions = find_permissions([])
    return Visit(
        state=state,
        session=session,
        person=person,
        account=account,
        is_signed_in=is_signed_in,
        needs_factor=needs_factor,
        token=token,
        permissions=permissions,
        now_utc=now_utc,
        address=request.client.host if request.client is not None else "",
    )


def _read_bearer(request: Request) -> str:
    """Read the token that a program signed its request with; '' for a browser."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    is_program = kind.lower() == "bearer" and request.url.path.startswith(API)
    # A program that gives none is refused, not taken for the browser whose cookie it sends.
    return (given.strip() or "none") if is_program else ""


def _find_token(state: WebState, given: str, now_utc: datetime) -> ApiToken:
    """Find the token that a program gave; a bad one is refused at once."""
    book = state.store.accounts
    token = book.find_token(hash_token(given))
    if token is None or token.revoked_utc is not None or token.expires_utc <= now_utc:
        raise AccessError("This token is not known, or no longer valid.", is_unknown=True)
    if state.settings.sign_in is not SignIn.NONE:
        state.pace.take(token.person_id)
    if token.used_utc is None or now_utc - token.used_utc >= NOTED_EVERY:
        book.see_token(token.token_no, now_utc)
    return token


async def _check_form(request: Request, visit: Visit) -> None:
    """Refuse a change that was not sent from a page of ours."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise AccessError("This form came from another site. Nothing was changed.")
    given = request.headers.get(CSRF_HEADER, "")
    kind = request.headers.get("content-type", "")
    if not given and kind.startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        field = (await request.form()).get(CSRF_FIELD, "")
        given = field if isinstance(field, str) else ""
    wanted = visit.csrf_token
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise AccessError(
            "This form has expired. Go back, load the page again and repeat: nothing was "
            "changed."
        )
