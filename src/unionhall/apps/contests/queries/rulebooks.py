"""Rule books as the engine reads them. A frozen one never changes, so it is kept."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from unionhall.apps.contests.models import BallotBox, RuleBookVersion, Stage
from unionhall.engines.scoring import RuleBook, decimal_string, parse_rulebook


@lru_cache(maxsize=64)
def _parsed(version_id: int) -> RuleBook:
    return parse_rulebook(RuleBookVersion.objects.get(pk=version_id).document)


def template() -> dict[str, Any]:
    """The rule book that a new stage starts from: three juries weighted 70/20/10."""
    text = resources.files("unionhall.apps.contests").joinpath("rulebook.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def in_force(stage: Stage) -> RuleBook | None:
    """The frozen rule book of a stage, or None while it is a draft."""
    return _parsed(stage.rulebook_id) if stage.rulebook_id else None


def latest_version(stage: Stage) -> RuleBookVersion | None:
    """The newest version, frozen or not."""
    return stage.rulebook_versions.order_by("-version").first()


def rulebook_shown(stage: Stage) -> RuleBook | None:
    """What the stage is or will be scored by: the frozen rule book, else the newest version."""
    version = latest_version(stage)
    return in_force(stage) or (parse_rulebook(version.document) if version else None)


def total_digits(rulebook: RuleBook) -> int:
    """How many decimals a juror's total can have."""
    return max(c.digits + len(decimal_string(c.factor).partition(".")[2]) for c in rulebook.criteria)


_version_of_box: dict[str, int] = {}


def of_box(public_id: str) -> RuleBook | None:
    """The rule book by which a box is scored; None when there is no such box, or no frozen rules."""
    version = _version_of_box.get(public_id)
    if version is None:
        version = (
            BallotBox.objects.filter(public_id=public_id)
            .values_list("entry__stage__rulebook_id", flat=True)
            .first()
        )
        if version is None:
            return None
        _version_of_box[public_id] = version
    return _parsed(version)
