"""Simulated jurors that play a whole stage over HTTP, exactly as phones and the desk do.

`unionhall rehearse` drives it: the organisers' dress rehearsal, and our load test. Nothing here imports
Django; all it knows of the server is its pages.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import aiohttp

# Shares of jurors who behave as people do.
OFFLINE = 0.05  # cut off before the answer comes, sends again with the same key
TWICE = 0.05  # presses twice
LATE = 0.02  # sends another ballot after closing, which must be refused
ATTEMPTS = 60
# Steps that are one press; no juror is simulated in a calibration round.
PRESSES = {"CALIBRATION": "set-aside", "END": "end", "REVIEW": "review", "READ_OUT": "read-out"}
TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass
class Figures:
    """What became of all attempts: one accepted ballot for each juror and speech, the rest beside it.

    `lost` are ballots that a juror was told are in and the server has not.
    """

    accepted: int = 0
    replayed: int = 0
    refused: int = 0
    lost: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """A percentile of the answer times in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def to_json(self) -> dict[str, int | float]:
        """The figures as one object; p50 and p99 in milliseconds."""
        return {
            "accepted": self.accepted,
            "replayed": self.replayed,
            "refused": self.refused,
            "lost": self.lost,
            "per_second": round(self.accepted / self.seconds, 1) if self.seconds else 0.0,
            "p50": round(self.percentile(0.50), 1),
            "p99": round(self.percentile(0.99), 1),
        }


class RehearsalError(Exception):
    """The server did not do what the rehearsal needs; said in words."""


@dataclass
class _Juror:
    """One simulated juror: how severe, how even, and the seat's cookie."""

    severity: float
    spread: float
    cookie: str
    rng: random.Random
    jury: str

    def scores(self, criteria: list[dict[str, Any]], band: list[str] | None, talent: float) -> dict[str, str]:
        """A sheet around the speech's talent, kept within the rule book."""
        for _attempt in range(200):
            sheet: dict[str, Fraction] = {}
            for c in criteria:
                low, high, step = Fraction(c["min"]), Fraction(c["max"]), Fraction(c["step"])
                share = min(1.0, max(0.0, talent + self.severity + self.rng.gauss(0, self.spread)))
                steps = round((high - low) * Fraction(share) / step)
                sheet[c["code"]] = min(high, low + steps * step)
            total = sum(sheet.values())
            if band is None or Fraction(band[0]) <= total <= Fraction(band[1]):
                break
            talent += 0.02 if total < Fraction(band[0]) else -0.02
        return {c["code"]: _text(sheet[c["code"]], c["digits"]) for c in criteria}


def _text(value: Fraction, digits: int) -> str:
    units = str(int(value * 10**digits)).rjust(digits + 1, "0")
    return f"{units[:-digits]}.{units[-digits:]}" if digits else units


class Rehearsal:
    """One rehearsal against a running server."""

    def __init__(
        self,
        server: str,
        *,
        pace: float,
        say: Callable[[str], None],
        seed: int = 1,
        session: str = "",
        user: str = "",
        password: str = "",
    ) -> None:
        self.server = server.rstrip("/")
        self.pace = pace
        self.say = say
        self.rng = random.Random(seed)  # noqa: S311 - simulated people
        self.cookies = {"sessionid": session} if session else {}
        self.user = user
        self.password = password
        self.figures = Figures()
        self.jurors: list[_Juror] = []
        self.held: dict[str, dict[str, int]] = {}
        self.bundle = b""

    async def play(
        self, *, stage: str = "", jurors: int | None = None, mass: int = 0, bundle: bool = False
    ) -> Figures:
        """Play ``stage``, or a rehearsal prepared now from the first stage that the account oversees.

        With ``bundle`` its result is published, and the scrutineer's bundle is left in ``self.bundle``.
        """
        connector = aiohttp.TCPConnector(limit=0)
        jar = aiohttp.CookieJar(unsafe=True)
        async with (
            aiohttp.ClientSession(
                self.server, timeout=TIMEOUT, cookie_jar=jar, cookies=self.cookies
            ) as self.desk,
            aiohttp.ClientSession(
                self.server, connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
            ) as self.phones,
        ):
            if not self.cookies:
                await self._sign_in()
            stage = stage or await self._prepare(jurors, mass)
            await self._seat(stage)
            await self._hold(stage)
            if bundle:
                await self._press(stage, "publish")
                self.bundle = await self._bundle(stage)
        return self.figures

    async def _sign_in(self) -> None:
        async with self.desk.get("/demo" if not self.user else "/sign-in") as page:
            if page.status != 200:
                raise RehearsalError(
                    "This server is no demo: name an account with --user, its password in UNIONHALL_PASSWORD."
                )
            text = await page.text()
        form = {"csrfmiddlewaretoken": _token(text), "username": self.user or "scrutineer"}
        if self.user:
            form["password"] = self.password
        path = "/sign-in" if self.user else "/demo"
        async with self.desk.post(path, data=form, headers={"Referer": self.server + path}) as page:
            if page.status >= 400:
                raise RehearsalError("The server did not accept this account.")

    async def _post(self, path: str, **form: str) -> aiohttp.ClientResponse:
        token = next((c.value for c in self.desk.cookie_jar if c.key == "csrftoken"), "")
        if not token:
            async with self.desk.get("/") as page:
                token = _token(await page.text())
        headers = {"X-CSRFToken": token, "Referer": f"{self.server}/", "HX-Request": "true"}
        response = await self.desk.post(path, data=form, headers=headers)
        await response.read()
        return response

    async def _prepare(self, jurors: int | None, mass: int) -> str:
        async with self.desk.get("/") as page:
            found = re.search(r'href="/stages/([A-Z0-9]{12})"', await page.text())
        if found is None:
            raise RehearsalError("This account oversees no stage that could be rehearsed.")
        form = {"mass": str(mass), "jurors": "" if jurors is None else str(jurors)}
        response = await self._post(f"/stages/{found[1]}/rehearsals", **form)
        if response.status != 200:
            raise RehearsalError(f"The rehearsal could not be prepared: {_plain(await response.text())}")
        return str((await response.json())["stage"])

    async def _seat(self, stage: str) -> None:
        response = await self._post(f"/stages/{stage}/passes", form="csv")
        if response.status != 200:
            raise RehearsalError(f"No codes were issued: {_plain(await response.text())}")
        rows = list(csv.DictReader(io.StringIO((await response.text()).lstrip("\ufeff"))))
        gate = asyncio.Semaphore(50)
        self.jurors = [
            juror for juror in await asyncio.gather(*(self._sit(row, gate) for row in rows)) if juror
        ]
        self.say(f"{len(self.jurors)} jurors have taken their seats")

    async def _sit(self, row: dict[str, str], gate: asyncio.Semaphore) -> _Juror:
        path = "/q/" + row["code"]
        async with gate:
            async with self.phones.get(path) as page:
                token = _token(await page.text())
                csrf = page.cookies["csrftoken"].value
            form = {"csrfmiddlewaretoken": token, "pin": row["pin"]}
            headers = {"Cookie": f"csrftoken={csrf}", "Referer": self.server + path}
            async with self.phones.post(path, data=form, headers=headers, allow_redirects=False) as page:
                if page.status != 302:
                    raise RehearsalError(
                        f"Seat {row['label']} could not be taken: {_plain(await page.text())}"
                    )
                cookie = page.cookies["seat"].value
        severity = self.rng.gauss(0, 0.012)
        rng = random.Random(self.rng.random())  # noqa: S311
        return _Juror(severity, abs(self.rng.gauss(0.012, 0.004)), cookie, rng, row["jury"])

    async def _hold(self, stage: str) -> None:
        """From the first cue to the last award."""
        state = await self._state(stage)
        speech = 0
        for _guard in range(10_000):
            step = state["step"]
            # The watch is never started: nobody speaks, and so short a time would cost points.
            if step == "NEXT":
                await self._press(stage, "cue", cue=state["next"])
                if _cue(state, "next")["kind"] != "SPEECH":
                    await asyncio.sleep(self.pace / 4)
            elif step == "HEARD":
                await asyncio.sleep(self.pace / 4)
                await self._press(stage, "heard")
            elif step == "OPEN":
                await self._press(stage, "open")
            elif step == "CLOSE":
                speech += 1
                await self._score(stage, state, speech)
            elif step == "REVEAL":
                await self._press(stage, "reveal")
                await asyncio.sleep(self.pace / 2)
            elif step in PRESSES:
                await self._press(stage, PRESSES[step])
                await asyncio.sleep(self.pace / 2)
            else:
                break
            state = await self._state(stage)
        await self._check(stage)

    async def _state(self, stage: str) -> dict[str, Any]:
        async with self.desk.get(f"/stages/{stage}/desk/state") as page:
            if page.status != 200:
                raise RehearsalError("This account may not run the desk of that stage.")
            state: dict[str, Any] = await page.json()
            return state

    async def _press(self, stage: str, action: str, **form: str) -> None:
        response = await self._post(f"/stages/{stage}/desk/{action}", **form)
        if response.status != 200:
            raise RehearsalError(f"The desk refused “{action}”: {_plain(await response.text())}")

    async def _score(self, stage: str, state: dict[str, Any], speech: int) -> None:
        """All jurors score the speech on stage; then the desk closes, and a few come too late."""
        box = _cue(state, "cue")["box"]
        talent = min(0.97, max(0.88, self.rng.gauss(0.93, 0.02)))
        began = time.perf_counter()
        self.held[box] = {}
        await asyncio.gather(*(self._juror_scores(juror, box, state, talent) for juror in self.jurors))
        self.figures.seconds += time.perf_counter() - began
        await self._press(stage, "close")
        late = [juror for juror in self.jurors if juror.rng.random() < LATE] or self.jurors[:1]
        await asyncio.gather(*(self._too_late(juror, box, state, talent) for juror in late))
        self.say(
            f"speech {speech:>2}: {len(self.held[box])} ballots in, {len(late)} came late;"
            f" p99 {self.figures.percentile(0.99):.0f} ms"
        )

    async def _juror_scores(self, juror: _Juror, box: str, state: dict[str, Any], talent: float) -> None:
        if self.pace:
            await asyncio.sleep(self.pace * juror.rng.betavariate(2, 2))
        body = self._body(juror, box, state, talent, base=None)
        luck = juror.rng.random()
        if luck < OFFLINE:
            # The network goes while the ballot is on its way; the phone keeps it and sends it again.
            attempt = asyncio.ensure_future(self._send(juror, body))
            await asyncio.sleep(0.001)
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
        if luck > 1 - TWICE:
            first, _second = await asyncio.gather(
                self._until_answered(juror, body), self._until_answered(juror, body)
            )
        else:
            first = await self._until_answered(juror, body)
        if first:
            self.held[box][juror.cookie] = first
            self.figures.accepted += 1

    def _body(
        self, juror: _Juror, box: str, state: dict[str, Any], talent: float, base: int | None
    ) -> dict[str, Any]:
        scores = juror.scores(state["criteria"], state["band"], talent)
        return {"box": box, "key": secrets.token_hex(16), "base": base, "scores": scores}

    async def _until_answered(self, juror: _Juror, body: dict[str, Any]) -> int | None:
        """Send until there is an answer, as the phone does; the ballot's number when it was accepted."""
        for attempt in range(ATTEMPTS):
            try:
                status, answer = await self._send(juror, body)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
                continue
            if status in (200, 201):
                self.figures.replayed += status == 200
                return int(answer["number"])
            if status == 429 or status >= 500:
                await asyncio.sleep(0.5)
                continue
            self.figures.refused += 1
            return None
        self.figures.lost += 1
        return None

    async def _send(self, juror: _Juror, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        began = time.perf_counter()
        headers = {"Cookie": f"seat={juror.cookie}", "Origin": self.server}
        async with self.phones.post("/ballots", json=body, headers=headers) as response:
            answer = await response.json()
        self.figures.latencies.append(time.perf_counter() - began)
        return response.status, answer

    async def _too_late(self, juror: _Juror, box: str, state: dict[str, Any], talent: float) -> None:
        body = self._body(juror, box, state, talent, base=self.held[box].get(juror.cookie))
        status, _answer = await self._send(juror, body)
        self.figures.refused += status == 409
        if status in (200, 201):
            raise RehearsalError("A ballot was accepted after its box had closed.")

    async def _bundle(self, stage: str) -> bytes:
        async with self.desk.get(f"/stages/{stage}/bundle/scrutineer") as page:
            if page.status != 200:
                raise RehearsalError("The server gave no bundle of the rehearsed stage.")
            return await page.read()

    async def _check(self, stage: str) -> None:
        """Every ballot that a juror was told is in must be counted at the desk; what is missing is lost."""
        async with self.desk.get(f"/stages/{stage}/desk/counts") as page:
            counts = await page.json()
        for box, held in self.held.items():
            numbers = set(counts.get(box, ()))
            self.figures.lost += sum(number not in numbers for number in held.values())
            # An offline juror's first attempt may have been accepted without the answer coming back.
            unheard = len(numbers) - len(held)
            if unheard > 0:
                raise RehearsalError(f"{unheard} ballots were counted that no juror knows of.")


def _cue(state: dict[str, Any], which: str) -> dict[str, Any]:
    """The cue on stage ("cue") or the next one, as the desk tells of it."""
    return next(cue for cue in state["cues"] if cue["id"] == state[which])


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()[:300]


def summary(figures: Figures) -> str:
    """The figures in lines."""
    told = figures.to_json()
    return "\n".join(
        [
            ", ".join(f"{name} {told[name]}" for name in ("accepted", "replayed", "refused", "lost")),
            f"{told['per_second']} ballots/s, p50 {told['p50']} ms, p99 {told['p99']} ms",
        ]
    )


def one_line(figures: Figures) -> str:
    """The figures as one line of JSON."""
    return json.dumps(figures.to_json())
