"""Ballots: at a final's pace, all at once, and as fast as they go; against pgbench and an ordinary view."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from benchmarks.house import house
from benchmarks.load import ballot, closed_loop, open_loop, poisson
from benchmarks.report import Figure

SECONDS = 5.0


def run() -> list[Figure]:
    """All figures, on both databases."""
    return [figure for vendor in ("SQLite", "PostgreSQL") for figure in _on(vendor)]


def _on(vendor: str) -> list[Figure]:
    rates, figures = {}, []
    with house(vendor, ("-m", "benchmarks.ordinary_view")) as (port, made, _url):
        load = uvloop.run(closed_loop(port, _requests(made, count(), range(22)), 50, SECONDS))
        rates["view"] = load.rate
        figures.append(
            Figure(
                f"{vendor}: ordinary view, 50 connections", load.rate, "ballots/s", None, "higher", load.note
            )
        )
    with house(vendor) as (port, made, url):
        keys = count()
        rng = random.Random(2)
        pace = [sorted(rng.uniform(0, 10) for _ in range(60)), poisson(100, 15)]
        for name, moments, boxes in (
            ("60 jurors within 10 s", pace[0], [0]),
            ("100 ballots/s at random", pace[1], [1]),
        ):
            load = uvloop.run(open_loop(port, _requests(made, keys, boxes), moments))
            figures.append(
                Figure(f"{vendor}: {name}, p99", load.percentile(0.99), "ms", 50, "lower", load.note)
            )
        rush = [rng.uniform(0, 1) for _ in range(1000)]
        load = uvloop.run(open_loop(port, _requests(made, keys, [2]), rush))
        figures.append(
            Figure(
                f"{vendor}: 1,000 phones within 1 s, p99",
                load.percentile(0.99),
                "ms",
                150,
                "lower",
                load.note,
            )
        )
        figures.append(
            Figure(f"{vendor}: 1,000 phones within 1 s, all answered in", load.seconds, "s", None, "lower")
        )
        watched = uvloop.run(_watched(port, made, keys))
        figures += [Figure(f"{vendor}: {name}", *rest) for name, *rest in watched]
        load = uvloop.run(closed_loop(port, _requests(made, keys, range(4, 22)), 50, SECONDS))
        ratio = load.rate / rates["view"]
        figures.append(Figure(f"{vendor}: 50 connections", load.rate, "ballots/s", None, "higher", load.note))
        figures.append(Figure(f"{vendor}: 50 connections, p99", load.percentile(0.99), "ms", 50, "lower"))
        figures.append(Figure(f"{vendor}: times an ordinary view", ratio, "x", 5, "higher"))
        bad = sum(n for status, n in load.statuses.items() if status != 201)
        figures.append(Figure(f"{vendor}: failed", bad, "ballots", 0, "lower"))
        if vendor == "PostgreSQL" and (best := _pgbench(url)):
            figures.append(
                Figure(
                    "PostgreSQL: pgbench, the same statements, 50 clients", best, "ballots/s", None, "higher"
                )
            )
            figures.append(Figure("PostgreSQL: times pgbench", load.rate / best, "x", 1, "higher"))
    return figures


def _requests(made, keys, boxes):
    """A ballot of every seat for each of ``boxes``."""
    return [ballot(c, made["boxes"][b], next(keys)) for b in boxes for c in made["cookies"]]


async def _watched(port, made, keys):
    """100 ballots/s while 2,000 watchers are told once a second; how long until the last is told."""
    from benchmarks.watchers import Watchers

    async with Watchers(port, made["hall"], 2000) as watchers:
        load = await open_loop(port, _requests(made, keys, [0, 3])[60:], poisson(100, 12))
        told = watchers.told()
    return [
        ("100 ballots/s with 2,000 watchers, p99", load.percentile(0.99), "ms", 50, "lower", load.note),
        (
            "2,000 watchers, from the first told to the last (worst frame)",
            1000 * max(told),
            "ms",
            500,
            "lower",
            f"{len(told)} frames",
        ),
    ]


SCRIPT = """
\\set juror random(1, 2000000000)
BEGIN;
SELECT b.public_id, b.id, b.state, e.public_id, e.stage_id, s.public_id FROM contests_ballotbox b JOIN contests_entry e ON e.id = b.entry_id JOIN contests_stage s ON s.id = e.stage_id WHERE b.id = {box} FOR SHARE OF b;
SELECT p.public_id, p.juror_id, j.public_id, y.stage_id, p.device_hash FROM contests_pass p JOIN contests_juror j ON j.id = p.juror_id JOIN contests_jury y ON y.id = j.jury_id WHERE p.id = {first} + :juror % 3000;
SELECT 'B', box_id, juror_id, id, revision, key, body_digest FROM contests_ballot WHERE juror_id = {juror} AND (box_id = {box} OR key = 'k:juror') UNION ALL SELECT reason, box_id, juror_id, NULL, 0, key, body_digest FROM contests_refusedballot WHERE juror_id = {juror} AND key = 'k:juror' UNION ALL SELECT kind, box_id, juror_id, NULL, 0, '', '' FROM contests_excusal WHERE juror_id = {juror} AND box_id = {box};
INSERT INTO bench_ballot (box_id, juror_id, revision, scores, key, body_digest, source, salt, at) VALUES ({box}, {juror}, 1, '[385,280,145,140]', 'k:juror', 'd:juror', 'PHONE', decode(repeat('5a', 32), 'hex'), now());
INSERT INTO kernel_auditline (at, actor, action, subject_type, subject, fields, refs) VALUES (now(), 'JUROR:x', 'ballot.record', 'contests.ballot', ':juror', '[]', '{{"box": 1}}');
COMMIT;
"""


def _pgbench(url: str) -> float | None:
    """Transactions a second of the same five statements, the median of three runs; None without pgbench."""
    found = shutil.which("pgbench") or next(
        iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))), None
    )
    if found is None:
        return None
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        # The same table and indexes, but a juror may appear twice, since pgbench draws at random.
        connection.execute(
            "CREATE TABLE bench_ballot (LIKE contests_ballot INCLUDING DEFAULTS INCLUDING IDENTITY)"
        )
        for columns in ("juror_id, key", "box_id, juror_id, revision", "box_id", "juror_id"):
            connection.execute(f"CREATE INDEX ON bench_ballot ({columns})")
        box = connection.execute("SELECT max(id) FROM contests_ballotbox").fetchone()[0]
        first = connection.execute("SELECT min(id) FROM contests_pass").fetchone()[0]
        juror = connection.execute("SELECT max(id) FROM contests_juror").fetchone()[0]
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ballot.sql"
        script.write_text(SCRIPT.format(box=box, first=first, juror=juror))
        command = [
            str(found),
            "-n",
            "-c",
            "50",
            "-j",
            "2",
            "-T",
            "4",
            "-f",
            str(script),
            "-h",
            parts.hostname or "",
        ]
        command += ["-p", str(parts.port or 5432), "-U", parts.username or "", parts.path.lstrip("/")]
        rates = []
        for _round in range(3):
            told = subprocess.run(
                command, capture_output=True, text=True, check=True, env=dict(os.environ)
            ).stdout
            with contextlib.suppress(TypeError):
                rates.append(float(re.search(r"tps = ([0-9.]+)", told)[1]))
    return sorted(rates)[1]
