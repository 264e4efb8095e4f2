"""Searches, dashboards and the closing of a year, on an invented city of three million members.

The city is made when it is not there yet (minutes) and kept for the next run; `python -m benchmarks.membership_city
drop` takes it away.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

from benchmarks import membership_city
from benchmarks.membership_city import GIVEN, MEMBERS, SURNAMES, identity_of, phone_of
from benchmarks.report import Figure

# In a process of its own: its peak of memory is that of the closing alone.
CLOSE = """
import resource
import time
from datetime import date
from benchmarks import membership_city
membership_city.ready()
from django.db import transaction
from unionhall.apps.membership.models import CategorySet
from unionhall.apps.membership.usecases import figures
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.apps.people.models import Account
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
today = clock.today()
with transaction.atomic():
    began = time.perf_counter()
    made = figures.close_period(
        by=Account.objects.get(username="city"), at=clock.now(), union=Union.objects.get(level="CITY"),
        starts=date(today.year, 1, 1), ends=today, listed=CategorySet.objects.get(code="FOUR_GROUPS"),
    )
    closed = time.perf_counter() - began
    began = time.perf_counter()
    sound = all(figures.verified(made).values())
    verified = time.perf_counter() - began
    assert sound
    transaction.set_rollback(True)
print(closed, verified, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, made.figures["MEMBERS"])
"""


def run() -> list[Figure]:
    """Each search 100 times with other words, each page 20 times; p95 of each."""
    as_of = membership_city.ready()
    from django.contrib.auth import get_user_model
    from django.test import Client

    from unionhall.apps.membership import queries
    from unionhall.apps.orgs.models import Union
    from unionhall.engines.identifiers import identity_check_character

    rng = random.Random(2)
    city = f"{MEMBERS:,} members, made {as_of}"
    figures = []

    def name() -> str:
        return rng.choice(SURNAMES) + rng.choice(GIVEN)

    def anyone() -> int:
        return rng.randrange(1, MEMBERS + 1)

    searches: list[tuple[str, Callable[[], str]]] = [
        ("name, exact or longer", name),
        ("surname only", lambda: rng.choice(SURNAMES)),
        ("phone", lambda: phone_of(anyone())),
        ("last four digits", lambda: f"{rng.randrange(10_000):04}"),
        ("identity number", lambda: identity_of(anyone(), identity_check_character)),
    ]
    for who in ("city", "district", "street"):
        account = get_user_model().objects.select_related("person").get(username=who)
        for what, word in searches:
            words = [word() for _n in range(100)]
            taken = _p95(lambda text, account=account: queries.rolls.found(account, text), words)
            figures.append(
                Figure(f"member found by {what}, {who} officer, p95", taken, "ms", 100, "lower", city)
            )
    for who, level, target in (
        ("street", "STREET", 300),
        ("district", "DISTRICT", 300),
        ("city", "CITY", 2000),
    ):
        client = Client()
        client.force_login(get_user_model().objects.get(username=who))
        union = Union.objects.filter(level=level).order_by("pk")[0]
        for what, path in (
            ("dashboard", "/joining"),
            ("cohorts", f"/unions/{union.public_id}/joining/cohorts"),
            ("joins behind a number", f"/unions/{union.public_id}/joining/entries?figure=JOINS"),
            (
                "joins of a channel, a month",
                f"/unions/{union.public_id}/joining/entries?figure=JOINS&channel=STATION&month=3",
            ),
        ):
            taken = _p95(lambda address, client=client: _opened(client, address), [path] * 20)
            figures.append(Figure(f"{what}, page of the {who}, p95", taken, "ms", target, "lower", city))
    closed, verified, before, peak, members = map(
        float,
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CLOSE], capture_output=True, check=True, text=True
        ).stdout.split()[-5:],
    )
    counted = f"{int(members):,} counted as members; {city}"
    figures += [
        Figure("a year of the city closed", closed, "s", 60, "lower", counted),
        Figure("a year of the city checked again", verified, "s", 60, "lower", counted),
        Figure(
            "closing and checking, peak of memory beyond the idle program",
            (peak - before) / 1024,
            "MB",
            1000,
            "lower",
            counted,
        ),
    ]
    return figures


def _p95(work: Callable[[str], object], words: Iterable[str]) -> float:
    """Milliseconds; the first word is done twice, so that nothing is measured cold."""
    listed = list(words)
    work(listed[0])
    times = []
    for word in listed:
        began = time.perf_counter()
        work(word)
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[int(len(times) * 0.95) - 1]


def _opened(client, address: str) -> None:
    assert client.get(address).status_code == 200, address
