"""Two thousand hall screens on one process."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict


class Watchers:
    """Open streams that note when each frame arrived at each of them."""

    def __init__(self, port: int, path: str, number: int):
        self.port, self.path, self.number = port, path, number
        self.arrivals: dict[int, list[float]] = defaultdict(list)

    async def __aenter__(self):
        self.tasks = [asyncio.ensure_future(self._watch()) for _ in range(self.number)]
        while len(self.arrivals[0]) < self.number:
            await asyncio.sleep(0.05)
        return self

    async def __aexit__(self, *_error):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _watch(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        writer.write(f"GET {self.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        frames = 0
        try:
            while True:
                await reader.readuntil(b"event: hall")
                self.arrivals[frames].append(time.perf_counter())
                frames += 1
        finally:
            writer.close()

    def told(self) -> list[float]:
        """For each frame that all of them got: seconds from the first told to the last."""
        return [max(at) - min(at) for frame, at in self.arrivals.items() if frame and len(at) == self.number]
