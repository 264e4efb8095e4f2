"""A small page and a 30 MB stream behind our bridge, to see whether slow clients hold anybody up."""

from __future__ import annotations

import uvicorn

from unionhall.site.bridge import Bridge
from unionhall.site.serve import address_of, listen


def application(environ, start_response):
    """`/stream` is 30 MB in parts; everything else a short page."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return (b"x" * 65536 for _ in range(480)) if environ["PATH_INFO"] == "/stream" else [b"page"]


if __name__ == "__main__":
    listening = listen("127.0.0.1", 0)
    print(address_of(listening), flush=True)
    config = uvicorn.Config(
        Bridge(application),
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_level="warning",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
