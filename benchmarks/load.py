"""A lean load generator: raw HTTP/1.1 over asyncio, so that most of the machine is left to the server."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came back: statuses, and the time of each answer in seconds."""

    statuses: Counter = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.statuses[201] / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def note(self) -> str:
        bad = {k: v for k, v in self.statuses.items() if k != 201}
        return f"{self.statuses[201]} acknowledged, others {bad or 'none'}, generator {100 * self.cpu / self.seconds:.0f} % of a core"


class Line:
    """One kept-alive connection."""

    def __init__(self, port):
        self.port = port
        self.reader = self.writer = None

    async def send(self, request: bytes) -> int:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            while True:
                size = int(await self.reader.readline(), 16)
                await self.reader.readexactly(size + 2)
                if not size:
                    break
        else:
            length = int(lower.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            await self.reader.readexactly(length)
        return status

    def close(self):
        if self.writer:
            self.writer.close()


def ballot(cookie: str, box: str, n: int, path="/ballots") -> bytes:
    """The request of one ballot."""
    scores = {"CONTENT": "38.5", "LANGUAGE": "28.0", "BEARING": "14.5", "IMPRESSION": "14.0"}
    body = json.dumps({"box": box, "key": f"bench-{n:010}", "base": None, "scores": scores}).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nCookie: seat={cookie}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class _Timer:
    def __init__(self, load: Load):
        self.load = load

    def __enter__(self):
        self.began, self.used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)

    def __exit__(self, *_error):
        now = resource.getrusage(resource.RUSAGE_SELF)
        self.load.seconds = time.perf_counter() - self.began
        self.load.cpu = now.ru_utime + now.ru_stime - self.used.ru_utime - self.used.ru_stime


async def closed_loop(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    """Each connection sends its next ballot when the last is answered."""
    load, end = Load(), time.perf_counter() + seconds
    supply = iter(requests)

    async def one():
        line = Line(port)
        while time.perf_counter() < end and (request := next(supply, None)):
            began = time.perf_counter()
            load.statuses[await line.send(request)] += 1
            load.times.append(time.perf_counter() - began)
        line.close()

    with _Timer(load):
        await asyncio.gather(*(one() for _ in range(connections)))
    return load


async def open_loop(port: int, requests: list[bytes], moments: list[float]) -> Load:
    """Each ballot at its moment, on a connection of its own, whatever the others do."""
    load = Load()
    start = time.perf_counter() + 0.1

    async def one(request, moment):
        await asyncio.sleep(max(0.0, start + moment - time.perf_counter()))
        line = Line(port)
        began = time.perf_counter()
        load.statuses[await line.send(request)] += 1
        load.times.append(time.perf_counter() - began)
        line.close()

    with _Timer(load):
        await asyncio.gather(*(one(*pair) for pair in zip(requests, moments, strict=False)))
    return load


def poisson(rate: float, seconds: float, seed=1) -> list[float]:
    """Random moments at a mean rate."""
    rng, at, moments = random.Random(seed), 0.0, []
    while (at := at + rng.expovariate(rate)) < seconds:
        moments.append(at)
    return moments
