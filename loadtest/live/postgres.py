"""A local PostgreSQL in the place of a container of it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from processes import Process

# It forgets what it was told when the machine fails, for speed: nobody keeps anything here.
SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "unix_socket_directories=",
    "max_connections=100",
)
STARTING_S = 20


def programs() -> Path:
    """Where the programs of the newest PostgreSQL of this machine are."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    if initdb is None:
        raise SystemExit("no PostgreSQL is installed")
    return Path(os.path.realpath(initdb)).parent


def _as_server() -> tuple[list[str], int]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return [], os.getuid()
    user = pwd.getpwnam("postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"], user.pw_uid


def start(process: Process, environment: dict[str, str], port: int) -> None:
    """Starts it with the user, the password and the database that the environment of its image names."""
    programs_of, (as_server, uid) = programs(), _as_server()
    user, password = environment["POSTGRES_USER"], environment["POSTGRES_PASSWORD"]
    data = process.home / "data"
    is_new = not data.exists()
    if is_new:
        data.mkdir(mode=0o700)
        secret = process.home / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        os.chown(data, uid, -1)
        os.chown(secret, uid, -1)
        # On loopback the password may go as it is: to prove with SCRAM that it is known takes a debug build so much CPU
        # that the first requests of a task would wait for its connections in vain.
        kind = ["--auth=password", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        argv = [*as_server, programs_of / "initdb", "--pgdata", data, "--username", user, f"--pwfile={secret}", *kind]
        made = subprocess.run(argv, cwd=data, capture_output=True, text=True, check=False)
        secret.unlink()
        if made.returncode:
            raise SystemExit(made.stderr)
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    argv = [*as_server, str(programs_of / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *settings]
    process.start(argv, {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, None)
    if is_new:
        _create_database(programs_of, user, password, environment.get("POSTGRES_DB", user), port)


def _create_database(programs_of: Path, user: str, password: str, name: str, port: int) -> None:
    end = time.monotonic() + STARTING_S
    argv = [programs_of / "createdb", "--host=127.0.0.1", f"--port={port}", f"--username={user}", name]
    environment = {**os.environ, "PGPASSWORD": password}
    while True:
        made = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        if made.returncode == 0 or "already exists" in made.stderr:
            return
        if time.monotonic() > end:
            raise SystemExit(made.stderr)
        time.sleep(0.2)
