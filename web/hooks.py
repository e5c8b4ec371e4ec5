"""Messages to registered addresses when a plan is published: who is told, and the sending.

A message names the date, version, state, plan and run by their ids and nothing else; whoever
wants more asks the API with a token. Each is signed with the secret of its address.
"""

from __future__ import annotations

import hashlib
import hmac
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
from web.outward import find_number, read_number, require_outward
from web.roles import Permission, find_permissions
from web.seals import Seals

if TYPE_CHECKING:
    import httpx2

SIGNATURE = "X-Wayfare-Signature"
"""Header of a message: ``sha256=`` and the HMAC-SHA256 of the body in hexadecimal."""

WAITS_MIN = (1, 5, 15, 60, 180, 360, 720)
"""After a failed try the next comes so much later; after the last there is none. [min]"""

NOT_OUTWARD = -1
"""Status of a try that was not made, because the address must not be asked."""

MOST_TRIES = len(WAITS_MIN) + 1

MOST_SHOWN = 20
"""Last messages of an address that are listed."""

MOST_LETTERS = 500
"""Longest address."""

_CONNECT_S, _ANSWER_S = 5.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """How one try to deliver a message ended.

    Attributes
    ----------
    status
        What the address answered: an HTTP status, 0 if it could not be reached, `NOT_OUTWARD`
        if it must not be asked.
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
    store: Store,
    seals: Seals,
    place: str,
    url: str,
    *,
    person_id: str,
    now_utc: datetime,
    address: str = "",
) -> tuple[Webhook, str]:
    """Register an address to be told of each publication from now on.

    Parameters
    ----------
    address
        Network address of who asks; '' at the machine itself.

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
    entry = _build_entry("webhook.add", hook, person, now_utc, address)
    with store.audit.recording(entry):
        return store.messages.add_webhook(hook), secret


def find_hook(store: Store, place: str, hook_no: int) -> Webhook:
    """Find an address that is told.

    Raises
    ------
    StoreError
        If there is none of the number.
    """
    for hook in store.messages.list_webhooks(place):
        if hook.hook_no == hook_no:
            return hook
    raise StoreError(f"There is no webhook {hook_no} of {place}.")


def end_hook(
    store: Store,
    place: str,
    hook_no: int,
    *,
    person_id: str,
    now_utc: datetime,
    address: str = "",
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
    hook = find_hook(store, place, hook_no)
    entry = _build_entry("webhook.end", hook, person, now_utc, address)
    with store.audit.recording(entry):
        store.messages.end_webhook(place, hook_no, now_utc)
    return hook


def repeat_message(
    store: Store,
    place: str,
    hook_no: int,
    delivery_no: int,
    *,
    person_id: str,
    now_utc: datetime,
    address: str = "",
) -> Delivery:
    """Have one of an address's last messages sent once more when the next are sent.

    Raises
    ------
    RefusedError
        If the person may not say so.
    StoreError
        If the address is not told, or has no such message.
    """
    person = require_manager(store, person_id)
    hook = find_hook(store, place, hook_no)
    held = store.messages.list_deliveries(hook_no, most=MOST_SHOWN)
    if all(one.delivery_no != delivery_no for one in held):
        raise StoreError(f"There is no message {delivery_no} to be sent again.")
    entry = _build_entry("webhook.repeat", hook, person, now_utc, address)
    with store.audit.recording(entry):
        store.messages.repeat_delivery(place, delivery_no, now_utc)
    held = store.messages.list_deliveries(hook_no, most=MOST_SHOWN)
    return next(one for one in held if one.delivery_no == delivery_no)


def check_url(url: str) -> None:
    """Refuse an address that messages must not go to.

    A name is looked up when a message is sent: see `web.outward`.

    Raises
    ------
    RefusedError
        Unless it is https, or http to this machine itself, without a user name or fragment,
        and is no number of a network that messages must not go to.
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
    if (number := read_number(host)) is not None:
        require_outward(number)


def _is_loopback(host: str) -> bool:
    number = read_number(host)
    return host == "localhost" if number is None else number.is_loopback


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
    """Post a message; its answer is not read beyond the status, which is 0 without one.

    The name is looked up once and what was found is connected to, so that no second answer of
    a name server can lead elsewhere; the certificate is proven for the name.
    """
    import httpx2

    try:
        check_url(url)
        asked = httpx2.URL(url)
        number = find_number(asked.host, asked.port or (443 if asked.scheme == "https" else 80))
    except RefusedError:
        return NOT_OUTWARD
    except (httpx2.InvalidURL, OSError):
        return 0
    headers = {
        "Content-Type": "application/json",
        "Host": asked.netloc.decode(),
        "User-Agent": "wayfare",
        SIGNATURE: signature,
    }
    try:
        with client.stream(
            "POST",
            asked.copy_with(host=str(number)),
            content=body,
            headers=headers,
            extensions={"sni_hostname": asked.host},
        ) as answer:
            return int(answer.status_code)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return 0


def name_status(status: int) -> str:
    """Name how an address answered."""
    if status == NOT_OUTWARD:
        return "not sent: the address is inside a network that is not allowed"
    return f"answered {status}" if status else "not reached"


def describe_delivery(delivery: Delivery) -> str:
    """Describe how far a message is."""
    if delivery.done_utc is not None:
        return f"delivered {delivery.done_utc:%Y-%m-%d %H:%M} UTC ({delivery.status})"
    if not delivery.n_tries:
        return "not tried yet"
    if delivery.n_tries >= MOST_TRIES:
        return f"given up after {MOST_TRIES} tries ({name_status(delivery.status)})"
    return (
        f"{name_status(delivery.status)}, try {delivery.n_tries}; "
        f"again from {delivery.next_utc:%Y-%m-%d %H:%M} UTC"
    )


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


def _build_entry(
    action: str, hook: Webhook, person: Person, now_utc: datetime, address: str
) -> AuditEntry:
    """Build an entry that names an address by its host, and the whole of it by its hash."""
    told = hashlib.sha256(hook.url.encode()).hexdigest()
    is_new = action == "webhook.add"
    return AuditEntry(
        place=hook.place,
        at_utc=now_utc,
        person_id=person.person_id,
        roles=tuple(sorted(person.roles)),
        address=address,
        action=action,
        kind="webhooks",
        record_id=urlsplit(hook.url).hostname or "",
        before_hash="" if is_new else told,
        after_hash=told if is_new else "",
    )
