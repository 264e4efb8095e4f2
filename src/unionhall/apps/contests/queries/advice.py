"""Advice on how the juries of a stage scored, for its scrutineer; it changes no result."""

from __future__ import annotations

from functools import lru_cache

from unionhall.apps.contests.models import Juror, Stage
from unionhall.apps.contests.queries import counting
from unionhall.engines.scoring.advisory import Panel, advise


def panel(stage: Stage) -> Panel:
    """The advice on the closed speeches of a stage. A few seconds when it is made, then kept."""
    last = stage.log_leaves.order_by("-position").values_list("commitment", flat=True).first()
    # Whatever changes a figure after the scoring adds a leaf, and no two leaves have one commitment. A stage
    # without a log is counted each time.
    return _make(stage.pk) if last is None else _kept(stage.pk, bytes(last))


def names(stage: Stage) -> dict[str, str]:
    """Jurors' labels and speakers' names by their public ids."""
    jurors = Juror.objects.filter(jury__stage=stage).values_list("public_id", "label")
    return dict(jurors) | dict(stage.entries.values_list("public_id", "person__name"))


@lru_cache(maxsize=8)
def _kept(stage_id: int, _last_leaf: bytes) -> Panel:
    return _make(stage_id)


def _make(stage_id: int) -> Panel:
    stage = Stage.objects.get(pk=stage_id)
    entries = counting.counted_entries(stage)
    home = {entry.public_id: str(entry.sent_by_id) for entry in entries}
    seated = Juror.objects.filter(jury__stage=stage, person__union__isnull=False)
    home |= {juror: str(union) for juror, union in seated.values_list("public_id", "person__union_id")}
    return advise(**counting.material(stage, entries), home=home)
