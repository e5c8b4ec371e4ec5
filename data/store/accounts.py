"""Accounts, sessions, failed attempts and tokens in the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from data.access import Account, ApiToken, KeptSession, Member
from data.errors import RefusedError
from data.store.access_models import accounts, api_tokens, throttles, web_sessions
from data.store.people import read_person_rows
from data.store.rows import insert_one, read_stamp, read_texts, write_list, write_stamp
from data.store.transactions import Book, retried

# Asked at every request of a page: put together once.
_SESSION = sa.select(web_sessions).where(
    web_sessions.c.token_hash == sa.bindparam("token_hash")
)
_ACCOUNT = sa.select(accounts).where(accounts.c.person_id == sa.bindparam("person_id"))


@retried
class AccountBook(Book):
    """Who may sign in, and who is in, in an open store; each write is one transaction."""

    def find_account(self, person_id: str) -> Account | None:
        """Find the account of a person, or None."""
        return self._find(accounts.c.person_id == person_id)

    def find_subject(self, subject: str) -> Account | None:
        """Find the account of somebody the identity provider knows, or None."""
        return self._find(accounts.c.subject == subject) if subject else None

    def list_accounts(self) -> tuple[Account, ...]:
        """List all accounts in order of their people's ids."""
        query = sa.select(accounts).order_by(accounts.c.person_id)
        with self._reading() as connection:
            return tuple(_read_account(row) for row in connection.execute(query))

    def save_account(self, account: Account) -> None:
        """Keep an account as it now is.

        Raises
        ------
        StoreError
            If the person is not in the register, or the subject is somebody else's.
        """
        values = _write_account(account)
        with self._writing() as connection:
            done = connection.execute(
                sa.update(accounts)
                .where(accounts.c.person_id == account.person_id)
                .values(**values)
            )
            if done.rowcount == 0:
                connection.execute(
                    sa.insert(accounts).values(person_id=account.person_id, **values)
                )

    def use_step(self, person_id: str, step: int) -> bool:
        """Use the time step of a code; False if it or a later one was used before."""
        with self._writing() as connection:
            done = connection.execute(
                sa.update(accounts)
                .where(accounts.c.person_id == person_id, accounts.c.used_step < step)
                .values(used_step=step)
            )
            return done.rowcount == 1

    def use_recovery(self, person_id: str, code_hash: str) -> bool:
        """Use a recovery code; False if it is not one that is left."""
        with self._writing() as connection:
            row = connection.execute(
                sa.select(accounts.c.recovery_hashes).where(accounts.c.person_id == person_id)
            ).one_or_none()
            left = [] if row is None else list(read_texts(row.recovery_hashes))
            if code_hash not in left:
                return False
            left.remove(code_hash)
            connection.execute(
                sa.update(accounts)
                .where(accounts.c.person_id == person_id)
                .values(recovery_hashes=write_list(left))
            )
            return True

    def open_session(self, session: KeptSession) -> None:
        """Keep a new session."""
        with self._writing() as connection:
            connection.execute(
                sa.insert(web_sessions).values(
                    token_hash=session.token_hash,
                    person_id=session.person_id,
                    standing=session.standing,
                    opened_utc=write_stamp(session.opened_utc),
                    seen_utc=write_stamp(session.seen_utc),
                )
            )

    def find_session(self, token_hash: str) -> KeptSession | None:
        """Find a session by the hash of its token, ended or not."""
        with self._reading() as connection:
            return _read_session(connection, token_hash)

    def find_member(self, person_id: str) -> Member | None:
        """Find somebody of the register with their account; None who is not in it."""
        with self._reading() as connection:
            return _read_member(connection, person_id)

    def find_visitor(self, token_hash: str) -> tuple[KeptSession, Member | None] | None:
        """Find a session, ended or not, and whose it is, as one moment knows them."""
        with self._reading() as connection:
            session = _read_session(connection, token_hash)
            if session is None:
                return None
            return session, _read_member(connection, session.person_id)

    def see_session(self, token_hash: str, seen_utc: datetime) -> None:
        """Say when a session was last used."""
        with self._writing() as connection:
            connection.execute(
                sa.update(web_sessions)
                .where(web_sessions.c.token_hash == token_hash)
                .values(seen_utc=write_stamp(seen_utc))
            )

    def end_session(self, token_hash: str, ended_utc: datetime) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute(
                sa.update(web_sessions)
                .where(
                    web_sessions.c.token_hash == token_hash,
                    web_sessions.c.ended_utc.is_(None),
                )
                .values(ended_utc=write_stamp(ended_utc))
            )

    def find_failures(self, key_hash: str) -> tuple[int, datetime | None]:
        """Find how often an attempt of a key failed lately, and when last."""
        query = sa.select(throttles).where(throttles.c.key_hash == key_hash)
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return (0, None) if row is None else (row.n_failures, read_stamp(row.last_utc))

    def save_failures(self, key_hash: str, n_failures: int, last_utc: datetime) -> None:
        """Keep how often an attempt of a key failed; none forgets the key."""
        here = throttles.c.key_hash == key_hash
        with self._writing() as connection:
            connection.execute(sa.delete(throttles).where(here))
            if n_failures:
                connection.execute(
                    sa.insert(throttles).values(
                        key_hash=key_hash,
                        n_failures=n_failures,
                        last_utc=write_stamp(last_utc),
                    )
                )

    def add_token(self, token: ApiToken, token_hash: str) -> ApiToken:
        """Keep a token of a program; its number is given here."""
        with self._writing() as connection:
            number = insert_one(
                connection,
                api_tokens,
                {
                    "token_hash": token_hash,
                    "person_id": token.person_id,
                    "label": token.label,
                    "is_read_only": token.is_read_only,
                    "created_utc": write_stamp(token.created_utc),
                    "expires_utc": write_stamp(token.expires_utc),
                },
            )
            row = connection.execute(
                sa.select(api_tokens).where(api_tokens.c.token_no == number)
            ).one()
            return _read_token(row)

    def find_token(self, token_hash: str) -> ApiToken | None:
        """Find a token by its hash, valid or not."""
        query = sa.select(api_tokens).where(api_tokens.c.token_hash == token_hash)
        with self._reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _read_token(row)

    def list_tokens(self, person_id: str = "") -> tuple[ApiToken, ...]:
        """List tokens of one person or of all, the newest first."""
        query = sa.select(api_tokens).order_by(api_tokens.c.token_no.desc())
        if person_id:
            query = query.where(api_tokens.c.person_id == person_id)
        with self._reading() as connection:
            return tuple(_read_token(row) for row in connection.execute(query))

    def see_token(self, token_no: int, used_utc: datetime) -> None:
        """Say when a token was last used."""
        with self._writing() as connection:
            connection.execute(
                sa.update(api_tokens)
                .where(api_tokens.c.token_no == token_no)
                .values(used_utc=write_stamp(used_utc))
            )

    def revoke_token(self, token_no: int, person_id: str, revoked_utc: datetime) -> None:
        """Revoke a token of a person.

        Raises
        ------
        RefusedError
            If they have no such token in force.
        """
        with self._writing() as connection:
            done = connection.execute(
                sa.update(api_tokens)
                .where(
                    api_tokens.c.token_no == token_no,
                    api_tokens.c.person_id == person_id,
                    api_tokens.c.revoked_utc.is_(None),
                )
                .values(revoked_utc=write_stamp(revoked_utc))
            )
            if done.rowcount != 1:
                raise RefusedError(f"There is no token {token_no} of yours in force.")

    def _find(self, condition: sa.ColumnElement[bool]) -> Account | None:
        with self._reading() as connection:
            row = connection.execute(sa.select(accounts).where(condition)).one_or_none()
        return None if row is None else _read_account(row)


def _read_session(connection: sa.Connection, token_hash: str) -> KeptSession | None:
    row = connection.execute(_SESSION, {"token_hash": token_hash}).one_or_none()
    if row is None:
        return None
    return KeptSession(
        token_hash=row.token_hash,
        person_id=row.person_id,
        standing=row.standing,
        opened_utc=read_stamp(row.opened_utc),
        seen_utc=read_stamp(row.seen_utc),
        ended_utc=_read_maybe(row.ended_utc),
    )


def _read_member(connection: sa.Connection, person_id: str) -> Member | None:
    found = read_person_rows(connection, person_id)
    if not found:
        return None
    row = connection.execute(_ACCOUNT, {"person_id": person_id}).one_or_none()
    return Member(person=found[0], account=None if row is None else _read_account(row))


def _write_account(account: Account) -> dict[str, Any]:
    return {
        "password_hash": account.password_hash,
        "password_utc": None
        if account.password_utc is None
        else write_stamp(account.password_utc),
        "second_factor": account.second_factor,
        "used_step": account.used_step,
        "recovery_hashes": write_list(account.recovery_hashes),
        "subject": account.subject or None,
        "works_for": account.works_for,
        "is_disabled": account.is_disabled,
    }


def _read_account(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(
        person_id=row.person_id,
        password_hash=row.password_hash,
        password_utc=_read_maybe(row.password_utc),
        second_factor=row.second_factor,
        used_step=row.used_step,
        recovery_hashes=read_texts(row.recovery_hashes),
        subject=row.subject or "",
        works_for=row.works_for,
        is_disabled=row.is_disabled,
    )


def _read_token(row: sa.Row[tuple[object, ...]]) -> ApiToken:
    return ApiToken(
        token_no=row.token_no,
        person_id=row.person_id,
        label=row.label,
        is_read_only=row.is_read_only,
        created_utc=read_stamp(row.created_utc),
        expires_utc=read_stamp(row.expires_utc),
        used_utc=_read_maybe(row.used_utc),
        revoked_utc=_read_maybe(row.revoked_utc),
    )


def _read_maybe(text: str | None) -> datetime | None:
    return None if text is None else read_stamp(text)
