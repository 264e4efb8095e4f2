"""A day's changes in the app: 10,000 of the market's records meet a standing register of half a million unions.

The registers are those of the linkage benchmark. A first run, of few enterprises, leaves the standing register.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from benchmarks.house import PYTHON, city
from benchmarks.linkage.generate import generate
from benchmarks.report import Figure

# Of both registers together; the unions have 34 % of them.
ROWS = 1_500_000
FIRST, CHANGED = 2_000, 10_000

# Run in a process of its own, since Django is set up once for each database and memory is the process's.
MEASURE = """
import django, json, sys, time
django.setup()
from datetime import timedelta
from pathlib import Path
from benchmarks.report import peak_memory
from unionhall.apps.coverage.models import Delivery, Enterprise, LinkageRun
from unionhall.apps.coverage.usecases.registers import arriving, runs, standing, vault
from unionhall.apps.orgs.codes import RegisterField, RegisterKind
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.usecases import note_agreement
from unionhall.apps.people.models import Account
from unionhall.kernel import clock
from unionhall.kernel.models import Job
folder = Path(sys.argv[1])
ground = Union.objects.get(name="梧桐里街道总工会")
by, administrator = Account.objects.get(username="district"), Account.objects.get(username="administrator")
took = {}
def source(kind):
    agreement = note_agreement(
        by=administrator, at=clock.now(), ground=ground, register=RegisterKind(kind), office="x", title="x", number="1",
        purpose="x", officer="x", starts=clock.today() - timedelta(days=30), ends=None,
        fields=[RegisterField(one) for one in ("NAME", "CODE", "PERSON", "ADDRESS", "PHONE")],
    )
    return arriving.add_source(by=by, at=clock.now(), agreement=agreement, name=kind)
def ready(source, name):
    path = folder / name
    made = arriving.take_in(by=by, at=clock.now(), source=source, name=name, path=path, as_of=clock.today())
    made = arriving.confirm_columns(by=by, at=clock.now(), delivery=made, mapped=made.mapped)
    arriving.read_delivery(by=by, at=clock.now(), delivery=made, step=lambda done, total: None)
    Job.objects.filter(subject=made.public_id).delete()
    return Delivery.objects.get(pk=made.pk)
def linked(name, market, union):
    run = runs.begin_run(by=by, at=clock.now(), ground=ground, market=market, union=union)
    steps, last, began = {}, ["RUN_OPENING", time.perf_counter()], time.perf_counter()
    def step(done, total, saying):
        now = time.perf_counter()
        steps[last[0]] = steps.get(last[0], 0) + now - last[1]
        last[:] = saying, now
    run = LinkageRun.objects.get(pk=run.pk)
    counts = runs.do_run(by=by, at=clock.now(), run=run, step=step, stopped=lambda: None)
    step(0, 0, "")
    Job.objects.filter(subject=run.public_id).delete()
    took[name] = {"wall": time.perf_counter() - began, "steps": steps, "counts": counts}
market, union = source("MARKET"), source("UNION")
began = time.perf_counter()
unions = ready(union, "B.parquet")
took["read"] = time.perf_counter() - began
linked("first", ready(market, "first.parquet"), unions)
unions = Delivery.objects.get(pk=unions.pk)
took["unions"] = unions.profile["rows"] - unions.profile["duplicates"]
took["bytes"] = sum((vault.folder() / name).stat().st_size for name in standing.files(unions))
began = time.perf_counter()
day = ready(market, "day.parquet")
took["day_read"] = time.perf_counter() - began
linked("day", day, unions)
took["memory"] = peak_memory()
print(json.dumps(took))
"""


def run(rows: str = str(ROWS), changed: str = str(CHANGED)) -> list[Figure]:
    """On PostgreSQL, from an empty demo city."""
    took = measure(int(rows), int(changed))
    first, day = took["first"], took["day"]
    steps = ", ".join(f"{name[4:].lower()} {spent:.1f} s" for name, spent in day["steps"].items())
    return [
        Figure(
            f"{int(changed):,} changes linked with a standing register of {took['unions']:,} and written",
            day["wall"],
            "s",
            None,
            "lower",
            f"{steps}; read before in {took['day_read']:.1f} s; {day['counts']}",
        ),
        Figure(
            f"first run, of {FIRST:,} enterprises, which leaves that register",
            first["wall"],
            "s",
            None,
            "lower",
            f"of these {first['steps'].get('RUN_KEEPING', 0):.1f} s for keeping; {took['bytes'] / 1e6:.0f} MB; "
            f"the file of unions read before in {took['read']:.1f} s",
        ),
        Figure("peak memory of the job's process", took["memory"], "MB", None, "lower"),
    ]


def measure(rows: int, changed: int):
    """What it took."""
    import duckdb

    with city("PostgreSQL") as (folder, environment):
        made = generate(Path(folder), rows=rows, seed=11)
        with duckdb.connect() as connection:
            for name, count, seed in (("first", FIRST, 1), ("day", changed, 2)):
                connection.execute(
                    f"COPY (FROM '{made.registers['A']}' USING SAMPLE reservoir({count} ROWS) REPEATABLE ({seed})) "
                    f"TO '{Path(folder) / name}.parquet' (FORMAT parquet)"
                )
        done = subprocess.run(
            [*PYTHON, "-c", MEASURE, folder], env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return json.loads(done.stdout)
