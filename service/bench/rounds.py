"""One round of everything that is measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import load
from database import Cluster, one_event, textbook
from figures import Figure
from load import Answers, Oha
from machine import Server, Work, wait_for, work

ROUNDS = 5
# How long each measurement of a round takes.
SECONDS = 5
# Connections of the load tools to the service.
CLIENTS = 32
# Connections to the database, of the service, of sqlx's pool and of pgbench alike. It is the default of both pools.
CONNECTIONS = 10
# How much longer a round trip to a database takes that is not on this machine.
ROUND_TRIP_US = 500
FEW, MANY = 2_400, 100_000
# What the page for people is measured with: twenty years of events.
PAGE = 5_000
# Two characters each: in one title of twelve, in one text of four, in one of two thousand, in none.
WORDS = ("勉強", "懇親", "案内", "将棋")
# The hardest, of which nothing is asked: one character that is nowhere; frequent words that are never together.
HARD_WORDS = ("龍", "本社 オンライン")
NEW_EVENT = (
    '{"title": "読書会", "description": "持ち寄った本を紹介し合います。", "location": "オンライン",'
    ' "event_date": "2035-04-01T19:00:00+09:00", "max_participants": 20, "organizer": "佐藤 美咲"}'
)


@dataclass(frozen=True)
class Servers:
    """What runs all the time: the service with few events, some, many, and with few by way of `far`."""

    few: Server
    page: Server
    many: Server
    seats: Server
    default_pool: Server
    # The database, further away.
    far: Server


@dataclass
class Bench:
    """What is measured, by what, and what came out so far."""

    cluster: Cluster
    servers: Servers
    oha: Oha
    pairs: Path
    # The event that everybody joins and leaves.
    popular: int
    # Starts the service with few events.
    start: Callable[[], AbstractContextManager[Server]]
    seconds: int = SECONDS
    figures: dict[str, Figure] = field(default_factory=dict)
    work: dict[str, list[tuple[Work, Answers]]] = field(default_factory=dict)

    def round(self) -> None:
        self._one_event()
        self._seats()
        self._first_page(f"GET /events, {MANY:,} events", f"{self.servers.many.url}/events", 10)
        self._first_page(f"GET /, {PAGE:,} events", f"{self.servers.page.url}/", 20)
        self._search()
        self._create()
        self._start()
        self._memory()

    def _one_event(self) -> None:
        url, script = self.cluster.url(f"events_{FEW}"), one_event(FEW)
        plain = self._worked("pgbench", None, lambda: load.pgbench(url, script, CONNECTIONS, self.seconds))

        def flood(name: str, server: Server) -> Answers:
            urls = [f"{server.url}/events/{number}" for number in range(1, FEW + 1)]
            return self._worked(name, server, lambda: self.oha.flood(urls, CLIENTS, self.seconds))

        ours = flood("the service", self.servers.few)
        default = flood("on sqlx's pool", self.servers.default_pool)
        one = "GET /events/{id}"
        self._note(f"{one}: the service ÷ pgbench", "{:.2f}", ours.rate / plain.rate, at_least=0.5)
        self._note(f"{one}: the service ÷ the same on sqlx's pool", "{:.2f}", ours.rate / default.rate, at_least=2)
        for name, answers in (("pgbench", plain), ("the service", ours), ("the same on sqlx's pool", default)):
            self._note(f"{one}: {name}", "{:,.0f}/s", answers.rate)
        self._note(f"{one}: the service, 99th percentile", "{:.1f} ms", ours.p99_ms)

    def _seats(self) -> None:
        url = self.cluster.url(f"events_{FEW}", self.servers.far.address)
        script = textbook(self.popular)
        plain = load.pgbench(url, script, CONNECTIONS, self.seconds)
        command = [str(self.pairs), self.servers.seats.address, str(self.popular), str(CLIENTS), str(self.seconds)]
        ours = int(load.run(command)) / self.seconds
        name = "join and leave, one event, 0.5 ms to the database"
        self._note(f"{name}: the service ÷ five trips", "{:.2f}", ours / plain.rate, at_least=3)
        self._note(f"{name}: five trips, by pgbench", "{:,.0f} pairs/s", plain.rate)
        self._note(f"{name}: the service", "{:,.0f} pairs/s", ours)

    def _first_page(self, name: str, url: str, limit: float) -> None:
        most = self.oha.flood([url], CLIENTS, self.seconds).rate
        half = self.oha.pour(url, most / 2, CLIENTS, self.seconds)
        self._note(f"{name}: 99th percentile at half the highest rate", "{:.1f} ms", half.p99_ms, less_than=limit)
        self._note(f"{name}: highest rate", "{:,.0f}/s", most)

    def _search(self) -> None:
        for server, events, limit in ((self.servers.few, FEW, 10), (self.servers.many, MANY, 100)):
            name = f"GET /events?q=…, {events:,} events"
            slowest = max(self._find(server, word) for word in WORDS)
            self._note(f"{name}: two characters, the slowest of {len(WORDS)} words", "{:.1f} ms", slowest, less_than=limit)
            for word in HARD_WORDS:
                self._note(f"{name}: {word}", "{:.1f} ms", self._find(server, word))

    def _find(self, server: Server, word: str) -> float:
        return self.oha.drip(f"{server.url}/events?q={quote(word)}", count=20).p50_ms

    def _create(self) -> None:
        for server, events in ((self.servers.few, FEW), (self.servers.many, MANY)):
            answers = self.oha.drip(f"{server.url}/events", count=50, body=NEW_EVENT)
            self._note(f"POST /events, {events:,} events", "{:.1f} ms", answers.p50_ms)

    def _start(self) -> None:
        began = time.perf_counter()
        with self.start() as server:
            wait_for(server, "/events")
            took = (time.perf_counter() - began) * 1000
        self._note("start to the first 200 of GET /events, migrated database", "{:.0f} ms", took, less_than=150)

    def _memory(self) -> None:
        servers = (self.servers.few, self.servers.page, self.servers.many, self.servers.seats)
        most = max(server.most_memory for server in servers)
        self._note("resident memory, the highest so far", "{:.1f} MiB", most, less_than=40)

    def _note(self, name: str, form: str, value: float, **asked: float) -> None:
        self.figures.setdefault(name, Figure(name, form, **asked)).values.append(value)

    def _worked(self, name: str, server: Server | None, measure: Callable[[], Answers]) -> Answers:
        """Measures, and notes who worked how much meanwhile."""
        before = work(server, self.cluster.postmaster)
        answers = measure()
        # The work of sessions that are over counts as soon as the server has noticed their end.
        time.sleep(0.3)
        worked = work(server, self.cluster.postmaster) - before
        self.work.setdefault(name, []).append((worked, answers))
        return answers
