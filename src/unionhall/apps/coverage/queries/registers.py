"""Registers, their files, runs and the pairs that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from unionhall.apps.coverage.codes import LINKABLE, DeliveryState, PairState
from unionhall.apps.coverage.models import (
    Delivery,
    LinkageRun,
    PairOpinion,
    PairRecall,
    RegisterSource,
    ReviewPair,
)
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.kernel.models import Job


def agreements(ground: Union) -> QuerySet[Agreement]:
    """The agreements of a ground, the newest first."""
    return Agreement.objects.filter(ground=ground).order_by("-starts", "-pk")


def sources(ground: Union) -> QuerySet[RegisterSource]:
    """The registers of a ground, with their agreements."""
    return (
        RegisterSource.objects.filter(agreement__ground=ground)
        .select_related("agreement")
        .order_by("agreement__register", "pk")
    )


def deliveries(ground: Union, most: int = 30) -> QuerySet[Delivery]:
    """The last files of a ground's registers."""
    found = Delivery.objects.filter(source__agreement__ground=ground)
    return found.select_related("source__agreement", "account__person").order_by("-pk")[:most]


def ready(ground: Union, register: str) -> QuerySet[Delivery]:
    """Files of one kind of register that can be linked, and the standing register; the newest first."""
    found = Delivery.objects.filter(
        source__agreement__ground=ground, source__agreement__register=register, state__in=LINKABLE
    )
    return found.select_related("source").order_by("-as_of", "-pk")


def standing(ground: Union) -> QuerySet[Delivery]:
    """The register of unions of a ground as it is kept; one or none."""
    return Delivery.objects.filter(source__agreement__ground=ground, state=DeliveryState.KEPT)


def runs(ground: Union, most: int = 20) -> QuerySet[LinkageRun]:
    """The last runs of a ground, each with how many of its pairs wait."""
    waiting = Count("pairs", filter=Q(pairs__state=PairState.OPEN))
    found = LinkageRun.objects.filter(ground=ground).annotate(waiting=waiting)
    return found.select_related("account__person").order_by("-pk")[:most]


def runs_with(delivery: Delivery) -> QuerySet[LinkageRun]:
    """The runs that use a file."""
    return LinkageRun.objects.filter(
        Q(market=delivery) | Q(union=delivery) | Q(tax=delivery) | Q(insurance=delivery)
    )


def run_before(run: LinkageRun, *, standing: bool) -> LinkageRun | None:
    """The last run of the same ground that was written, and like it met the standing register or a file."""
    found = LinkageRun.objects.filter(ground=run.ground, written_at__isnull=False, pk__lt=run.pk)
    like = Q(report__has_key="standing")
    return found.filter(like if standing else ~like).order_by("-pk").first()


def pairs_before(run: LinkageRun) -> QuerySet[ReviewPair]:
    """The pairs that earlier runs of the ground left to people, while they are not decided."""
    return ReviewPair.objects.filter(run__ground=run.ground, run__lt=run, state=PairState.OPEN)


def last_job(subject: str) -> Job | None:
    """The job that works on something, or did so last."""
    return Job.objects.filter(subject=subject).order_by("-pk").first()


def waiting(run: LinkageRun, account: int) -> QuerySet[ReviewPair]:
    """The pairs of a run that an account can still say something about, the likeliest first."""
    said = PairOpinion.objects.filter(account=account, pair__run=run, recall=None).values("pair")
    return run.pairs.filter(state=PairState.OPEN).exclude(pk__in=said).order_by("-probability", "pk")


def following(pair: ReviewPair, account: int) -> ReviewPair | None:
    """The pair that comes after one; after the last, the first again."""
    rows = waiting(pair.run, account).exclude(pk=pair.pk)
    later = Q(probability__lt=pair.probability) | Q(probability=pair.probability, pk__gt=pair.pk)
    return rows.filter(later).first() or rows.first()


def last_opinion(ground: Union, account: int) -> PairOpinion | None:
    """What an account has said last of a pair of a ground, and not taken back."""
    said = PairOpinion.objects.filter(account=account, pair__run__ground=ground, recall=None)
    return said.select_related("pair").order_by("-pk").first()


def recallable(ground: Union, account: int, since: datetime) -> QuerySet[PairOpinion]:
    """What was said since then of a ground's pairs, the latest first.

    What others said of a pair that is still open is left out: whoever is asked next shall not know it.
    """
    kept = PairOpinion.objects.filter(
        pair__run__ground=ground, pair__sealed__isnull=False, recall=None, at__gt=since
    )
    shown = kept.filter(Q(account=account) | ~Q(pair__state=PairState.OPEN))
    return shown.select_related("pair", "account__person").order_by("-pk")


class Agreed(NamedTuple):
    """Of so many pairs that two people looked at, on so many they agreed."""

    pairs: int
    agreed: int


def agreed(runs: Iterable[LinkageRun]) -> Agreed:
    """How far the first two opinions agree where a second was asked for.

    An opinion that was taken back does not count, nor does a pair that was opened again: whoever looks at it
    then may know what others said.
    """
    said: dict[int, list[str]] = {}
    runs = list(runs)
    reopened = PairRecall.objects.filter(opinion__pair__run__in=runs, reopened=True).values("opinion__pair")
    rows = PairOpinion.objects.filter(pair__run__in=runs, pair__twice=True, recall=None)
    rows = rows.exclude(pair__in=reopened).order_by("pk")
    for pair, verdict in rows.values_list("pair", "verdict"):
        said.setdefault(pair, []).append(verdict)
    both = [verdicts[:2] for verdicts in said.values() if len(verdicts) > 1]
    return Agreed(len(both), sum(one == other for one, other in both))


def pair_counts(run: LinkageRun) -> dict[str, int]:
    """How many pairs of a run stand how."""
    rows = run.pairs.order_by().values_list("state").annotate(pairs=Count("pk"))
    return dict(rows)
