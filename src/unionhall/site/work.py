"""`unionhall work`: the worker, alone or beside the server."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from typing import Any

log = logging.getLogger(__name__)

NICE = 10  # ballots go before jobs where both want the processor
DELAY = 1.0  # seconds in which the server answers its first pages alone
RESTART = 5.0
GRACE = 1.5  # seconds for a job's next step when the server stops


def add_commands(commands: Any) -> None:
    """Add `work` to an argparse subparsers object."""
    work = commands.add_parser("work", help="do long work: jobs, and facts that were left over")
    work.add_argument("--once", action="store_true", help="end when nothing waits any more")
    work.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    work.set_defaults(run=run_work)


def run_work(arguments: argparse.Namespace) -> int:
    """Check the database, then work until told to stop."""
    import django

    django.setup()
    from unionhall.kernel.jobs.running import Worker
    from unionhall.site.serve import database_refusal

    refusal = database_refusal()
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 1
    os.nice(NICE)
    worker = Worker(arguments.parent)
    # What was loaded stays for ever. A job makes objects by the million, and where the collector passes over
    # the others each time, a roll's import takes a fifth longer.
    gc.collect()
    gc.freeze()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stop())
    worker.run(once=arguments.once)
    return 0


class Attendant:
    """Keeps one worker at work beside the server, in a process of its own, and starts another when it dies.

    A process, since heavy work in a thread would hold the interpreter while ballots wait.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the worker soon."""
        self._task = asyncio.ensure_future(self._attend())

    async def _attend(self) -> None:
        await asyncio.sleep(DELAY)
        while True:
            command = [sys.executable, "-m", "unionhall.site.cli", "work", "--parent", str(os.getpid())]
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
            )
            status = await self._process.wait()
            log.error("the worker ended with %s; another is started", status)
            await asyncio.sleep(RESTART)

    def stop(self) -> None:
        """Tell the worker to stop; its job goes back to the queue at its next step."""
        if self._task:
            self._task.cancel()
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    async def ended(self) -> None:
        """Wait for its end, and make one when its job takes no step; the job is begun again later."""
        if self._process:
            try:
                await asyncio.wait_for(self._process.wait(), GRACE)
            except TimeoutError:
                self._process.kill()
