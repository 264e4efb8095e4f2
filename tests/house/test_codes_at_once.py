"""Codes asked for at the same instant, by real threads on a real database: as many go out as are allowed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import migrated_house

# What is asked for is read from the arguments: how many threads at once, how often, and whether each has a
# phone of its own. The gateway is slow, and looks whether anybody holds anything while it sends.
PROGRAM = """
import django, sys, threading
django.setup()
from collections import Counter
from datetime import timedelta
from django.db import connection
from unionhall.apps.membership.usecases.confirmation import send_code
from unionhall.kernel import clock, sms
from unionhall.kernel.refusals import Refusal

threads, rounds, phones = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
answers, inside, sending, all_sending = [], [], [], threading.Event()

class Slow:
    def send(self, phone, text):
        inside.append(connection.in_atomic_block)
        sending.append(phone)
        if len(sending) == at_once:
            all_sending.set()
        # Those that may send are all inside at once: one that held a turn would keep the others out.
        answers.append("together" if all_sending.wait(10) else "alone")
        connection.close()

def ask(number, at):
    ready.wait()
    phone = f"199001{number:05}" if phones == "own" else "19900000000"
    try:
        send_code(at=at, phone=phone, address=phones)
        answers.append("sent")
    except Refusal as refusal:
        answers.append(refusal.code)
    finally:
        connection.close()

sms.use(Slow())
start = clock.now()
for turn in range(rounds):
    sending.clear()
    all_sending.clear()
    at_once = 20 if phones == "own" else 1
    ready = threading.Barrier(threads)
    at = start + timedelta(seconds=61 * turn)
    asking = [threading.Thread(target=ask, args=(n, at)) for n in range(threads)]
    for one in asking: one.start()
    for one in asking: one.join()
print(*(f"{name}={n}" for name, n in sorted(Counter(answers).items())), f"inside={any(inside)}")
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    with migrated_house(tmp_path_factory.mktemp("codes")) as made:
        yield made


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        # One phone: one a minute and five a day, however many ask at each instant.
        (("8", "7", "shared"), "SMS_DAY=16 SMS_PAUSE=35 sent=5 together=5 inside=False"),
        # One address: twenty a day, though every request is for another phone.
        (("26", "1", "own"), "SMS_DAY=6 sent=20 together=20 inside=False"),
    ],
    ids=["phone", "address"],
)
def test_at_one_instant_no_more_codes_go_out_than_allowed(environment, asked, answered):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *asked],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == answered, done.stderr
