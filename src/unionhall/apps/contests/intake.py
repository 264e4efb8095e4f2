"""Ballots from phones, taken on the event loop: parsed, queued, and written by one writer in batches.

Each ballot is answered only after its commit. The same use case records those of the form and of paper.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation

from unionhall.apps.contests import messages
from unionhall.apps.contests.codes import BallotSource
from unionhall.apps.contests.usecases.ballots import Answer, PhoneProof, Submission, record_ballots
from unionhall.kernel import clock

log = logging.getLogger(__name__)

SEAT_COOKIE = "seat"
BATCH = 256
QUEUE_LIMIT = 5000
BODY_LIMIT = 16 * 1024
BOX = re.compile(r"[A-Z0-9]{12}")
KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
BODY_TIME = 10.0  # seconds for a body of a few hundred bytes
# A juror presses a few times a minute; a script that floods is held back before it costs a transaction.
BURST = 60
PER_SECOND = 2.0

STATUS = {
    "ACCEPTED": 201,
    "BAD_REQUEST": 400,
    "UNKNOWN_PASS": 401,
    "OTHER_ORIGIN": 403,
    "RECUSED": 403,
    "UNKNOWN_BOX": 404,
    "NOT_OPEN": 409,
    "CLOSED": 409,
    "STALE": 412,
    "KEY_REUSED": 422,
    "BAD_SCORES": 422,
    "TOO_MANY": 429,
    "BUSY": 503,
}


def proof_of(cookie: str) -> PhoneProof | None:
    """What a phone's seat cookie proves; None when it is not of that form."""
    pass_id, dot, secret = cookie.partition(".")
    return PhoneProof(pass_id, secret) if dot and len(pass_id) == 12 and len(secret) <= 64 else None


class Rates:
    """A bucket of presses for each pass."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def too_many(self, name: str) -> bool:
        """Take one press; whether there was none left."""
        now = time.monotonic()
        left, at = self._buckets.get(name, (float(BURST), now))
        left = min(float(BURST), left + (now - at) * PER_SECOND)
        if len(self._buckets) > 50_000:
            self._buckets.clear()
        self._buckets[name] = (left - 1 if left >= 1 else left, now)
        return left < 1


class Intake:
    """The ASGI application at `/ballots`."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[Submission, asyncio.Future[Answer]]] = asyncio.Queue(QUEUE_LIMIT)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ballots")
        self._rates = Rates()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write what is queued; the first ballot finds the writer connected."""
        self._thread.submit(connection.ensure_connection)
        self._writer = asyncio.ensure_future(self._write())

    async def stop(self) -> None:
        """Write what is queued, then end."""
        await self._queue.join()
        if self._writer:
            self._writer.cancel()
        self._thread.shutdown(wait=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        submission = await self._submission(scope, headers, receive)
        if isinstance(submission, Submission):
            answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            try:
                self._queue.put_nowait((submission, answered))
                answer = await answered
            except asyncio.QueueFull:
                answer = Answer("BUSY")
        else:
            answer = Answer(submission)
        await _send(send, answer, headers)

    async def _submission(self, scope: Any, headers: dict[bytes, bytes], receive: Any) -> Submission | str:
        """What was sent, or the code of why it cannot be one."""
        if scope["method"] != "POST" or not headers.get(b"content-type", b"").startswith(b"application/json"):
            return "BAD_REQUEST"
        origin = headers.get(b"origin")
        if origin is not None and origin.partition(b"://")[2] != headers.get(b"host"):
            return "OTHER_ORIGIN"
        proof = _proof(headers)
        if proof is None:
            return "UNKNOWN_PASS"
        if self._rates.too_many(proof.pass_id):
            return "TOO_MANY"
        body = await _body(receive)
        return (body and submission_of(proof, body)) or "BAD_REQUEST"

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                answers = await loop.run_in_executor(self._thread, _record, [one for one, _ in batch])
            except Exception:
                log.exception("a batch of ballots failed; every sender is asked to send again")
                answers = [Answer("BUSY")] * len(batch)
            for (_submission, answered), answer in zip(batch, answers, strict=True):
                if not answered.done():
                    answered.set_result(answer)
                self._queue.task_done()


def _record(submissions: list[Submission]) -> list[Answer]:
    answers = record_ballots(submissions, at=clock.now())
    if any(answer.code == "BUSY" for answer in answers):
        connection.close_if_unusable_or_obsolete()
    return answers


def _proof(headers: dict[bytes, bytes]) -> PhoneProof | None:
    try:
        morsel = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(SEAT_COOKIE)
    except CookieError:
        return None
    return proof_of(morsel.value) if morsel else None


async def _body(receive: Any) -> bytes | None:
    """The whole body, or None when it is too long, too slow, or cut off."""
    body = b""
    more = True
    try:
        async with asyncio.timeout(BODY_TIME):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > BODY_LIMIT:
                    return None
    except TimeoutError:
        return None
    return body


def submission_of(proof: PhoneProof, body: bytes) -> Submission | None:
    """The ballot that a JSON body holds; None when it has not that form."""
    try:
        sent = json.loads(body, parse_float=str, parse_int=str)
        box, key, base, scores = sent["box"], sent["key"], sent.get("base"), sent["scores"]
        number = None if base is None else int(base)
        # Half a character (a lone surrogate) passes JSON but no database, and would spoil its whole batch.
        json.dumps(scores, ensure_ascii=False).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (isinstance(box, str) and BOX.fullmatch(box) and isinstance(key, str) and KEY.fullmatch(key)):
        return None
    if not isinstance(scores, dict) or not all(s is None or isinstance(s, str) for s in scores.values()):
        return None
    return Submission(proof, box, key, number, scores, BallotSource.PHONE)


async def _send(send: Any, answer: Answer, headers: dict[bytes, bytes]) -> None:
    status = 200 if answer.code == "ACCEPTED" and answer.replayed else STATUS[answer.code]
    told: dict[str, Any] = {"code": answer.code, "number": answer.number, "revision": answer.revision}
    told["replayed"] = answer.replayed
    if answer.code == "ACCEPTED":
        told["receipt"] = answer.receipt
    else:
        with translation.override(_language(headers)):
            told["message"] = messages.of_answer(answer)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json"), (b"cache-control", b"no-store")],
        }
    )
    await send({"type": "http.response.body", "body": json.dumps(told, ensure_ascii=False).encode()})


def _language(headers: dict[bytes, bytes]) -> str:
    return "en" if b"language=en" in headers.get(b"cookie", b"") else settings.LANGUAGE_CODE
