"""A log read from its beginning: is each event possible where it stands, and do the figures follow?

Replaying needs the opened events of a scrutineer's bundle, or of a public one with ballots. Where ballots are
closed, or a juror was withdrawn in a closed leaf, only what is opened is checked and nothing is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from unionhall.engines.proof.bundle import Leaf
from unionhall.engines.proof.log import Event, Log
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.steps import ANNOUNCING, ImpossibleStep, ResultDiffers, take
from unionhall.engines.scoring import ScoringError


def replay(leaves: Sequence[Leaf], *, counts: bool) -> Log:
    """Read a log. ``counts`` says that all ballots are opened, so that results can be counted.

    Raises ProofError with the number of the leaf: OUT_OF_PLACE for an event that cannot stand there (with a
    code of what is wrong), RESULT_DIFFERS where a review does not follow from the ballots, RULEBOOK where
    the rule book has no sense.
    """
    log = Log(counts=counts)
    for index, leaf in enumerate(leaves):
        if leaf.event is None:
            log.closed_leaves += 1
            log.veiled += 1
            continue
        _look_behind(log, leaf.event)
        try:
            take(log, leaf.event)
        except ImpossibleStep as why:
            raise ProofError("OUT_OF_PLACE", leaf=index, kind=leaf.event["kind"], why=str(why)) from None
        except ResultDiffers as why:
            raise ProofError("RESULT_DIFFERS", leaf=index, where=str(why)) from None
        except ScoringError as error:
            code = error.problems[0].code
            raise ProofError("RULEBOOK", leaf=index, why=code) from None
        log.last, log.veiled = leaf.event["kind"], 0
        log.announced = leaf.event if log.last in ANNOUNCING else None
    return log


def _look_behind(log: Log, event: Event) -> None:
    """Give up counting where a juror may have been withdrawn in a closed leaf.

    After the end a closed leaf is that, or it announces the opened ballot or points that follow it.
    """
    if log.ended and log.veiled > (event.get("source") == "CORRECTION" or event["kind"] == "points"):
        log.counts, log.recounts = False, 0
