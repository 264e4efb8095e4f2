"""All open live streams of one process.

A topic's frame is rendered once for all who watch it, at most four times a second (for a crowd, once).
Frames are states, not messages: whoever missed some gets the whole present one, so nothing is queued for
anybody. Each watcher holds only the number of the frame it has seen. Many watchers are woken in slices, so
that ballots are answered in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from unionhall.kernel.live.bus import hear
from unionhall.kernel.live.topics import Frame, Topic, topic_of

log = logging.getLogger(__name__)

PACE = 0.25  # seconds between two frames of a topic
CROWD = 200  # more watchers than this are told once a second, so that ballots stay quick
CROWD_PACE = 1.0
HEARTBEAT = 15.0
SLICE = 100  # watchers woken at once
BREATH = 0.004  # seconds between slices

Render = Callable[[Topic], Awaitable[Frame]]


def encoded(frame: Frame) -> bytes:
    """A frame as Server-Sent Events, one for each region."""
    parts = []
    for name, text in frame.items():
        data = "".join(f"data: {line}\n" for line in text.split("\n"))
        parts.append(f"event: {name}\n{data}\n")
    return "".join(parts).encode()


@dataclass(slots=True)
class _Channel:
    """One topic: its present frame and who watches it."""

    number: int = 0
    frame: Frame = field(default_factory=dict)
    whole: bytes = b""
    change: bytes = b""
    changed: bool = True
    worker: asyncio.Task[None] | None = None
    watchers: dict[int, asyncio.Future[None]] = field(default_factory=dict)


class Hub:
    """Serves `/live/<token>`; made and used on one event loop."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._channels: dict[Topic, _Channel] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._beat = 0
        self._next = 0
        self._closed = False

    def start(self) -> None:
        """Begin to hear announcements and to beat."""
        loop = asyncio.get_running_loop()

        def heard(subject: str) -> None:
            loop.call_soon_threadsafe(self.changed, subject)

        self._deafen = hear(heard)
        self._keep(self._heartbeat())

    def close(self) -> None:
        """End all streams now; new ones are refused."""
        self._closed = True
        self._deafen()
        for task in self._tasks:
            task.cancel()
        for channel in self._channels.values():
            for waiting in channel.watchers.values():
                _set(waiting)

    def changed(self, subject: str | None) -> None:
        """Note that a subject changed (None: anything may have); its topics get a new frame soon."""
        for topic, channel in self._channels.items():
            if subject in (None, topic.subject):
                channel.changed = True
                self._work(topic, channel)

    @property
    def watching(self) -> int:
        """How many streams are open."""
        return sum(len(channel.watchers) for channel in self._channels.values())

    def _keep(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _work(self, topic: Topic, channel: _Channel) -> None:
        if not self._closed and (channel.worker is None or channel.worker.done()):
            channel.worker = self._keep(self._refresh(topic, channel))

    async def _refresh(self, topic: Topic, channel: _Channel) -> None:
        while channel.changed:
            channel.changed = False
            try:
                frame = await self._render(topic)
            except Exception:
                log.exception("the frame of %s could not be made", topic.kind)
                frame = channel.frame
            change = {name: text for name, text in frame.items() if channel.frame.get(name) != text}
            if change or not channel.number:
                channel.number += 1
                channel.frame, channel.whole, channel.change = frame, encoded(frame), encoded(change)
                await self._wake(channel)
            await asyncio.sleep(PACE if len(channel.watchers) <= CROWD else CROWD_PACE)

    async def _wake(self, channel: _Channel) -> None:
        for turn, waiting in enumerate(list(channel.watchers.values()), start=1):
            _set(waiting)
            if turn % SLICE == 0:
                await asyncio.sleep(BREATH)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._beat += 1
            for channel in list(self._channels.values()):
                await self._wake(channel)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        topic = topic_of(scope["path"].removeprefix("/live/"))
        if topic is None or self._closed or scope["method"] != "GET":
            await _answer(send, 404 if topic is None else 503)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream; charset=utf-8"),
                    (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"),
                    (b"x-content-type-options", b"nosniff"),
                ],
            }
        )
        left = self._keep(_until_gone(receive))
        try:
            await self._stream(topic, send, left)
        finally:
            left.cancel()

    async def _stream(self, topic: Topic, send: Any, left: asyncio.Task[None]) -> None:
        channel = self._channels.setdefault(topic, _Channel())
        self._next += 1
        me, seen, beat = self._next, 0, self._beat
        loop = asyncio.get_running_loop()
        body = b"retry: 1000\n\n"
        left.add_done_callback(lambda _task: _set(channel.watchers.get(me)))
        try:
            while not self._closed:
                channel.watchers[me] = loop.create_future()
                if seen != channel.number:
                    body += channel.change if seen and seen == channel.number - 1 else channel.whole
                    seen = channel.number
                elif beat != self._beat:
                    body += b": \n\n"
                beat = self._beat
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                    body = b""
                if left.done():
                    return
                if not channel.number:
                    self._work(topic, channel)
                if seen == channel.number:
                    await channel.watchers[me]
            await send({"type": "http.response.body", "body": b""})
        finally:
            del channel.watchers[me]
            if not channel.watchers and self._channels.get(topic) is channel:
                del self._channels[topic]


def _set(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Any, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": b""})
