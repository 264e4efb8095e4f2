"""What still stands between a draft stage and its freezing."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from unionhall.apps.contests.codes import Admission, DutyRole, EntryState
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.queries import rulebooks
from unionhall.engines.scoring import parse_rulebook


@dataclass(frozen=True)
class Obstacle:
    code: str
    data: dict[str, str | int] = field(default_factory=dict)


def obstacles(stage: Stage) -> list[Obstacle]:
    """Everything that must be mended before the stage can be frozen, in the order one would mend it."""
    found: list[Obstacle] = []
    version = rulebooks.latest_version(stage)
    if version is None:
        found.append(Obstacle("NO_RULEBOOK"))
    if not stage.entries.filter(state=EntryState.REGISTERED).exists():
        found.append(Obstacle("NO_ENTRIES"))
    elif stage.drawn_at is None:
        found.append(Obstacle("NOT_DRAWN"))
    if version is not None:
        ruled = {jury.code: jury for jury in parse_rulebook(version.document).juries}
        formed = {j.code: j for j in stage.juries.annotate(seats=Count("jurors"))}
        found += [
            Obstacle("JURY_NOT_FORMED", {"jury": j.name}) for j in ruled.values() if j.code not in formed
        ]
        for code, jury in formed.items():
            if code not in ruled:
                found.append(Obstacle("JURY_NOT_IN_RULES", {"jury": jury.name}))
            elif jury.admission == Admission.OPEN and ruled[code].weight > 0:
                found.append(Obstacle("OPEN_JURY_WEIGHS", {"jury": jury.name}))
            elif jury.admission == Admission.LISTED and not jury.seats:
                found.append(Obstacle("JURY_WITHOUT_JURORS", {"jury": jury.name}))
    held = set(stage.duties.values_list("role", flat=True))
    found += [Obstacle("DUTY_OPEN", {"role": role}) for role in DutyRole.values if role not in held]
    return sorted(found, key=lambda o: o.code != "NO_RULEBOOK")
