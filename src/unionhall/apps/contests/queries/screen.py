"""What the hall sees: only what has been revealed or frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.utils.translation import pgettext

from unionhall.apps.contests.codes import AdjustmentKind, BoxState, StageState
from unionhall.apps.contests.models import CalibrationRound, Cue, Entry, Stage
from unionhall.apps.contests.queries import boards, calibration, counting, hearing, log, rulebooks
from unionhall.apps.contests.queries.floor import panels, speech_number
from unionhall.engines.scoring import RuleBook, decimal_string, shown

RANKING_SHOWN = 12


@dataclass(frozen=True)
class JuryShown:
    name: str
    weight: str
    score: str
    present: int
    dropped: Sequence[str]
    dropped_many: int


@dataclass(frozen=True)
class Rank:
    rank: int | None
    name: str
    composite: str
    now: bool


@dataclass(frozen=True)
class Screen:
    """The hall screen. ``face``: WELCOME, CALIBRATION, CUE, SPEECH, SCORE, SEALED, FROZEN or AWARD."""

    stage: Stage
    face: str
    cue: Cue | None = None
    entry: Entry | None = None
    place: int = 0
    speeches: int = 0
    scored: int = 0
    expected: int = 0
    limit: int | None = None
    first: hearing.Hearing | None = None
    juries: Sequence[JuryShown] = ()
    composite: str = ""
    points: Sequence[tuple[str, str]] = ()
    rank: int | None = None
    ranking: Sequence[Rank] = ()
    award: dict[str, Any] | None = None
    root: log.Root | None = None
    calibration: CalibrationRound | None = None


def screen(stage: Stage) -> Screen:
    """What stands on the hall screen now, with the last signed root below it."""
    return replace(_picture(stage), root=log.last_root(stage))


def _picture(stage: Stage) -> Screen:
    if stage.state in (StageState.REVIEWED, StageState.PUBLISHED):
        return _of_board(stage)
    if stage.state == StageState.CLOSED:
        return Screen(stage, "SEALED")
    cue = stage.current_cue
    if calibrating := calibration.under_way(stage):
        return Screen(stage, "CALIBRATION", calibration=calibrating)
    if cue is None:
        return Screen(stage, "WELCOME")
    if cue.entry is None:
        return Screen(stage, "CUE", cue=cue)
    return _of_speech(stage, cue, cue.entry)


def _of_speech(stage: Stage, cue: Cue, entry: Entry) -> Screen:
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "a stage under way has frozen rules"
    place, speeches = speech_number(stage, entry)
    revealed = [e for e in counting.counted_entries(stage) if e.box.revealed_at is not None]
    ranking = _ranking(stage, rulebook, revealed, entry)
    limit = rulebook.timing.longest if rulebook.timing else None
    if entry.box.revealed_at is None:
        counts = panels(stage, entry.box, rulebook) if entry.box.state != BoxState.WAITING else []
        return Screen(
            stage,
            "SPEECH",
            cue=cue,
            entry=entry,
            place=place,
            speeches=speeches,
            scored=sum(p.scored for p in counts),
            expected=sum(p.expected for p in counts),
            limit=limit,
            first=hearing.of_stage(stage),
            ranking=ranking,
        )
    result = counting.result(stage, revealed)
    mine = result.of(entry.public_id)
    names = {jury.code: jury for jury in rulebook.juries}
    return Screen(
        stage,
        "SCORE",
        cue=cue,
        entry=entry,
        place=place,
        speeches=speeches,
        juries=[
            JuryShown(
                name=names[j.code].name,
                weight=decimal_string(j.weight),
                score=shown(j.score, rulebook.rounding.jury) or "–",
                present=j.present,
                dropped=[_short(d.value) for d in j.dropped] if len(j.dropped) <= 4 else [],
                dropped_many=len(j.dropped) if len(j.dropped) > 4 else 0,
            )
            for j in mine.juries
        ],
        composite=shown(mine.composite, rulebook.rounding.composite) or "–",
        points=[(_points_name(a.kind), signed(a.points)) for a in mine.adjustments],
        rank=mine.rank,
        ranking=ranking,
    )


def _points_name(kind: str) -> str:
    return str(AdjustmentKind(kind).label) if kind in AdjustmentKind.values else pgettext("points", "Time")


def signed(points: Fraction) -> str:
    """Points with their sign, as they are read out."""
    return f"{'+' if points > 0 else ''}{decimal_string(points)}"


def _short(value: Fraction) -> str:
    text = decimal_string(value)
    return text if "." in text or "/" in text else f"{text}.0"


def _ranking(stage: Stage, rulebook: RuleBook, revealed: Sequence[Entry], now: Entry) -> list[Rank]:
    if not revealed:
        return []
    names = {entry.public_id: entry.person.name for entry in revealed}
    ranks = [
        Rank(
            rank=r.rank,
            name=names[r.entry],
            composite=shown(r.composite, rulebook.rounding.composite) or "",
            now=r.entry == now.public_id,
        )
        for r in counting.result(stage, revealed).entries
        if r.rank is not None
    ]
    return ranks[:RANKING_SHOWN]


def _of_board(stage: Stage) -> Screen:
    board = boards.latest(stage)
    assert board is not None, "a reviewed stage has a board"
    steps = boards.reading_order(board.document)
    if stage.read_out == 0:
        return Screen(stage, "FROZEN")
    step = steps[min(stage.read_out, len(steps)) - 1]
    composites = {e["entry"]: e["composite"] for e in board.document["result"]["entries"]}
    speakers = board.document["speakers"]
    winners = [
        {
            **speakers[w["entry"]],
            "composite": composites[w["entry"]],
            "ground": _ground(board.document, w["entry"], step),
        }
        for w in step["winners"]
    ]
    award = {"name": step["name"], "prize": step["prize"], "winners": winners}
    return Screen(stage, "AWARD", award=award)


def _ground(document: dict[str, Any], entry: str, step: dict[str, Any]) -> str:
    return str(document["special"][entry]["ground"]) if step["prize"] == "SPECIAL" else ""
