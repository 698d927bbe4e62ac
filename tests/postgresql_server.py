"""A PostgreSQL of the tests' own: started in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ADMIN, READER, STRANGER = "admin", "reader", "stranger"
PASSWORD = "Zq-secret-qZ"
NAME = "hospital"


@dataclass(frozen=True)
class Server:
    """A running server that asks for passwords."""

    folder: Path
    port: int

    def url(self, user: str = READER, password: str = "", name: str = NAME) -> str:
        own = f"{user}:{password}" if password else user
        return f"postgresql://{own}@127.0.0.1:{self.port}/{name}"


def programs() -> Path | None:
    """Where initdb stands: Debian keeps it out of the way."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def why_not() -> str:
    """Why no server can be started; "" where one can."""
    if programs() is None:
        return "no PostgreSQL here: apt-get install postgresql"
    if os.name == "nt":
        return "the server of the tests is started on Unix"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "root may not run PostgreSQL, and there is no runuser"
    return ""


@contextmanager
def running(script: Path) -> Iterator[Server]:
    """A server with one database, made by a script, and two users besides its own."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-pg-", dir="/tmp"))
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, "postgres", "postgres")
    server = Server(folder, _free_port())
    data = folder / "data"
    try:
        _run("initdb", "-D", data, "-U", ADMIN, "-A", "scram-sha-256",
             f"--pwfile={secret}", "--no-sync", "-E", "UTF8", "--locale=C")  # fmt: skip
        options = f"-p {server.port} -k {folder} -c listen_addresses=127.0.0.1 -F"
        _run("pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start")
        try:
            _fill(server, script)
            yield server
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def admin(server: Server, *statements: str, name: str = NAME) -> None:
    """Run statements as the owner of everything."""
    import psycopg

    url = server.url(ADMIN, PASSWORD, name)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _fill(server: Server, script: Path) -> None:
    admin(
        server,
        f"create database {NAME}",
        *(f"create role {u} login password '{PASSWORD}'" for u in (READER, STRANGER)),
        name="postgres",
    )
    text = script.read_text(encoding="utf-8")
    grant = f"grant select on all tables in schema public to {READER}"
    admin(server, *(one for one in text.split(";") if one.strip()), grant)


def _run(program: str, *arguments: object) -> None:
    folder = programs()
    if folder is None:
        raise FileNotFoundError(program)
    command = [str(folder / program), *map(str, arguments)]
    if os.geteuid() == 0:  # initdb refuses root
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(
        command,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
