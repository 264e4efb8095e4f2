"""One port: live streams and ballots on the event loop, everything else in Django's own way."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection, transaction

from unionhall.apps.contests.intake import Intake
from unionhall.apps.coverage.usecases.contacts import purge as purge_ledger
from unionhall.apps.coverage.usecases.priority import rescore_due
from unionhall.apps.coverage.usecases.registers.arriving import purge as purge_registers
from unionhall.apps.coverage.usecases.registers.reviewing import purge as purge_pairs
from unionhall.apps.membership.usecases.retention import purge
from unionhall.kernel import clock, live
from unionhall.kernel.imports import purge_imports
from unionhall.kernel.imports.forms import purge_folders
from unionhall.kernel.jobs.queue import purge_jobs
from unionhall.kernel.live.bus import CHANNEL
from unionhall.kernel.live.hub import Hub
from unionhall.kernel.live.topics import Frame, Topic
from unionhall.kernel.sqlite.checkpoints import Checkpoints
from unionhall.site.bridge import Bridge
from unionhall.site.work import Attendant

log = logging.getLogger(__name__)

HOUR = 3600.0


def _purge() -> None:
    try:
        with transaction.atomic():
            purge_imports(at=clock.now())
            purge_jobs(at=clock.now())
            purge(at=clock.now())
            purge_ledger(at=clock.now())
            purge_registers(at=clock.now())
            purge_pairs(at=clock.now())
        rescore_due(at=clock.now())
        purge_folders(at=clock.now())
    except DatabaseError:
        log.exception("what has had its time could not be deleted; the next hour tries again")
        connection.close()


class House:
    """The root ASGI application."""

    def __init__(self, *, works: bool = True) -> None:
        self._worker = Attendant() if works else None
        self.bridge = Bridge(get_wsgi_application())
        self.hub = Hub(self._frame)
        self.intake = Intake()
        # Frames have a thread of their own, so that pages never wait for them nor they for pages.
        self._frames = ThreadPoolExecutor(1, thread_name_prefix="frames")
        self._listener: asyncio.Task[None] | None = None
        self._housekeeping: asyncio.Task[None] | None = None
        self._checkpoints: Checkpoints | None = None

    def stop(self) -> None:
        """End what would not end by itself: streams, and the worker."""
        self.hub.close()
        if self._worker:
            self._worker.stop()

    async def _frame(self, topic: Topic) -> Frame:
        return await asyncio.get_running_loop().run_in_executor(self._frames, live.render, topic)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/live/"):
                await self.hub(scope, receive, send)
            elif path == "/ballots":
                await self.intake(scope, receive, send)
            else:
                await self.bridge(scope, receive, send)

    async def _live_and_die(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub.start()
                self._housekeeping = asyncio.ensure_future(self._keep_house())
                if self._worker:
                    self._worker.start()
                self.intake.start()
                if connection.vendor == "postgresql":
                    self._listener = asyncio.ensure_future(self._listen())
                else:
                    self._checkpoints = Checkpoints()
                    self._checkpoints.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.intake.stop()
                for task in (self._listener, self._housekeeping):
                    if task:
                        task.cancel()
                if self._checkpoints:
                    self._checkpoints.stop()
                self.bridge.close()
                self._frames.shutdown(wait=False, cancel_futures=True)
                if self._worker:
                    await self._worker.ended()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _keep_house(self) -> None:
        """Once an hour delete what is kept for a time only."""
        while True:
            await asyncio.get_running_loop().run_in_executor(self._frames, _purge)
            await asyncio.sleep(HOUR)

    async def _listen(self) -> None:
        """Hear what any process announces; after a break everything may have changed."""
        import psycopg

        parameters = connection.get_connection_params()
        known = {k: v for k, v in parameters.items() if k in ("dbname", "user", "password", "host", "port")}
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**known, autocommit=True) as heard:
                    await heard.execute(f"LISTEN {CHANNEL}")
                    self.hub.changed(None)
                    async for note in heard.notifies():
                        self.hub.changed(note.payload)
            except psycopg.Error:
                log.warning("the live bus is cut off; trying again", exc_info=settings.DEBUG)
                await asyncio.sleep(1)
