"""Transactions of a store: one state to read, one writer at a time, repeated where safe.

A method that writes is one transaction. Where the server ends it (deadlock, serialisation
failure, lost connection) the whole method is called again, for a bounded time. A commit whose
answer was lost is looked up, never guessed: nothing is done twice.
"""

from __future__ import annotations

import functools
import inspect
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

from data.errors import LockedError, StoreError
from data.store import server
from data.store.engine import WRITES

C = TypeVar("C")

RETRY_S = 20.0
"""How long a method is repeated while the server is away: a crashed one is back sooner. [s]"""
MAX_CONFLICTS = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 2.0


class PassingError(StoreError):
    """Raised where nothing was done and the same call may well succeed.

    Attributes
    ----------
    is_conflict
        Whether another transaction was preferred, as opposed to a lost connection.
    """

    def __init__(self, message: str, *, is_conflict: bool) -> None:
        super().__init__(message)
        self.is_conflict = is_conflict


class Transactions:
    """The transactions of one open engine.

    Parameters
    ----------
    finish
        Called with each writing connection before it commits.
    settle
        Called when that is committed.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        finish: Callable[[sa.Connection], None],
        settle: Callable[[], None],
    ) -> None:
        self._engine, self._finish, self._settle = engine, finish, settle

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the store."""
        with our_errors(), self._engine.connect() as plain:
            connection = plain
            if self._engine.dialect.name == "postgresql":
                connection = plain.execution_options(postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are kept together at the end, or not at all."""
        with our_errors(), self._engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            if self._engine.dialect.name != "postgresql":
                with connection.begin():
                    yield connection
                    self._finish(connection)
                self._settle()
                return
            transaction = connection.begin()
            try:
                yield connection
                self._finish(connection)
                mark = secrets.token_hex(8)
                number = server.mark_write(connection, mark)
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except sa.exc.DBAPIError as error:
                if server.classify(error) is not server.Fault.LOST:
                    raise
                if not self._find_whether_written(mark, number):
                    raise
            self._settle()

    def _find_whether_written(self, mark: str, number: int) -> bool:
        """Find whether a commit happened whose answer was lost.

        Raises
        ------
        StoreError
            If that cannot be found out.
        """
        unknown = (
            "The connection was lost while saving, and whether it was saved could not be found "
            "out. Look at what is there before you repeat it."
        )
        until_s = time.monotonic() + RETRY_S
        while time.monotonic() < until_s:
            try:
                with self._engine.connect() as plain:
                    connection = plain.execution_options(**{WRITES: True})
                    # Under the write lock: the lost transaction holds it until it has ended.
                    with connection.begin():
                        found = server.find_mark(connection, mark, number)
            except (sa.exc.DBAPIError, sa.exc.TimeoutError):
                time.sleep(FIRST_WAIT_S * 4)
                continue
            if found is None:
                break
            return found
        raise StoreError(unknown) from None


class Book:
    """What one part of the program reads and writes in an open store, by its transactions."""

    def __init__(self, transactions: Transactions) -> None:
        self._reading, self._writing = transactions.reading, transactions.writing


def retried(kind: type[C]) -> type[C]:
    """Let every public method of a class be called again where its transaction was ended.

    Each such method must be one transaction, or harmless when its first ones are repeated.
    """
    for name, method in list(vars(kind).items()):
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        setattr(kind, name, retry(method))
    return kind


def retry(method: Callable[..., Any], *, seconds: float | None = None) -> Callable[..., Any]:
    """Wrap a call so that it is repeated while the reason it failed may pass.

    Parameters
    ----------
    seconds
        How long at most; `RETRY_S` by default. [s]
    """

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        # What can be read only once would be empty the second time.
        args = tuple(tuple(a) if isinstance(a, Iterator) else a for a in args)
        kwargs = {k: tuple(a) if isinstance(a, Iterator) else a for k, a in kwargs.items()}
        until_s = time.monotonic() + (RETRY_S if seconds is None else seconds)
        n_conflicts, wait_s = 0, FIRST_WAIT_S
        while True:
            try:
                return method(*args, **kwargs)
            except PassingError as error:
                n_conflicts += error.is_conflict
                # Two that met once would meet again after equal waits.
                pause_s = wait_s * random.uniform(0.5, 1.0)  # noqa: S311  no secret
                if n_conflicts >= MAX_CONFLICTS or time.monotonic() + pause_s > until_s:
                    raise
                time.sleep(pause_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    return call


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn the database's errors into ours, without the values of any row."""
    try:
        yield
    except sa.exc.TimeoutError:
        raise LockedError(
            "All connections to the database server are in use. Try again in a moment."
        ) from None
    except sa.exc.DBAPIError as error:
        if hasattr(error.orig, "sqlstate"):
            raise _build_server_error(error) from None
        raise _build_embedded_error(error) from None


def _build_embedded_error(error: sa.exc.DBAPIError) -> StoreError:
    text = str(error.orig)
    if isinstance(error, sa.exc.OperationalError):
        if "locked" in text or "busy" in text:
            return LockedError(
                "The store is in use by another process. Wait for it to end and try again."
            )
        advice = ""
        if "disk" in text or "unable to open" in text:
            # Even reading wants room: for the index of the log.
            advice = " See that the disk is not full and can be written, then try again."
        return StoreError(f"The store cannot be used: {text}.{advice}")
    if isinstance(error, sa.exc.IntegrityError):
        return StoreError(f"The store refuses the change: {text}.")
    return StoreError(f"The store is damaged or not a store: {text}.")


def _build_server_error(error: sa.exc.DBAPIError) -> StoreError:
    said = server.describe(error)
    fault = server.classify(error)
    if fault is server.Fault.BUSY:
        return LockedError(
            "The store is in use by another process. Wait for it to end and try again."
        )
    if fault is server.Fault.CONFLICT:
        return PassingError(
            f"The store was changed by others again and again meanwhile: {said}. Nothing was "
            "saved; try again.",
            is_conflict=True,
        )
    if fault is server.Fault.LOST:
        return PassingError(
            f"The database server cannot be reached: {said}. Nothing was saved. See that it "
            "runs and can be reached from here, then try again.",
            is_conflict=False,
        )
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state.startswith("23"):
        return StoreError(f"The store refuses the change: {said}.")
    how = {
        "53100": " Free space on the server's disk.",
        "42501": " Give the database account of wayfare the rights that the guide names.",
        "25006": " This server only follows another: name the one that is written to.",
    }.get(state, "")
    if not state:
        how = " Check the address, the account and its password file (owner-only)."
    return StoreError(f"The store cannot be used: {said}.{how}")
