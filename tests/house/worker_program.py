"""A worker that knows two jobs made for tests.

`ask KIND [steps [times]]` asks for jobs, `work [--once]` works.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unionhall.site.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402

from unionhall.kernel import audit, clock  # noqa: E402
from unionhall.kernel.audit import SYSTEM  # noqa: E402
from unionhall.kernel.jobs import daily, enqueue, job, queue  # noqa: E402
from unionhall.kernel.models import AuditLine  # noqa: E402
from unionhall.site.work import run_work  # noqa: E402

# What the house does daily would come between the jobs that tests ask for.
daily._tasks.clear()
if "DAILY" in os.environ:
    job("OF_THE_DAY")(lambda _progress: {})
    daily.every_day("OF_THE_DAY", after=dt.time(0), union=lambda: None)


@job("STEPS")
def steps(progress, *, steps):
    """Writes a line for each step, unless an earlier attempt wrote it: repeating it is safe."""
    written = AuditLine.objects.filter(action="step", subject=progress.job.public_id).count()
    for number in range(written, steps):
        with transaction.atomic():
            audit.record(SYSTEM, "step", progress.job, at=clock.now(), refs={"number": number})
        progress.step(number + 1, steps)
        time.sleep(0.1)
    return {"written": steps}


@job("ONE_TRANSACTION")
def one_transaction(progress):
    """Keeps one transaction open until a file appears."""
    with transaction.atomic():
        audit.record(SYSTEM, "step", progress.job, at=clock.now())
        while not (Path(os.environ["UNIONHALL_VAR"]) / "go").exists():
            progress.step(1, 2)
            time.sleep(0.05)
    return {}


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    if what == "ask":
        arguments = {"steps": int(more[1])} if more[1:] else {}
        for _time in range(int(more[2]) if more[2:] else 1):
            enqueue(more[0], by=SYSTEM, at=clock.now(), **arguments)
    else:
        queue.SILENCE = dt.timedelta(seconds=float(os.environ.get("SILENCE", "30")))
        sys.exit(run_work(argparse.Namespace(once="--once" in more, parent=None)))
