"""Assets over a slow line: whole ones compressed, known ones answered with nothing at all."""

from __future__ import annotations

import gzip
import http.client

ASSET = "/static/ui/theme.css"


def answer(server, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", ASSET, headers={"Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_an_asset_is_compressed_once_and_then_known(server):
    whole, body = answer(server)
    assert (whole.status, whole.headers["Content-Encoding"]) == (200, "gzip")
    mark = whole.headers["ETag"]
    assert mark.startswith("W/")
    known, nothing = answer(server, **{"If-None-Match": mark})
    assert (known.status, known.headers["Content-Encoding"], nothing) == (304, None, b"")
    changed, again = answer(server, **{"If-None-Match": 'W/"other"'})
    assert (changed.status, gzip.decompress(again)) == (200, gzip.decompress(body))


def test_a_part_of_an_asset_is_what_lies_there(server):
    _whole, body = answer(server)
    part, bytes_ = answer(server, Range="bytes=0-99")
    assert (part.status, part.headers["Content-Encoding"], bytes_) == (206, None, gzip.decompress(body)[:100])
