"""From an address to the thing it names."""

from __future__ import annotations

from typing import TypeVar

from django.http import Http404

from unionhall.apps.contests import queries
from unionhall.apps.contests.models import Contest, Correction, Stage

Thing = TypeVar("Thing")


def contest(public_id: str) -> Contest:
    """The contest of an address."""
    return _or_404(Contest.objects.select_related("organiser").filter(public_id=public_id).first())


def stage(public_id: str) -> Stage:
    """The stage of an address."""
    return _or_404(queries.floor.stage_of(public_id))


def correction(public_id: str) -> Correction:
    """The correction of an address."""
    return _or_404(
        Correction.objects.select_related(
            "stage__contest",
            "replaces__box__entry__person",
            "replaces__juror",
            "juror__jury",
            "entry__person",
        )
        .filter(public_id=public_id)
        .first()
    )


def _or_404(found: Thing | None) -> Thing:
    if found is None:
        raise Http404
    return found
