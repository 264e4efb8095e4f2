"""The board: a counted result with the names that belong to it, as one document to be stored and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from unionhall.apps.contests.codes import StageState
from unionhall.apps.contests.models import Board, SpecialPrize, Stage
from unionhall.apps.contests.queries import counting, rulebooks
from unionhall.engines.scoring import result_document


def document(stage: Stage) -> dict[str, Any]:
    """The board of a stage as it would be frozen now.

    The engine's result, unchanged, under ``result``; speakers by the entry's public id, prizes from the
    last to be read out first, and the rule book's version and digest.
    """
    entries = counting.counted_entries(stage)
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "a counted stage has frozen rules"
    assert stage.rulebook is not None, "and so it names their version"
    result = counting.result(stage, entries)
    special = {
        prize.entry.public_id: {"name": prize.name, "ground": prize.ground, "evidence": prize.evidence}
        for prize in SpecialPrize.objects.filter(entry__in=entries).select_related("entry")
    }
    return {
        "stage": stage.public_id,
        "rulebook": {"version": stage.rulebook.version, "sha256": stage.rulebook.digest},
        "juries": [{"code": j.code, "name": j.name, "weight": str(j.weight)} for j in rulebook.juries],
        # Lists, since PostgreSQL does not keep the order of an object's names.
        "prizes": [{"code": prize.code, "name": prize.name} for prize in rulebook.prizes],
        "speakers": {
            entry.public_id: {
                "number": entry.number,
                "name": entry.person.name,
                "title": entry.title,
                "unit": entry.unit,
                "trade": entry.trade,
            }
            for entry in entries
        },
        "special": special,
        "result": result_document(result),
    }


def undecided(board: Mapping[str, Any]) -> list[str]:
    """The names of those whom the rule book's ladder of ties leaves equal without calling them joint."""
    speakers = board["speakers"]
    return [speakers[e["entry"]]["name"] for e in board["result"]["entries"] if e["undecided"]]


def digest(board: Mapping[str, Any]) -> str:
    """The SHA-256 of a board's canonical JSON; what screens and sheets show of it is its beginning."""
    text = json.dumps(board, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def latest(stage: Stage) -> Board | None:
    """The newest stored board of a stage."""
    return stage.boards.order_by("-revision").first()


def published(stage: Stage) -> Board | None:
    """The newest board that everybody may see; a late change does not take it away before the next."""
    if stage.state == StageState.PUBLISHED:
        return latest(stage)
    return stage.boards.filter(awards__isnull=False).order_by("-revision").first()


def reading_order(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps in which a board is read out: the last prize first, the special prize last.

    Each step is ``{"prize", "name", "winners": [{"entry", "prize", "name"}]}``, winners by number.
    """
    ranked = board["result"]["entries"]
    speakers = board["speakers"]

    def step(code: str, name: str, winners: list[str]) -> dict[str, Any]:
        winners.sort(key=lambda entry: speakers[entry]["number"])
        return {
            "prize": code,
            "name": name,
            "winners": [{"entry": entry, "prize": code, "name": name} for entry in winners],
        }

    steps = [
        step(prize["code"], prize["name"], [e["entry"] for e in ranked if e["prize"] == prize["code"]])
        for prize in reversed(board["prizes"])
    ]
    by_name: dict[str, list[str]] = {}
    for entry, prize in board["special"].items():
        by_name.setdefault(prize["name"], []).append(entry)
    steps += [step("SPECIAL", name, winners) for name, winners in by_name.items()]
    return [s for s in steps if s["winners"]]
