"""Advice on how the juries of a stage scored, for its scrutineer; it changes no result."""

from __future__ import annotations

from functools import lru_cache

from unionhall.apps.contests.models import Juror, Stage
from unionhall.apps.contests.queries import counting
from unionhall.engines.scoring.advisory import Panel, advise


def panel(stage: Stage) -> Panel:
    """The advice on the closed speeches of a stage. A few seconds when it is made, then kept."""
    # Whatever changes a figure after the scoring adds a leaf to the log.
    return _panel(stage.pk, stage.log_leaves.count())


@lru_cache(maxsize=8)
def _panel(stage_id: int, _leaves: int) -> Panel:
    stage = Stage.objects.get(pk=stage_id)
    entries = counting.counted_entries(stage)
    home = {entry.public_id: str(entry.sent_by_id) for entry in entries}
    seated = Juror.objects.filter(jury__stage=stage, person__isnull=False)
    home |= {juror: str(union) for juror, union in seated.values_list("public_id", "person__union_id")}
    return advise(**counting.material(stage, entries), home=home)
