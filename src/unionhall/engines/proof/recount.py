"""The result that follows from a log's ballots, and as a review states it."""

from __future__ import annotations

from fractions import Fraction

from unionhall.engines import scoring
from unionhall.engines.proof.log import Event, Log
from unionhall.engines.scoring import Result, Sheet


def recount(log: Log) -> Result:
    """The result that follows from what a log holds so far."""
    assert log.rulebook is not None, "an entry is known only after the rules"
    standing = [entry for entry, box in log.boxes.items() if box.state != "WITHDRAWN"]
    sheets = []
    points = [
        scoring.Adjustment(event["entry"], event["type"], Fraction(event["points"]))
        for event in log.points.values()
        if event["entry"] in standing
    ]
    for entry in standing:
        box = log.boxes[entry]
        heard: dict[str, tuple[int, ...] | None] = dict.fromkeys(box.excused)
        heard |= {juror: scores for juror, (_number, _revision, scores) in box.ballots.items()}
        sheets += [
            Sheet(entry, log.jury_of[juror], juror, scores)
            for juror, scores in heard.items()
            if juror not in log.out
        ]
        if box.seconds is not None and (penalty := scoring.timing_penalty(log.rulebook, box.seconds)):
            points.append(scoring.Adjustment(entry, "TIMING", penalty))
    return scoring.count(log.rulebook, standing, sheets, points, special=frozenset(log.special))


def result_lines(result: Result) -> list[Event]:
    """A result as a review states it: every rank, prize and total, rounded and exact."""
    rounding = result.rulebook.rounding

    def exact(value: Fraction | None) -> str | None:
        return None if value is None else scoring.decimal_string(value)

    return [
        {
            "entry": line.entry,
            "rank": line.rank,
            "joint": line.joint,
            "prize": line.prize,
            "composite": scoring.shown(line.composite, rounding.composite),
            "exact": exact(line.exact),
            "juries": [
                {
                    "jury": jury.code,
                    "present": jury.present,
                    "score": scoring.shown(jury.score, rounding.jury),
                    "exact": exact(jury.exact),
                }
                for jury in line.juries
            ],
        }
        for line in result.entries
    ]
