"""How often the list of enterprises without a union is right, as a sample of it shows."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery

from unionhall.apps.coverage.codes import Finding, UnionState
from unionhall.apps.coverage.models import DrawnEnterprise, ListSample, SampleCheck, Stewardship
from unionhall.apps.coverage.queries.enterprises import ledger
from unionhall.apps.coverage.queries.rounds import blocks_held
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account, Person
from unionhall.engines.sampling import drawn, wilson

# So many wait on a steward's phone at once; when they are done, the next come.
MOST = 30


class Result(NamedTuple):
    """What a sample shows. Precision: of those for whom the answer is known, how many have no union."""

    size: int
    right: int
    wrong: int
    not_found: int

    @property
    def checked(self) -> int:
        """For how many there is an answer of any kind."""
        return self.right + self.wrong + self.not_found

    @property
    def waiting(self) -> int:
        """For how many there is none yet."""
        return self.size - self.checked

    @property
    def known(self) -> int:
        """Of how many it is known whether they have a union: the denominator."""
        return self.right + self.wrong

    @property
    def precision(self) -> Decimal | None:
        """Right of a hundred that are known; None where none is."""
        return _of_hundred(self.right, self.known)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Between what the precision of the whole list lies, at a level of 95 %."""
        return self._interval(self.right, self.known)

    @property
    def if_all_wrong(self) -> Decimal | None:
        """The precision if all that were not found had a union."""
        return _of_hundred(self.right, self.checked)

    @property
    def if_all_right(self) -> Decimal | None:
        """The precision if none of those that were not found had one."""
        return _of_hundred(self.right + self.not_found, self.checked)

    @property
    def span(self) -> tuple[Decimal, Decimal] | None:
        """From the interval's low end in the worse case to its high end in the better; None without any."""
        worse = self._interval(self.right, self.checked)
        better = self._interval(self.right + self.not_found, self.checked)
        return (worse[0], better[1]) if self.not_found and worse and better else None

    @staticmethod
    def _interval(hits: int, size: int) -> tuple[Decimal, Decimal] | None:
        if not size:
            return None
        low, high = (_tenth(Decimal(100 * end)) for end in wilson(hits, size))
        return low, high


def _of_hundred(part: int, whole: int) -> Decimal | None:
    return _tenth(Decimal(100 * part) / whole) if whole else None


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def listed(unions: frozenset[int]) -> list[str]:
    """The list: public ids of the enterprises of some grounds that are there and have no union, ascending."""
    rows = ledger(unions).filter(state=UnionState.NONE).order_by("public_id")
    return list(rows.values_list("public_id", flat=True))


def packed(those: list[str]) -> bytes:
    """A list as it is kept."""
    return zlib.compress("".join(f"{one}\n" for one in those).encode())


def list_of(sample: ListSample) -> list[str]:
    """The list from which a sample was drawn."""
    return zlib.decompress(bytes(sample.listed)).decode().splitlines()


def digest_of(those: list[str]) -> str:
    """The hash over a list: its lines in the order of `listed`, each ended by a line feed."""
    return hashlib.sha256("".join(f"{one}\n" for one in those).encode()).hexdigest()


def holds(sample: ListSample) -> bool:
    """Whether the list is the one that was kept, and list and seed give the enterprises of the sample."""
    those = list_of(sample)
    rows = sample.drawn.order_by("place").values_list("enterprise__public_id", flat=True)
    return digest_of(those) == sample.digest and drawn(those, sample.size, sample.seed) == list(rows)


def result(sample: ListSample) -> Result:
    """What a sample shows by the last answer for each of its enterprises."""
    rows = SampleCheck.objects.filter(drawn__sample=sample).order_by("pk")
    last = dict(rows.values_list("drawn", "finding"))
    counts = Counter(last.values())
    return Result(sample.size, counts[Finding.NONE], counts[Finding.UNION], counts[Finding.NOT_FOUND])


def samples(union: Union, most: int = 40) -> QuerySet[ListSample]:
    """The samples of a union's grounds, the latest first, without their lists."""
    rows = ListSample.objects.filter(union=union).defer("listed").select_related("account__person")
    return rows.order_by("-pk")[:most]


def newest(union: Union) -> ListSample | None:
    """The sample that is told beside the rate: the newest one that is closed, else the one under way."""
    rows = ListSample.objects.filter(union=union).defer("listed").order_by("-pk")
    return rows.filter(closed_at__isnull=False).first() or rows.first()


def rows_of(sample: ListSample) -> QuerySet[Any]:
    """The enterprises of a sample in the order of the draw, with the last answer and who looks after them."""
    return _told(sample.drawn.order_by("place"))


def _told(rows: QuerySet[DrawnEnterprise]) -> QuerySet[Any]:
    last = SampleCheck.objects.filter(drawn=OuterRef("pk")).order_by("-pk")
    steward = Stewardship.objects.filter(block=OuterRef("enterprise__block"), ends=None)
    return (
        rows.select_related("enterprise__block", "enterprise__ground")
        .defer("enterprise__extra_sealed", "enterprise__block__geometry")
        .annotate(
            finding=Subquery(last.values("finding")[:1]),
            note=Subquery(last.values("note")[:1]),
            checked_at=Subquery(last.values("at")[:1]),
            checked_by=Subquery(last.values("account__person__name")[:1]),
            steward=Subquery(steward.values("person__name")[:1]),
        )
    )


def to_check(person: Person) -> QuerySet[Any]:
    """What waits to be checked in the blocks that a person looks after, in the order of the draw."""
    rows = DrawnEnterprise.objects.filter(
        sample__closed_at=None, enterprise__block__in=blocks_held(person), checks=None
    )
    return _told(rows.select_related("sample").defer("sample__listed").order_by("sample", "place"))[:MOST]


def checked_today(account: Account, on: date) -> list[SampleCheck]:
    """What an account answered on a day, the latest first; while the sample is open it may do so anew."""
    rows = SampleCheck.objects.filter(account=account, at__date=on, drawn__sample__closed_at=None)
    return list(
        rows.select_related("drawn__enterprise")
        .defer("drawn__enterprise__extra_sealed")
        .order_by("-pk")[:MOST]
    )


def by_steward(sample: ListSample) -> list[tuple[str, int]]:
    """Who has how many still to check, the most first; an empty name for what no steward looks after."""
    steward = Stewardship.objects.filter(block=OuterRef("enterprise__block"), ends=None)
    rows = (
        sample.drawn.filter(checks=None)
        .annotate(steward=Subquery(steward.values("person__name")[:1]))
        .order_by()
        .values_list("steward")
        .annotate(n=Count("pk"))
    )
    return sorted(((name or "", n) for name, n in rows), key=lambda row: (-row[1], row[0]))
