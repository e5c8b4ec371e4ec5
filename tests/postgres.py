"""A PostgreSQL server of a test's own: on loopback, in a temporary folder, never as root.

``python -m tests.postgres`` starts one to try things by hand and stops it on Enter.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "wayfare"
TEMPLATE = "template0"
START_S = 30.0
ROOM_BYTES = 2 << 30


def find_programs() -> Path:
    """Find the folder of initdb and postgres: on the path or where Debian puts them."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    if named is None:
        raise RuntimeError(
            "These tests need PostgreSQL's own server programs: `make test-postgres` installs "
            "Debian's package, or: apt-get install postgresql."
        )
    return Path(named).resolve().parent


class Server:
    """A server that was made for tests.

    Attributes
    ----------
    folder
        Its data, log and password file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, find_programs()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = _find_owner()
        self._n_databases = 0

    def make(self) -> None:
        """Make the cluster, with a password that only its password file knows."""
        password = secrets.token_hex(16)
        self.folder.chmod(0o755)
        inner = self.folder / "server"
        inner.mkdir(mode=0o700)
        secret = inner / "password"
        secret.write_text(password)
        for path in (inner, secret):
            shutil.chown(path, self._owner)
        passfile = self.passfile
        passfile.touch(mode=0o600)
        passfile.write_text(f"127.0.0.1:*:*:{USER}:{password}\n")
        self._run(
            "initdb", "--pgdata", str(inner / "data"), "--username", USER, "--pwfile",
            str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale",
            "C.UTF-8", "--no-instructions",
        )  # fmt: skip
        secret.unlink()

    @property
    def passfile(self) -> Path:
        """The password file of the caller."""
        return self.folder / "pgpass"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [*_as(self._owner), str(self.programs / program), *words],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers; it ends when this process does."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *_as(self._owner, "--pdeathsig", "QUIT"),
                    str(self.programs / "postgres"),
                    *("-D", str(self.folder / "server" / "data")),
                    *("-c", "listen_addresses=127.0.0.1", "-p", str(self.port)),
                    *("-c", "unix_socket_directories=", "-c", "log_min_messages=warning"),
                ],
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            if self._process.poll() is not None:
                break
            if self._is_answering():
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text()[-2_000:])

    def _is_answering(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT tidily, SIGQUIT at once as after a power cut, SIGKILL worse."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(how)
            if how is signal.SIGKILL:
                # The server's children notice and end; a new start waits for none of them.
                process.wait(START_S)
            else:
                try:
                    process.wait(START_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._process = None

    def url(self, database: str) -> str:
        """Build the address of a database, without a password."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}?passfile={self.passfile}"

    def make_database(self, template: str = TEMPLATE) -> str:
        """Make a new database and return its address."""
        self._n_databases += 1
        name = f"wayfare_{self._n_databases}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Execute a statement as the server's owner, outside any transaction."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []


@contextmanager
def run_server() -> Iterator[Server]:
    """Run a server and stop it whatever happens; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="wayfare-postgres-", dir=_find_room()))
    server = Server(folder)
    try:
        server.make()
        server.start()
        yield server
    finally:
        # At once: nobody will read it again.
        server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _find_room() -> str | None:
    """Find memory to keep the data in, so that hundreds of databases wait for no disk."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM_BYTES:
        return str(memory)
    return None


def _find_owner() -> str:
    """Find who may run a server, which refuses to be root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("There is no account but root to run PostgreSQL as.")


def _as(owner: str, *words: str) -> list[str]:
    """Build the beginning of a command that runs as an account."""
    if os.getuid() != 0:
        return ["setpriv", *words] if words else []
    group = pwd.getpwnam(owner).pw_gid
    return [
        *("setpriv", "--reuid", owner, "--regid", str(group), "--clear-groups"),
        *words,
    ]


if __name__ == "__main__":
    with run_server() as made:
        print(made.make_database())  # noqa: T201
        input()
