"""A door in front of the local AWS that remembers answers, and gives them again from memory after a delay.

The local AWS is one Python process: it answers one call at a time, which AWS does not. Replayed answers show what is
left: the delay of each call, and `probe`'s own time.
"""

from __future__ import annotations

import asyncio
import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# What differs from run to run: times, and the tokens of idempotent calls.
CHANGING = re.compile(rb"\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d[\d.]*Z|\b1[5-9]\d{8}(?:\d{3}|\.\d+)?\b")


@dataclass
class Calls:
    names: list[str] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """The longest chain of calls of which each began after the one before had ended."""
        depths: list[tuple[float, int]] = []
        for began, ended in sorted(self.spans):
            before = [depth for end, depth in depths if end <= began]
            depths.append((ended, 1 + max(before, default=0)))
        return max((depth for _, depth in depths), default=0)


class Door:
    def __init__(self, aws: str):
        self.aws = urlsplit(aws).netloc
        self.delay: float | None = None
        self.answers: dict[bytes, tuple[int, str, bytes]] = {}
        self.seen = Calls()
        self.ready = threading.Event()

    def __enter__(self) -> Door:
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.thread.start()
        self.ready.wait(10)
        return self

    def __exit__(self, *_) -> None:
        self.loop.call_soon_threadsafe(self.done.set)
        self.thread.join(10)

    def forget(self) -> None:
        self.seen = Calls()

    def calls(self) -> Calls:
        return self.seen

    def replay(self, delay: float) -> None:
        """From now on every answer comes from memory, so many seconds after its call."""
        self.delay = delay

    async def serve(self) -> None:
        self.loop, self.done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        await self.done.wait()
        server.close()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                began = time.perf_counter()
                line, *rest = head.decode("latin-1").split("\r\n")
                pairs = (part.split(":", 1) for part in rest if ":" in part)
                headers = {name.lower(): value.strip() for name, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                method, path, _ = line.split(" ", 2)
                status, kind, answer = await self.answer(method, path, headers, body)
                writer.write(
                    f"HTTP/1.1 {status} .\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
                await writer.drain()
                self.seen.spans.append((began, time.perf_counter()))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: str, headers: dict[str, str], body: bytes):
        what = headers.get("x-amz-target") or path
        binary = "cbor" in headers.get("content-type", "")
        # The binary protocol of CloudWatch holds times that cannot be blanked: there the operation is enough.
        key = what.encode() + b"\n" + (b"" if binary else CHANGING.sub(b"T", body))
        self.seen.names.append(f"{what} {key.decode('latin-1').partition(chr(10))[2]}")
        if self.delay is None:
            self.answers[key] = await asyncio.to_thread(self.ask, method, path, headers, body)
        else:
            await asyncio.sleep(self.delay)
        if key not in self.answers:
            self.seen.unknown.append(self.seen.names[-1][:300])
            return 500, "text/plain", b""
        return self.answers[key]

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes):
        connection = http.client.HTTPConnection(self.aws, timeout=60)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.status, response.headers.get("content-type", "text/xml"), response.read()
        connection.close()
        return answer
