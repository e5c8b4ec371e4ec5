"""Messages to registered addresses when a plan is published: who is told, and the sending.

A message names the date, version, state, plan and run by their ids and nothing else; whoever
wants more asks the API with a token. Each is signed with the secret of its address.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.access import Delivery, Webhook
from data.audit import AuditEntry
from data.errors import RefusedError, StoreError
from data.nights import Publication
from data.people import Person, require_person
from data.store import Store
from web.roles import Permission, find_permissions
from web.seals import Seals

if TYPE_CHECKING:
    import httpx2

SIGNATURE = "X-Wayfare-Signature"
"""Header of a message: ``sha256=`` and the HMAC-SHA256 of the body in hexadecimal."""

WAITS_MIN = (1, 5, 15, 60, 180, 360, 720)
"""After a failed try the next comes so much later; after the last there is none. [min]"""

MOST_TRIES = len(WAITS_MIN) + 1

MOST_LETTERS = 500
"""Longest address."""

_CONNECT_S, _ANSWER_S = 5.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """How one try to deliver a message ended.

    Attributes
    ----------
    status
        What the address answered: an HTTP status, or 0 if it could not be reached.
    again_utc
        When it is tried again; None once delivered or given up.
    """

    hook_no: int
    publication_no: int
    n_tries: int
    status: int
    is_delivered: bool
    again_utc: datetime | None


def require_manager(store: Store, person_id: str) -> Person:
    """Find a person who may say which addresses are told.

    Raises
    ------
    RefusedError
        If they are not in the register, or their roles do not allow it.
    """
    person = require_person(store, person_id)
    if Permission.MANAGE_PEOPLE not in find_permissions(person.roles):
        raise RefusedError(f"Only an administrator may do this; {person_id} is none.")
    return person


def add_hook(
    store: Store, seals: Seals, place: str, url: str, *, person_id: str, now_utc: datetime
) -> tuple[Webhook, str]:
    """Register an address to be told of each publication from now on.

    Returns
    -------
    The address as kept, and its secret, which is shown this once.

    Raises
    ------
    RefusedError
        If the address may not be told, or the person may not say so.
    """
    person = require_manager(store, person_id)
    check_url(url)
    if any(hook.url == url for hook in store.messages.list_webhooks(place)):
        raise RefusedError("This address is registered already.")
    secret = secrets.token_urlsafe(32)
    hook = Webhook(
        hook_no=0,
        place=place,
        url=url,
        secret=seals.seal(secret),
        created_by=person_id,
        created_utc=now_utc,
    )
    entry = _build_entry("webhook.add", hook, person, now_utc)
    with store.audit.recording(entry):
        return store.messages.add_webhook(hook), secret


def end_hook(
    store: Store, place: str, hook_no: int, *, person_id: str, now_utc: datetime
) -> Webhook:
    """Tell an address no more; what still waits for it is not sent.

    Raises
    ------
    RefusedError
        If the person may not say so.
    StoreError
        If there is none of the number that is told.
    """
    person = require_manager(store, person_id)
    for hook in store.messages.list_webhooks(place):
        if hook.hook_no == hook_no:
            with store.audit.recording(_build_entry("webhook.end", hook, person, now_utc)):
                store.messages.end_webhook(place, hook_no, now_utc)
            return hook
    raise StoreError(f"There is no webhook {hook_no} of {place}.")


def check_url(url: str) -> None:
    """Refuse an address that messages must not go to.

    Raises
    ------
    RefusedError
        Unless it is https, or http to this machine itself, without a user name or fragment.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise RefusedError("This is no address of a web server.") from None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not is_plain or len(url) > MOST_LETTERS or "\\" in url:
        raise RefusedError("This is no address of a web server.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise RefusedError("An address has no user name, password or fragment.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise RefusedError("An address begins with https://, unless it is on this machine.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def sign_body(secret: str, body: bytes) -> str:
    """Sign a message, as its reader does to know it for ours."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def build_body(delivery: Delivery, published: Publication, sent_utc: datetime) -> bytes:
    """Build the body of a message: ids and state, no personal value."""
    return json.dumps(
        {
            "event": "publication",
            "message": delivery.delivery_no,
            "sent_utc": sent_utc.isoformat(),
            "place": published.place,
            "service_date": published.service_date.isoformat(),
            "version": published.version_no,
            "state": str(published.state),
            "plan_id": published.plan_id,
            "run_id": published.run_id,
            "published_utc": published.published_utc.isoformat(),
        },
        separators=(",", ":"),
    ).encode()


def send_due(
    store: Store, seals: Seals, place: str, *, clock: Callable[[], datetime]
) -> tuple[Try, ...]:
    """Send the messages that are due and keep how each ended.

    A message may come twice, never be lost within its tries: a reader knows it by its number.
    Sent straight to the address, by no proxy; a redirect is not followed and counts as failed.

    Raises
    ------
    StoreError
        If a secret cannot be read; nothing is sent then.
    """
    import httpx2

    due = store.messages.find_due(place, clock(), most_tries=MOST_TRIES)
    if not due:
        return ()
    keys = {hook.hook_no: seals.unseal(hook.secret) for hook, _, _ in due}
    timeout = httpx2.Timeout(_ANSWER_S, connect=_CONNECT_S)
    tries = []
    with httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
        for hook, delivery, published in due:
            body = build_body(delivery, published, clock())
            status = _post(client, hook.url, body, sign_body(keys[hook.hook_no], body))
            ended = _judge_try(delivery, status, clock())
            store.messages.end_try(
                delivery.delivery_no,
                status=status,
                done_utc=clock() if ended.is_delivered else None,
                next_utc=ended.again_utc or clock(),
            )
            tries.append(ended)
    return tuple(tries)


def _post(client: httpx2.Client, url: str, body: bytes, signature: str) -> int:
    """Post a message; its answer is not read beyond the status, which is 0 without one."""
    import httpx2

    headers = {
        "Content-Type": "application/json",
        "User-Agent": "wayfare",
        SIGNATURE: signature,
    }
    try:
        check_url(url)
        with client.stream("POST", url, content=body, headers=headers) as answer:
            return int(answer.status_code)
    except (httpx2.HTTPError, httpx2.InvalidURL, RefusedError):
        return 0


def _judge_try(delivery: Delivery, status: int, now_utc: datetime) -> Try:
    is_delivered = 200 <= status < 300
    is_last = is_delivered or delivery.n_tries >= len(WAITS_MIN)
    return Try(
        hook_no=delivery.hook_no,
        publication_no=delivery.publication_no,
        n_tries=delivery.n_tries + 1,
        status=status,
        is_delivered=is_delivered,
        again_utc=None if is_last else now_utc + timedelta(minutes=WAITS_MIN[delivery.n_tries]),
    )


def _build_entry(action: str, hook: Webhook, person: Person, now_utc: datetime) -> AuditEntry:
    """Build an entry that names an address by its host, and the whole of it by its hash."""
    told = hashlib.sha256(hook.url.encode()).hexdigest()
    is_new = action == "webhook.add"
    return AuditEntry(
        place=hook.place,
        at_utc=now_utc,
        person_id=person.person_id,
        roles=tuple(sorted(person.roles)),
        action=action,
        kind="webhooks",
        record_id=urlsplit(hook.url).hostname or "",
        before_hash="" if is_new else told,
        after_hash=told if is_new else "",
    )
