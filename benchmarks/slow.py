"""How much longer a page takes while slow clients are at it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time

from benchmarks.report import Figure

PAGES = 200


def run() -> list[Figure]:
    """Pages alone, then beside six slow bodies, then beside six readers as well who take nothing of 30 MB."""
    command = [sys.executable, "-m", "benchmarks.streams"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline().rsplit(":", 1)[1])
    try:
        _pages(port)
        alone = _pages(port)
        bodies = [
            _send(port, b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow")
            for _ in range(6)
        ]
        figures = [_slower("six slow bodies", alone, _pages(port))]
        readers = [_send(port, b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(6)]
        time.sleep(1)
        figures.append(_slower("and six readers who stop reading a 30 MB stream", alone, _pages(port)))
        for client in bodies + readers:
            client.close()
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
    return figures


def _slower(name: str, alone: float, beside: float) -> Figure:
    return Figure(f"slowest page of {PAGES} beside {name}", beside - alone, "ms more", 50, "lower")


def _send(port: int, data: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sendall(data)
    return client


def _pages(port: int) -> float:
    """The slowest of many pages, in milliseconds."""
    slowest = 0.0
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _page in range(PAGES):
        began = time.perf_counter()
        connection.request("GET", "/page")
        connection.getresponse().read()
        slowest = max(slowest, time.perf_counter() - began)
        time.sleep(0.002)
    connection.close()
    return 1000 * slowest
