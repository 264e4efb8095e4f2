"""Searches, dashboards and the closing of a year, on an invented city of three million members.

The city is made when it is not there yet (minutes) and kept for the next run; `python -m benchmarks.membership_city
drop` takes it away.
"""

from __future__ import annotations

import gc
import random
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

from benchmarks import membership_city
from benchmarks.membership_city import GIVEN, MEMBERS, SURNAMES, identity_of, phone_of
from benchmarks.report import Figure

# Of members and strangers each, who send the join form.
PAIRS = 600

# In a process of its own: its peak of memory is that of the closing alone.
CLOSE = """
import time
from datetime import date
from benchmarks import membership_city
from benchmarks.report import peak_memory
membership_city.ready()
from django.db import transaction
from unionhall.apps.membership.models import CategorySet
from unionhall.apps.membership.usecases import figures
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.apps.people.models import Account
before = peak_memory()
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
print(closed, verified, before, peak_memory(), made.figures["MEMBERS"])
"""


def run() -> list[Figure]:
    """Each search 100 times with other words, each page 20 times; p95 of each."""
    as_of = membership_city.ready()
    from django.contrib.auth import get_user_model
    from django.test import Client

    from unionhall.apps.membership import queries
    from unionhall.apps.orgs.models import Union
    from unionhall.engines.identifiers import identity_check_character

    # As the server does.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
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
    figures.append(_alike(rng, identity_check_character))
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
            peak - before,
            "MB",
            1000,
            "lower",
            counted,
        ),
    ]
    return figures


def _alike(rng: random.Random, check: Callable[[str], str]) -> Figure:
    """The join form sent by members and by strangers in turn: whether the time of the answer tells them apart.

    Each pair is taken back, so that the last is answered from the same tables as the first.
    """
    from django.db import transaction
    from django.test import Client

    from unionhall.apps.orgs.models import Union

    client, streets = Client(), list(Union.objects.filter(level="STREET").values_list("public_id", flat=True))
    times: dict[str, list[float]] = {"member": [], "stranger": []}

    def sent(n: int) -> float:
        filled = {
            "key": secrets.token_hex(16),
            "secret": secrets.token_hex(16),
            "name": "江小满",
            "identity_kind": "ID_CARD",
            "identity": identity_of(n, check),
            "phone": phone_of(n),
            "employment": "PLATFORM",
            "workplace": "快送",
            "site": "城东站",
            "occupation": "FOOD_RIDER",
            "area": rng.choice(streets),
            "filled_by": "SELF",
            "consent": "on",
        }
        began = time.perf_counter()
        answer = client.post("/join", filled)
        taken = time.perf_counter() - began
        assert answer.status_code == 302, answer.content
        return taken

    for pair in range(PAIRS + 10):
        one = {"member": rng.randrange(1, MEMBERS + 1), "stranger": MEMBERS + 1 + pair}
        with transaction.atomic():
            for who in rng.sample(list(one), 2):
                taken = sent(one[who])
                if pair >= 10:
                    times[who].append(taken)
            transaction.set_rollback(True)
    ratio, low, high = ratio_of_medians(times["member"], times["stranger"], rng)
    said = f"members / strangers {ratio:.3f}, 95 % of resamples {low:.3f} to {high:.3f}; {PAIRS} of each, in turn"
    return Figure("join form answered, ratio of medians", max(ratio, 1 / ratio), "", 1.05, "lower", said)


def ratio_of_medians(
    ours: list[float], theirs: list[float], rng: random.Random
) -> tuple[float, float, float]:
    """The ratio, and between what 95 % of the ratios of resamples lie."""

    def again(times: list[float]) -> float:
        return statistics.median(rng.choices(times, k=len(times)))

    resampled = sorted(again(ours) / again(theirs) for _n in range(1000))
    return statistics.median(ours) / statistics.median(theirs), resampled[25], resampled[974]


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
