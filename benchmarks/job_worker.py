"""A worker that knows two jobs made to disturb: one that only computes, one that only writes."""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unionhall.site.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402

from unionhall.kernel import audit, clock  # noqa: E402
from unionhall.kernel.audit import SYSTEM  # noqa: E402
from unionhall.kernel.jobs import enqueue, job  # noqa: E402
from unionhall.kernel.models import Installation  # noqa: E402
from unionhall.site.work import run_work  # noqa: E402


@job("BENCH_COMPUTE")
def compute(progress):
    """Pure Python until it is cancelled."""
    number = 0
    while True:
        sum(i * i for i in range(20_000))
        number += 1
        progress.step(number)


@job("BENCH_WRITE")
def write(progress, rows):
    """Short transactions of so many rows, one after the other without a pause, until it is cancelled."""
    installation, number = Installation(pk=1), 0
    while True:
        with transaction.atomic():
            lines = (audit.line(SYSTEM, "bench", installation, at=clock.now()) for _ in range(rows))
            audit.record_all(lines)
        number += rows
        progress.step(number)


if __name__ == "__main__":
    kind, *rows = sys.argv[1:]
    enqueue(kind, by=SYSTEM, at=clock.now(), **({"rows": int(rows[0])} if rows else {}))
    sys.exit(run_work(argparse.Namespace(once=False, parent=None)))
