"""One's own account: password, second factor, tokens of programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.access import Account, ApiToken
from data.errors import RefusedError, StoreError
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.passwords import find_password_fault, hash_code, hash_password, is_password
from web.people_work import save_account
from web.rendering import render
from web.roles import Permission
from web.second_factor import build_uri, find_step, make_recovery_codes, make_secret
from web.sessions import hash_token, make_token

router = APIRouter()

OWN = Permission.OWN_ACCOUNT
TOKEN_LASTS_DAYS = (30, 90, 365)


@router.get("/account")
def show_account(request: Request, visit: Annotated[Visit, allow(OWN)]) -> Response:
    """Show one's own account."""
    return _show(request, visit, show_form())


@router.post("/account/password")
def change_password(
    request: Request,
    visit: Annotated[Visit, allow(OWN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Change one's password; every session of the person ends, this one begins anew."""
    account = _need_account(visit)
    old, new = (next((v for k, v in posted.fields if k == name), "") for name in ("old", "new"))
    form = show_form()
    if not is_password(account, old):
        form = form.add_error("old", "This is not your password")
    name = "" if visit.person is None else visit.person.name
    fault = find_password_fault(new, (visit.person_id, visit.place, *name.split()))
    if fault:
        form = form.add_error("new", fault)
    if form.errors:
        return _show(request, visit, form)
    changed = replace(account, password_hash=hash_password(new), password_utc=visit.now_utc)
    save_account(visit, "account.password", changed)
    _begin_anew(request, visit)
    return see_other("/account")


@router.get("/account/second-factor")
def show_second_factor(request: Request, visit: Annotated[Visit, allow(OWN)]) -> Response:
    """Show the secret that an app is to be given."""
    _need_account(visit)
    return _show_factor(request, visit, make_secret(), show_form())


@router.post("/account/second-factor")
def set_second_factor(
    request: Request,
    visit: Annotated[Visit, allow(OWN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Set the second factor once a code of the app shows that it has the secret."""
    account = _need_account(visit)
    try:
        # The browser holds the new secret sealed, so that it cannot choose one.
        secret = visit.state.seals.unseal(posted.text("sealed"))
    except StoreError as error:
        raise RefusedError("This page has expired. Load it again.") from error
    step = find_step(secret, posted.text("code"), visit.now_utc)
    if step is None:
        form = show_form().add_error("code", "This is not the code that the app shows now")
        return _show_factor(request, visit, secret, form)
    # Whoever finds a browser open must not put their own app in the place of its owner's.
    password = next((v for k, v in posted.fields if k == "password"), "")
    if account.second_factor and not is_password(account, password):
        form = show_form().add_error("password", "This is not your password")
        return _show_factor(request, visit, secret, form)
    codes = make_recovery_codes()
    changed = replace(
        account,
        second_factor=visit.state.seals.seal(secret),
        used_step=step,
        recovery_hashes=tuple(hash_code(code) for code in codes),
    )
    save_account(visit, "account.second_factor", changed)
    _begin_anew(request, visit)
    return render(request, "account/recovery.html", codes=codes)


@router.post("/account/tokens")
def add_token(
    request: Request,
    visit: Annotated[Visit, allow(OWN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Make a token for a program; it is shown this once."""
    label, days = posted.text("label"), posted.text("days")
    form = show_form({"label": label, "days": days})
    if not label or len(label) > 60 or not label.isprintable():
        form = form.add_error("label", "Say in 1 to 60 letters what the token is for")
    if days not in map(str, TOKEN_LASTS_DAYS):
        form = form.add_error("days", "Choose how long it lasts")
    if form.errors:
        return _show(request, visit, form)
    token = f"wf_{make_token()}"
    with visit.recording("token.add", "api_token", label):
        visit.store.accounts.add_token(
            ApiToken(
                token_no=0,
                person_id=visit.person_id,
                label=label,
                is_read_only=posted.text("may_change") != "yes",
                created_utc=visit.now_utc,
                expires_utc=visit.now_utc + timedelta(days=int(days)),
            ),
            hash_token(token),
        )
    return _show(request, visit, show_form(), token=token)


@router.post("/account/tokens/{token_no}/revoke")
def revoke_token(token_no: int, visit: Annotated[Visit, allow(OWN)]) -> Response:
    """Revoke a token of one's own."""
    with visit.recording("token.revoke", "api_token", str(token_no)):
        visit.store.accounts.revoke_token(token_no, visit.person_id, visit.now_utc)
    return see_other("/account#tokens")


@router.get("/account/stay")
def stay(visit: Annotated[Visit, allow(OWN)]) -> Response:
    """Stay signed in: any request keeps a session alive, this one shows nothing."""
    return Response(status_code=204)


def _need_account(visit: Visit) -> Account:
    if visit.account is None or not visit.is_signed_in:
        raise RefusedError("There is no account to change: this page takes your word.")
    if not visit.account.password_hash:
        raise RefusedError("You sign in with the council's provider; change it there.")
    return visit.account


def _begin_anew(request: Request, visit: Visit) -> None:
    """Begin a session on what the account now is; all others have ended with the change."""
    if visit.session is not None:
        visit.state.sessions.end_session(visit.session.token, visit.now_utc)
    request.state.session = visit.state.sessions.open_session(visit.person_id, visit.now_utc)


def _show(request: Request, visit: Visit, form: Form, token: str = "") -> Response:
    return render(
        request,
        "account/page.html",
        status_code=422 if form.errors else 200,
        form=form,
        tokens=visit.store.accounts.list_tokens(visit.person_id),
        token=token,
        lasts=TOKEN_LASTS_DAYS,
        now_utc=visit.now_utc,
    )


def _show_factor(request: Request, visit: Visit, secret: str, form: Form) -> Response:
    return render(
        request,
        "account/second_factor.html",
        status_code=422 if form.errors else 200,
        form=form,
        has_factor=visit.account is not None and bool(visit.account.second_factor),
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        uri=build_uri(secret, visit.person_id, visit.place),
        sealed=visit.state.seals.seal(secret),
    )
