"""Facts on a real database: many publish and deliver at once, and programs are killed in the midst."""

from __future__ import annotations

import subprocess
import sys

from .conftest import migrated_house

# Publishes from several threads, each delivering after its commit, beside one that delivers whatever is due.
PROGRAM = """
import django, os, random, signal, sys, threading
django.setup()
from dataclasses import dataclass
from django.db import connection, transaction
from unionhall.kernel import audit, clock, facts
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine, Fact, FactDelivery, Installation

@dataclass(frozen=True)
class Step:
    thread: int
    number: int

def write_down(fact, *, at):
    refs = {"thread": fact.thread, "number": fact.number}
    audit.record(SYSTEM, "step", Installation(pk=1), at=at, refs=refs)
    if sys.argv[1] == "killed" and fact.number == 12:
        os.kill(os.getpid(), signal.SIGKILL)

facts.hear_fact(Step, "test.steps", write_down)

def publish(thread):
    for number in range(25):
        with transaction.atomic():
            facts.publish(Step(thread, number), at=clock.now())
    connection.close()

if sys.argv[1] in ("together", "killed"):
    threads = [threading.Thread(target=publish, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
facts.deliver_due(at=clock.now())
lines = AuditLine.objects.filter(action="step").order_by("pk")
heard = [(line.refs["thread"], line.refs["number"]) for line in lines]
published = Fact.objects.count()
left = FactDelivery.objects.exclude(due_at=None).count()
of_each = [[number for t, number in heard if t == thread] for thread in range(4)]
in_order = all(numbers == sorted(numbers) for numbers in of_each)
print(published, len(heard), len(set(heard)), left, in_order)
"""


def run(environment, how):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, how], env=environment, capture_output=True, text=True, check=False
    )


def test_many_at_once_hear_each_fact_once_and_a_killed_program_loses_none(tmp_path):
    with migrated_house(tmp_path) as environment:
        together = run(environment, "together")
        assert together.stdout.split() == ["100", "100", "100", "0", "True"], together.stderr
        assert run(environment, "killed").returncode == -9
        after = run(environment, "after").stdout.split()
        assert int(after[0]) > 100
        # The second program published the same steps again: each is heard as often as it was published.
        assert (after[1], after[2], after[3]) == (after[0], "100", "0")
