"""Webhooks with their deliveries, and what drivers say of their days, in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from data.access import Delivery, DriverNote, Webhook
from data.errors import StoreError
from data.nights import Publication
from data.store import models
from data.store.access_models import deliveries, driver_notes, webhooks
from data.store.publications import read_publication_row
from data.store.rows import insert_one, read_stamp, write_stamp
from data.store.transactions import Book, retried

HELD_MIN = 15
"""A message that is found is another sender's again after so long. [min]"""

MOST_AT_ONCE = 40
"""Messages found at a time: so many are tried within `HELD_MIN`, however slow each is."""


@retried
class MessageBook(Book):
    """What goes out of and comes into an open store besides data."""

    def add_webhook(self, hook: Webhook) -> Webhook:
        """Keep an address to be told of publications; its number is given here."""
        with self._writing() as connection:
            number = insert_one(
                connection,
                webhooks,
                {
                    "place": hook.place,
                    "url": hook.url,
                    "secret": hook.secret,
                    "created_by": hook.created_by,
                    "created_utc": write_stamp(hook.created_utc),
                },
            )
        return replace(hook, hook_no=number)

    def list_webhooks(self, place: str) -> tuple[Webhook, ...]:
        """List the addresses of a place that are told, in order of their numbers."""
        query = (
            sa.select(webhooks)
            .where(webhooks.c.place == place, webhooks.c.ended_utc.is_(None))
            .order_by(webhooks.c.hook_no)
        )
        with self._reading() as connection:
            return tuple(_read_hook(row) for row in connection.execute(query))

    def end_webhook(self, place: str, hook_no: int, ended_utc: datetime) -> None:
        """Tell an address no more.

        Raises
        ------
        StoreError
            If there is none of the number that is told.
        """
        with self._writing() as connection:
            done = connection.execute(
                sa.update(webhooks)
                .where(
                    webhooks.c.hook_no == hook_no,
                    webhooks.c.place == place,
                    webhooks.c.ended_utc.is_(None),
                )
                .values(ended_utc=write_stamp(ended_utc))
            )
            if done.rowcount != 1:
                raise StoreError(f"There is no webhook {hook_no} of {place}.")

    def find_due(
        self, place: str, now_utc: datetime, *, most_tries: int
    ) -> tuple[tuple[Webhook, Delivery, Publication], ...]:
        """Find messages to be sent now, making those of publications since each hook began.

        They are held for `HELD_MIN`: a second sender does not find them too, and those of a
        sender that was killed are found again after it.
        """
        published = models.publications
        with self._writing() as connection:
            hooks = connection.execute(
                sa.select(webhooks).where(
                    webhooks.c.place == place, webhooks.c.ended_utc.is_(None)
                )
            ).all()
            due = []
            for hook in hooks:
                known = sa.select(deliveries.c.publication_no).where(
                    deliveries.c.hook_no == hook.hook_no
                )
                new = connection.execute(
                    sa.select(published.c.publication_no).where(
                        published.c.place == place,
                        published.c.published_utc >= hook.created_utc,
                        published.c.publication_no.not_in(known),
                    )
                ).scalars()
                for number in list(new):
                    insert_one(
                        connection,
                        deliveries,
                        {
                            "hook_no": hook.hook_no,
                            "publication_no": number,
                            "n_tries": 0,
                            "next_utc": write_stamp(now_utc),
                            "status": 0,
                        },
                    )
                waiting = connection.execute(
                    sa.select(deliveries, published)
                    .join(published, published.c.publication_no == deliveries.c.publication_no)
                    .where(
                        deliveries.c.hook_no == hook.hook_no,
                        deliveries.c.done_utc.is_(None),
                        deliveries.c.n_tries < most_tries,
                        deliveries.c.next_utc <= write_stamp(now_utc),
                    )
                    .order_by(deliveries.c.delivery_no)
                )
                due += [
                    (_read_hook(hook), _read_delivery(row), read_publication_row(row))
                    for row in waiting
                ]
            due = sorted(due, key=lambda one: one[1].next_utc)[:MOST_AT_ONCE]
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.delivery_no.in_([one.delivery_no for _, one, _ in due]))
                .values(next_utc=write_stamp(now_utc + timedelta(minutes=HELD_MIN)))
            )
        return tuple(due)

    def end_try(
        self, delivery_no: int, *, status: int, done_utc: datetime | None, next_utc: datetime
    ) -> None:
        """Say how one try ended: done, or to be made again."""
        with self._writing() as connection:
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.delivery_no == delivery_no)
                .values(
                    n_tries=deliveries.c.n_tries + 1,
                    status=status,
                    done_utc=None if done_utc is None else write_stamp(done_utc),
                    next_utc=write_stamp(next_utc),
                )
            )

    def repeat_delivery(self, place: str, delivery_no: int, now_utc: datetime) -> None:
        """Have a message sent once more, with all its tries before it.

        Raises
        ------
        StoreError
            If there is none of the number, or its address is told no more.
        """
        told = sa.select(webhooks.c.hook_no).where(
            webhooks.c.place == place, webhooks.c.ended_utc.is_(None)
        )
        with self._writing() as connection:
            done = connection.execute(
                sa.update(deliveries)
                .where(
                    deliveries.c.delivery_no == delivery_no,
                    deliveries.c.hook_no.in_(told),
                )
                .values(n_tries=0, next_utc=write_stamp(now_utc), done_utc=None)
            )
            if done.rowcount != 1:
                raise StoreError(f"There is no message {delivery_no} to be sent again.")

    def list_deliveries(self, hook_no: int, most: int = 20) -> tuple[Delivery, ...]:
        """List the last messages to an address, the newest first."""
        query = (
            sa.select(deliveries)
            .where(deliveries.c.hook_no == hook_no)
            .order_by(deliveries.c.delivery_no.desc())
            .limit(most)
        )
        with self._reading() as connection:
            return tuple(_read_delivery(row) for row in connection.execute(query))

    def add_note(self, note: DriverNote) -> DriverNote:
        """Keep what a driver says; its number is given here."""
        with self._writing() as connection:
            number = insert_one(
                connection,
                driver_notes,
                {
                    "place": note.place,
                    "service_date": note.service_date,
                    "duty_id": note.duty_id,
                    "plan_id": note.plan_id,
                    "route_id": note.route_id,
                    "kind": note.kind,
                    "minutes": note.minutes,
                    "text": note.text,
                    "person_id": note.person_id,
                    "at_utc": write_stamp(note.at_utc),
                    "seen_by": "",
                },
            )
        return replace(note, note_no=number)

    def list_notes(
        self, place: str, service_date: date, duty_id: str = ""
    ) -> tuple[DriverNote, ...]:
        """List what drivers said of a date, the newest first."""
        table = driver_notes
        query = (
            sa.select(table)
            .where(table.c.place == place, table.c.service_date == service_date)
            .order_by(table.c.note_no.desc())
        )
        if duty_id:
            query = query.where(table.c.duty_id == duty_id)
        with self._reading() as connection:
            return tuple(
                DriverNote(
                    note_no=row.note_no,
                    place=row.place,
                    service_date=row.service_date,
                    duty_id=row.duty_id,
                    plan_id=row.plan_id,
                    route_id=row.route_id,
                    kind=row.kind,
                    minutes=row.minutes,
                    text=row.text,
                    person_id=row.person_id,
                    at_utc=read_stamp(row.at_utc),
                    seen_by=row.seen_by,
                )
                for row in connection.execute(query)
            )

    def see_note(self, place: str, note_no: int, person_id: str) -> None:
        """Say who has looked at what a driver said."""
        with self._writing() as connection:
            done = connection.execute(
                sa.update(driver_notes)
                .where(driver_notes.c.note_no == note_no, driver_notes.c.place == place)
                .values(seen_by=person_id)
            )
            if done.rowcount != 1:
                raise StoreError(f"There is no note {note_no} of {place}.")


def _read_hook(row: sa.Row[tuple[object, ...]]) -> Webhook:
    return Webhook(
        hook_no=row.hook_no,
        place=row.place,
        url=row.url,
        secret=row.secret,
        created_by=row.created_by,
        created_utc=read_stamp(row.created_utc),
        ended_utc=None if row.ended_utc is None else read_stamp(row.ended_utc),
    )


def _read_delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        delivery_no=row.delivery_no,
        hook_no=row.hook_no,
        publication_no=row.publication_no,
        n_tries=row.n_tries,
        next_utc=read_stamp(row.next_utc),
        done_utc=None if row.done_utc is None else read_stamp(row.done_utc),
        status=row.status,
    )
