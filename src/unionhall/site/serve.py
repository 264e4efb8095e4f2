"""`unionhall serve`: one command, one port."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

BACKLOG = 4096
GRACE = 2  # seconds for requests under way when the server stops


def add_commands(commands: Any) -> None:
    """Add `serve` to an argparse subparsers object."""
    serve = commands.add_parser("serve", help="serve pages, ballots and live streams on one port")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000, help="0 chooses a free one")
    serve.add_argument("--processes", type=int, default=1, help="more than one needs PostgreSQL")
    serve.add_argument("--no-work", action="store_true", help="`unionhall work` runs elsewhere")
    serve.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    serve.set_defaults(run=run_serve)


def run_serve(arguments: argparse.Namespace) -> int:
    """Check the database, then serve until told to stop."""
    import django

    django.setup()
    refusal = database_refusal(arguments.processes)
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 1
    if arguments.fd is not None:
        return run_server(socket.socket(fileno=arguments.fd), works=not arguments.no_work)
    listening = listen(arguments.host, arguments.port)
    if arguments.processes > 1:
        return _run_processes(listening, arguments.processes, works=not arguments.no_work)
    return run_server(listening, ready=_say, works=not arguments.no_work)


def database_refusal(processes: int = 1) -> str:
    """Why the database must not be served from, in words; empty when it may."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    from unionhall.kernel.safety import unsafe_settings

    try:
        unsafe = unsafe_settings()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        return f"The database cannot be reached: {error}\nNothing was started. Check DATABASE_URL."
    finally:
        connection.close()
    if unsafe:
        lines = [f"  {u.setting} is {u.found}, must be {u.needed}" for u in unsafe]
        return "\n".join(
            [
                "This database could lose an acknowledged ballot when the power fails:",
                *lines,
                "Nothing was started. Change the settings, then start again.",
            ]
        )
    if pending:
        return "The database is older than this program. Run `unionhall migrate`, then start again."
    if processes > 1 and connection.vendor != "postgresql":
        return "The embedded database is written by one process. Use one, or set DATABASE_URL to PostgreSQL."
    return ""


def listen(host: str, port: int) -> socket.socket:
    """A socket that already accepts connections; SystemExit with a clear word when the port is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise SystemExit(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port."
        ) from error
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def address_of(listening: socket.socket) -> str:
    """The address of a listening socket for a browser on this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - compared only


def _say(address: str) -> None:
    sys.stdout.write(f"unionhall serves at {address}\n")
    sys.stdout.flush()


def run_server(
    listening: socket.socket, ready: Callable[[str], None] | None = None, *, works: bool = True
) -> int:
    """Serve on a listening socket in this process; ``ready`` is told the address once it answers.

    ``works`` keeps a worker for jobs beside it, in a process of its own.
    """
    import uvicorn

    from unionhall.site.asgi import House

    # Ballots are written by a thread; the event loop must not wait long for its turn beside it.
    sys.setswitchinterval(0.001)
    house = House(works=works)
    # What was loaded stays for ever: the collector need not look at it again while ballots come in.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    # What a page must know to start a program that talks to this server.
    os.environ["UNIONHALL_ADDRESS"] = address_of(listening)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and ready:
                ready(address_of(listening))

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Streams never end by themselves; uvicorn would wait for them.
            house.stop()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        house,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,
        server_header=False,
    )
    server = Server(config)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _run_processes(listening: socket.socket, processes: int, *, works: bool) -> int:
    """Several processes on one socket, one worker beside the first; when one ends, all end."""
    command = [sys.executable, "-m", "unionhall.site.cli", "serve", "--fd", str(listening.fileno())]
    children = [
        subprocess.Popen(  # noqa: S603
            [*command, *([] if works and number == 0 else ["--no-work"])], pass_fds=[listening.fileno()]
        )
        for number in range(processes)
    ]

    def stop(_signal: int, _frame: Any) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _say(address_of(listening))
    os.wait()
    stop(signal.SIGTERM, None)
    return max(child.wait() and 1 for child in children)
