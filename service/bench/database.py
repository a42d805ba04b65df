"""The databases that the service is measured with, and the statements that it is measured against."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Cluster:
    """The private PostgreSQL of this run."""

    address: str
    postmaster: int

    @classmethod
    def of_environment(cls) -> Cluster:
        if "POSTGRES_HOME" not in os.environ:
            raise SystemExit("this needs a private PostgreSQL: run it by make bench-service")
        pid = Path(os.environ["POSTGRES_HOME"], "data/postmaster.pid").read_text().splitlines()[0]
        return cls(urlsplit(os.environ["DATABASE_URL"]).netloc, int(pid))

    def url(self, name: str, address: str | None = None) -> str:
        """Where a database is; by way of another address if there is one."""
        return f"postgres://{'postgres@' + address if address else self.address}/{name}"

    def fill(self, service: Path, name: str, events: int) -> str:
        """A migrated database with so many events."""
        psql(self.url("postgres"), "--command", f"create database {name}")
        url = self.url(name)
        subprocess.run([service, "migrate", "--database-url", url], check=True, stdout=subprocess.DEVNULL)
        psql(url, "--variable", f"events={events}", "--file", str(HERE / "events.sql"))
        return url


def make_popular(url: str) -> int:
    """An event that many can join."""
    return int(psql(url, "--command", """
        insert into events (title, event_date, max_participants, organizer)
        values ('夏祭り', now() + interval '1 year', 1000, '佐藤 美咲') returning id"""))


def psql(url: str, *arguments: str) -> str:
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", *arguments, url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def one_event(events: int) -> str:
    """The statement of `GET /events/{id}`, exactly as the service sends it for one of the events."""
    known = (json.loads(file.read_text())["query"] for file in (ROOT / ".sqlx").glob("query-*.json"))
    [statement] = [text for text in known if "e.xmin::text" in text and "where e.id = any(" in text]
    return f"\\set id random(1, {events})\n{statement.replace('$1', 'array[:id]').strip()};\n"


def textbook(event: int) -> str:
    """Joining in five round trips, as it is often written down, and leaving in one."""
    user = "'runner-' || cast(:client_id as integer)"
    return f"""
begin;
select max_participants from events where id = {event} for update;
select count(*) from participants where event_id = {event};
insert into participants (event_id, user_name) values ({event}, {user});
commit;
delete from participants where event_id = {event} and user_name = {user};
"""
