"""Django's WSGI application behind ASGI, so that slow clients never hold a thread.

A request's body is read to its end before a thread is taken (on disk when large); an answer is taken from
Django at once and sent at the client's speed afterwards (on disk when large).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.conf import settings

THREADS = 4
SPOOL = 1024 * 1024  # bytes kept in memory
BODY_LIMIT = 64 * 1024 * 1024
IDLE_LIMIT = 30.0  # seconds without a byte of a body
QUEUE_LIMIT = 2000  # requests that wait for a thread
CHUNK = 64 * 1024

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bridge:
    """An ASGI application that runs a WSGI one in a few threads with lasting database connections."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._waiting = 0

    def close(self) -> None:
        """Take no more requests; those that run may end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with tempfile.SpooledTemporaryFile(SPOOL) as body:
            refused = await _read_body(scope, receive, body)
            if refused is None and self._waiting >= QUEUE_LIMIT:
                refused = 503
            if refused is not None:
                await _refuse(send, refused)
                return
            environ = _environ(scope, body)
            self._waiting += 1
            try:
                answer = await asyncio.get_running_loop().run_in_executor(
                    self._pool, _run, self._application, environ
                )
            finally:
                self._waiting -= 1
        await answer.send(send)


async def _read_body(scope: Any, receive: Any, body: IO[bytes]) -> int | None:
    """Read the whole body; a status when it is too large, too slow, or its client has gone."""
    # Registers of a city come in by these addresses; the file itself may be as large as the settings say.
    most = BODY_LIMIT
    if scope["path"].startswith("/office-registers/sources/"):
        most = max(most, settings.REGISTER_MOST_BYTES + CHUNK)
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if int(length) > most:
        return 413
    size, more = 0, True
    while more:
        try:
            message = await asyncio.wait_for(receive(), IDLE_LIMIT)
        except TimeoutError:
            return 408
        if message["type"] == "http.disconnect":
            return 400
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            return 413
        body.write(chunk)
        more = message.get("more_body", False)
    return None


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    text = {413: "The upload is too large.", 408: "The upload stalled.", 503: "Busy; please try again."}
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.get(status, "").encode()})


def _environ(scope: Any, body: IO[bytes]) -> dict[str, Any]:
    size = body.tell()
    body.seek(0)
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # WSGI's odd rule: bytes of the path as Latin-1 characters.
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value.decode("latin-1")
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            key = f"HTTP_{key}"
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


class _Answer:
    """A whole answer, in memory or on disk, ready to be sent at any speed."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - closed when sent

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[..., Any]:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        return self.body.write

    async def send(self, send: Any) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
            self.body.seek(0)
            while chunk := self.body.read(CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.body.close()


def _run(application: WsgiApplication, environ: dict[str, Any]) -> _Answer:
    answer = _Answer()
    parts = application(environ, answer.start)
    try:
        for part in parts:
            answer.body.write(part)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return answer
