"""The running server: slow clients, live streams, stopping, the rehearsal; on a real port."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading

import pytest

from .conftest import Server, scratch_database


def get(server, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.fixture(scope="module")
def stage(server):
    """The public id of the demo's final, read as the scrutineer reads it; and the session's cookies."""
    return Browser(server)


class Browser:
    """Somebody who has entered the demo."""

    def __init__(self, server, username="scrutineer"):
        self.server = server
        self.cookies: dict[str, str] = {}
        page = self.get("/demo")
        token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', page)[1].decode()
        self.post("/demo", f"username={username}&csrfmiddlewaretoken={token}")
        self.stage = re.search(rb"/stages/([A-Z0-9]{12})", self.get("/"))[1].decode()

    def get(self, path):
        return self._do("GET", path, None)[1]

    def post(self, path, form=""):
        return self._do("POST", path, form)[0]

    def _do(self, method, path, form):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "HX-Request": "true"}
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.cookies.get("csrftoken", ""),
            }
        connection.request(method, path, form, headers)
        answer = connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        connection.close()
        return answer.status, body

    def live(self, page="hall"):
        found = re.search(rb'data-live-url="([^"]+)"', self.get(f"/stages/{self.stage}/{page}"))
        return found[1].decode().replace("&amp;", "&")


def open_stream(server, path):
    stream = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return stream


def read_until(stream, wanted: bytes) -> bytes:
    got = b""
    while wanted not in got:
        part = stream.recv(65536)
        assert part, got
        got += part
    return got


def test_pages_files_ranges_and_heads(server):
    assert get(server, "/demo")[0].status == 200
    whole, body = get(server, "/static/ui/theme.css")
    assert whole.status == 200
    part, some = get(server, "/static/ui/theme.css", Range="bytes=0-9")
    assert (part.status, some) == (206, body[:10])
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("HEAD", "/demo")
    head = connection.getresponse()
    assert (head.status, head.read()) == (200, b"")
    connection.close()
    assert get(server, "/no-such-page")[0].status == 404


def test_a_large_upload_arrives_whole_and_a_too_large_one_is_refused(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(
        "POST", "/language", b"x" * (20 * 1024 * 1024), {"Content-Type": "application/octet-stream"}
    )
    assert connection.getresponse().status == 403  # read to its end, then refused for want of a token
    connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/language")
    connection.putheader("Content-Length", str(65 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_slow_bodies_and_slow_readers_do_not_hold_a_page(server):
    """More slow clients than threads; the page is answered while all of them are still unfinished."""
    slow = []
    for _client in range(8):
        body = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        body.sendall(b"POST /demo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nusername=")
        slow.append(body)
        reader = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(b"GET /static/vendor/bootstrap.min.css HTTP/1.1\r\nHost: x\r\n\r\n")
        slow.append(reader)
    assert get(server, "/demo")[0].status == 200
    for client in slow[::2]:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
    for client in slow:
        client.close()


def test_a_forged_token_is_no_stream(server):
    assert get(server, "/live/hall|zh-hans|stage:ABC:forged")[0].status == 404


def test_watchers_are_told_of_a_change_and_newcomers_get_the_present(server):
    desk = Browser(server)
    url = desk.live()
    watchers = [open_stream(server, url) for _ in range(3)]
    for watcher in watchers:
        read_until(watcher, b"event: hall")
    state = json.loads(desk.get(f"/stages/{desk.stage}/desk/state"))
    assert desk.post(f"/stages/{desk.stage}/desk/cue", f"cue={state['cues'][0]['id']}") == 200
    for watcher in watchers:
        assert "男声独唱".encode() in read_until(watcher, "市职工艺术团".encode())
    newcomer = open_stream(server, url)
    assert "男声独唱".encode() in read_until(newcomer, "市职工艺术团".encode())
    for watcher in [*watchers, newcomer]:
        watcher.close()


def test_the_intake_refuses_what_is_no_ballot(server):
    def post(body, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("POST", "/ballots", body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        return answer.status, told["code"]

    seat = {"Cookie": "seat=ABCDEFGHJKMN.secret"}
    ballot = json.dumps({"box": "ABCDEFGHJKMN", "key": "k" * 16, "base": None, "scores": {}})
    assert post(ballot) == (401, "UNKNOWN_PASS")
    assert post(ballot, **seat) == (401, "UNKNOWN_PASS")
    assert post(ballot, Origin="http://elsewhere.example", **seat) == (403, "OTHER_ORIGIN")
    assert post("{", **seat) == (400, "BAD_REQUEST")
    assert post(json.dumps([1]), **seat) == (400, "BAD_REQUEST")
    assert post("x" * 20_000, **seat) == (400, "BAD_REQUEST")
    assert post("[" * 15_000, **seat) == (400, "BAD_REQUEST")
    # Half characters pass JSON; in a batch they would harm every other ballot.
    half = json.loads(ballot)
    for spoilt in ({"key": "\ud800" * 8}, {"box": "\ud800" * 12}, {"scores": {"CONTENT": "\ud800"}}):
        assert post(json.dumps({**half, **spoilt}), **seat) == (400, "BAD_REQUEST")
    assert post(ballot, **{**seat, "Content-Type": "text/plain"}) == (400, "BAD_REQUEST")
    flood = {"Cookie": "seat=FLOODFLOODFL.secret"}
    assert (429, "TOO_MANY") in [post(ballot, **flood) for _ in range(70)]


def test_a_rehearsal_on_the_running_server_loses_nothing(server):
    played = server.command(
        "rehearse", "--server", server.address, "--pace", "0", "--jurors", "24", "--mass", "40", "--json"
    )
    assert (played.returncode, played.stdout.count("\n")) == (0, 1), played.stderr
    figures = json.loads(played.stdout)
    assert (figures["accepted"], figures["lost"]) == (22 * 64, 0)
    assert list(figures) == ["accepted", "replayed", "refused", "lost", "per_second", "p50", "p99"]


def test_a_rehearsed_finals_bundle_holds_and_shows_that_five_were_heard_first(server, tmp_path):
    bundle = tmp_path / "final.bundle"
    played = server.command(
        "rehearse", "--server", server.address, "--pace", "0", "--jurors", "21", "--bundle", str(bundle)
    )
    assert played.returncode == 0, played.stderr
    verified = server.command("verify", str(bundle))
    assert (verified.returncode, verified.stdout.startswith("IT HOLDS.")) == (0, True), verified.stdout
    kinds = [leaf["event"]["kind"] for leaf in json.loads(bundle.read_bytes())["leaves"]]
    assert kinds.count("heard") == 5
    assert max(n for n, kind in enumerate(kinds) if kind == "heard") < kinds.index("opening")


def test_stopping_ends_all_streams_at_once(demo_city, tmp_path):
    with demo_city(tmp_path) as url:
        server = Server(tmp_path, url)
        desk = Browser(server)
        streams = [open_stream(server, desk.live()) for _ in range(200)]
        for stream in streams:
            read_until(stream, b"event: hall")
        ended = []

        def drain(stream):
            while stream.recv(65536):
                pass
            ended.append(stream)

        threads = [threading.Thread(target=drain, args=(stream,)) for stream in streams]
        for thread in threads:
            thread.start()
        assert server.stop() < 3  # what the house promises: it stops within three seconds
        for thread in threads:
            thread.join(10)
        assert len(ended) == 200
        for stream in streams:
            stream.close()


def test_an_unsafe_or_old_database_is_refused(tmp_path):
    with scratch_database(tmp_path) as url:
        made = Server.__new__(Server)
        import os

        made.environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": str(tmp_path)}
        refused = made.command("serve", "--port", "0")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "Run `unionhall migrate`, then start again." in refused.stderr
        if url.startswith("postgres"):
            made.environment["DATABASE_URL"] = url + "?options=-c%20synchronous_commit%3Doff"
            refused = made.command("serve", "--port", "0")
            assert refused.returncode == 1
            assert "synchronous_commit is off, must be on" in refused.stderr
        else:
            refused = made.command("serve", "--port", "0", "--processes", "2")
            assert refused.returncode == 1


def test_several_processes_on_one_port_tell_each_other(demo_city, tmp_path):
    with demo_city(tmp_path) as url:
        if not url.startswith("postgres"):
            pytest.skip("several processes need PostgreSQL")
        server = Server(tmp_path, url, ("serve", "--processes", "2"))
        played = server.command(
            "rehearse", "--server", server.address, "--pace", "0", "--jurors", "30", "--json"
        )
        assert (played.returncode, json.loads(played.stdout)["lost"]) == (0, 0), played.stderr
        desk = Browser(server)
        # New connections are shared out by the system, so both processes have some of these.
        watchers = [open_stream(server, desk.live()) for _ in range(12)]
        for watcher in watchers:
            read_until(watcher, b"event: hall")
        state = json.loads(desk.get(f"/stages/{desk.stage}/desk/state"))
        desk.post(f"/stages/{desk.stage}/desk/cue", f"cue={state['cues'][0]['id']}")
        for watcher in watchers:
            read_until(watcher, "市职工艺术团".encode())
            watcher.close()
        assert server.stop() < 5


def test_the_demo_does_not_touch_a_database_in_real_use(tmp_path):
    with scratch_database(tmp_path) as url:
        made = Server.__new__(Server)
        import os

        made.environment = {**os.environ, "DATABASE_URL": url, "UNIONHALL_VAR": str(tmp_path)}
        made.command("migrate")
        made.command(
            "manage",
            "shell",
            "-c",
            "from unionhall.apps.people.models import Account; Account(username='x').save()",
        )
        refused = made.command("demo", "--prepare-only")
        assert (refused.returncode, refused.stderr) == (
            1, "This database is in real use; the demo does not touch it. Nothing was changed.\n",
        )  # fmt: skip


def test_a_taken_port_is_told_plainly(server, tmp_path):
    refused = server.command("demo", "--port", str(server.port))
    assert refused.returncode == 1
    assert "Choose another with --port." in refused.stderr
    assert "Traceback" not in refused.stderr
