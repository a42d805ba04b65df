"""Measures what the service promises of its speed, and prints tables. Not a test: a slow figure fails nothing.

    make bench-service                        builds what it needs, and runs this with a private PostgreSQL
    make bench-service BENCH=--markdown       prints the tables as Markdown

What is compared takes turns, so that a busy moment of the machine spoils no side alone; medians count.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

import load
from database import Cluster, make_popular, psql
from figures import table
from load import Oha
from machine import Server, running, wait_for, wait_for_port
from rounds import CLIENTS, CONNECTIONS, FEW, MANY, PAGE, ROUND_TRIP_US, ROUNDS, SECONDS, Bench, Servers

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=Path, default=target / "image", help="the directory that cargo built into")
    parser.add_argument("--oha", type=Path, default=target / "tools/bin/oha", help="the load tool")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long each measurement of a round takes")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    args = parser.parse_args()

    cluster = Cluster.of_environment()
    service, examples = args.binaries / "service", args.binaries / "examples"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for events in (FEW, PAGE, MANY):
            say(f"filling a database with {events:,} events")
            cluster.fill(service, f"events_{events}", events)

        def served(database: str, *command: str | Path):
            return running([str(word) for word in command], folder, DATABASE_URL=database, LISTEN="{listen}")

        def serve(database: str, *command: str | Path) -> Server:
            server = stack.enter_context(served(database, *command))
            wait_for(server, "/events/1")
            return server

        few, many = cluster.url(f"events_{FEW}"), cluster.url(f"events_{MANY}")
        far, added = stack.enter_context(distant(cluster, examples / "distant", folder))
        bench = Bench(
            cluster=cluster,
            servers=Servers(
                few=serve(few, service, "serve"),
                page=serve(cluster.url(f"events_{PAGE}"), service, "serve"),
                many=serve(many, service, "serve"),
                seats=serve(cluster.url(f"events_{FEW}", far.address), service, "serve"),
                default_pool=serve(few, examples / "on_default_pool"),
                far=far,
            ),
            oha=Oha(args.oha),
            pairs=examples / "pairs",
            popular=make_popular(few),
            start=lambda: served(few, service, "serve"),
            seconds=args.seconds,
        )
        say("warming up")
        bench.seconds = 1
        bench.round()
        bench.figures.clear()
        bench.work.clear()
        bench.seconds = args.seconds
        for number in range(args.rounds):
            say(f"round {number + 1} of {args.rounds}")
            bench.round()

    figures = list(bench.figures.values())
    head = ["figure", "asked", f"median of {args.rounds}", "reached", "spread"]
    asked = [figure.row() for figure in figures if figure.is_asked]
    print(table(head, asked, args.markdown), end="\n\n")
    others = [[row[0], row[2], row[4]] for row in (figure.row() for figure in figures if not figure.is_asked)]
    print(table(["beside them", *head[2:3], "spread"], others, args.markdown), end="\n\n")
    print(table(WORK_HEAD, [work_row(name, rounds) for name, rounds in bench.work.items()], args.markdown), end="\n\n")
    print(
        f"{os.cpu_count()} processors shared by service, database and load tool; loopback TCP; PostgreSQL "
        f"{psql(cluster.url('postgres'), '--command', 'show server_version')} as installed; {CLIENTS} connections of the "
        f"load tool, {CONNECTIONS} to the database; {args.seconds} s a measurement.\n"
        f"Far from the database: {added:.2f} ms more a round trip, measured with one connection."
    )
    return 0


WORK_HEAD = ["µs of processor time for one GET /events/{id}", "HTTP server", "PostgreSQL", "load tool"]


def work_row(name: str, rounds: list) -> list[str]:
    each = lambda part: f"{statistics.median(getattr(work, part) / seen.count for work, seen in rounds) * 1e6:.0f}"
    return [name, "–" if name == "pgbench" else each("server"), each("database"), each("tool")]


@contextlib.contextmanager
def distant(cluster: Cluster, program: Path, folder: Path):
    """The database by way of a proxy that makes a round trip so much longer, its own work included."""
    direct = round_trip(cluster, None)

    def proxy(pause: float):
        place = cluster.address.rpartition("@")[2]
        return running([str(program), "{listen}", place, str(max(round(pause), 0))], folder)

    with proxy(ROUND_TRIP_US) as server:
        wait_for_port(server)
        excess = (round_trip(cluster, server.address) - direct) * 1000 - ROUND_TRIP_US
    # On a machine that has much to do, the difference says nothing; the proxy itself takes a tenth of a millisecond.
    excess = min(max(excess, 0), 200)
    with proxy(ROUND_TRIP_US - excess) as server:
        wait_for_port(server)
        yield server, round_trip(cluster, server.address) - direct


def round_trip(cluster: Cluster, address: str | None) -> float:
    """Milliseconds of the smallest statement on one connection."""
    return load.pgbench(cluster.url("postgres", address), "select 1;\n", 1, 2).p50_ms


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
