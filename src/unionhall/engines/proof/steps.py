"""Each kind of event: whether it is possible where it stands, and what the log says after it."""

from __future__ import annotations

from unionhall.engines import scoring
from unionhall.engines.proof.log import Box, Event, Log
from unionhall.engines.proof.recount import recount, result_lines
from unionhall.engines.scoring import RuleBook, ScoringError

# What two people have signed, and the kind of the leaf that must come next.
ANNOUNCING = {"correction": "ballot", "late-points": "points"}


class ImpossibleStep(Exception):  # noqa: N818 - told as a ProofError with its place
    """An event cannot stand where it stands; the code says why."""


class ResultDiffers(Exception):  # noqa: N818 - told as a ProofError with its place
    """A review does not follow from the ballots; the text says where."""


def _must(holds: object, why: str) -> None:
    if not holds:
        raise ImpossibleStep(why)


def _rules(log: Log, event: Event) -> None:
    _must(log.rulebook is None, "RULES_TWICE")
    log.rulebook = scoring.parse_rulebook(event["rulebook"])
    log.stage, log.contest, log.name = event["stage"], event["contest"], event["name"]


def _entries(log: Log, event: Event) -> None:
    _must(log.rulebook and not log.entries and not log.frozen, "ENTRIES_TWICE")
    for entry in event["entries"]:
        _must(entry["entry"] not in log.entries, "ENTRY_TWICE")
        log.entries[entry["entry"]] = entry
        log.boxes[entry["entry"]] = Box()
    numbers = [entry["number"] for entry in event["entries"]]
    _must(numbers == sorted(set(numbers)), "NUMBERS")


def _jury(log: Log, event: Event) -> None:
    _must(log.rulebook and event["jury"] in {j.code for j in log.rulebook.juries}, "JURY_UNKNOWN")
    former = log.juries.get(event["jury"], [])
    _must(event["jurors"][: len(former)] == former, "SEAT_VANISHED")
    for juror in event["jurors"][len(former) :]:
        _must(juror not in log.jury_of, "JUROR_TWICE")
        log.jury_of[juror] = event["jury"]
    log.juries[event["jury"]] = event["jurors"]


def _box(log: Log, event: Event, *states: str) -> Box:
    box = log.boxes.get(event["entry"])
    _must(box is not None, "ENTRY_UNKNOWN")
    assert box is not None, "or the line above has left"
    _must(not states or box.state in states, f"BOX_{box.state}")
    if "juror" in event:
        _must(event["juror"] in log.jury_of, "JUROR_UNKNOWN")
    return box


def _before_review(log: Log) -> None:
    # After a review only a reopening leads back before it.
    _must(not log.stands, "REVIEWED")


def _before_end(log: Log) -> None:
    # One signature is enough while scores come in; afterwards a change takes two.
    _before_review(log)
    _must(not log.ended, "ENDED")


def _freeze(log: Log, _event: Event) -> None:
    _must(log.entries and log.rulebook, "NO_ENTRIES")
    _must(not log.frozen, "FROZEN_TWICE")
    log.frozen = True


def _withdrawal(log: Log, event: Event) -> None:
    _box(log, event, "WAITING").state = "WITHDRAWN"


def _heard(log: Log, event: Event) -> None:
    _must(log.frozen and log.unheard, "NOT_DEFERRED")
    box = _box(log, event, "WAITING")
    _must(not box.heard, "HEARD_TWICE")
    box.heard = True


def _opening(log: Log, event: Event) -> None:
    _must(log.frozen and log.open_entry is None and not log.ended, "ANOTHER_OPEN")
    _must(not log.unheard, "SPEECHES_NOT_HEARD")
    _box(log, event, "WAITING").state = "OPEN"


def _excusal(log: Log, event: Event) -> None:
    box = _box(log, event, "WAITING", "OPEN", "WITHDRAWN")
    box.excused[event["juror"]] = event["why"]


def _excusal_lifted(log: Log, event: Event) -> None:
    box = _box(log, event, "WAITING", "OPEN", "WITHDRAWN")
    box.excused.pop(event["juror"], None)


def _ballot(log: Log, event: Event) -> None:
    corrects = event["source"] == "CORRECTION"
    box = _box(log, event, "CLOSED" if corrects else "OPEN")
    _must(event["number"] not in log.numbers, "NUMBER_TWICE")
    if corrects:
        _must(log.announced or log.veiled, "NOT_A_CORRECTION")
        if log.announced:
            whose = log.numbers.get(log.announced["replaces"])
            _must(whose == (event["entry"], event["juror"]), "CORRECTS_ANOTHER")
    else:
        _must(not log.announced, "NOT_A_CORRECTION")
        _must(box.excused.get(event["juror"]) != "RECUSED", "RECUSED")
    former = box.ballots.get(event["juror"])
    _must(event["revision"] == (former[1] if former else 0) + 1, "REVISION")
    scores = tuple(event["scores"])
    assert log.rulebook is not None, "an entry is known only after the rules"
    if scores not in log.sound:
        _must(_permitted(log.rulebook, scores), "SCORES")
        log.sound.add(scores)
    box.ballots[event["juror"]] = (event["number"], event["revision"], scores)
    log.numbers[event["number"]] = (event["entry"], event["juror"])
    log.ballots += 1


def _permitted(rulebook: RuleBook, scores: tuple[int, ...]) -> bool:
    if len(scores) != len(rulebook.criteria):
        return False
    try:
        scoring.read_scores(rulebook, scoring.written_scores(rulebook, scores))
    except ScoringError:
        return False
    return True


def _refusal(log: Log, event: Event) -> None:
    _box(log, event)


def _closing(log: Log, event: Event) -> None:
    box = _box(log, event, "OPEN")
    if log.counts:
        received = sum(revision for _number, revision, _scores in box.ballots.values())
        _must(received == event["ballots"], "BALLOTS_MISSING")
    box.state = "CLOSED"


def _time(log: Log, event: Event) -> None:
    _before_end(log)
    box = _box(log, event)
    _must(box.seconds is None, "TIME_TWICE")
    box.seconds = event["seconds"]


def _points_given(log: Log, event: Event) -> None:
    _before_review(log)
    _must(not log.ended or log.announced or log.veiled, "ONE_SIGNATURE")
    _box(log, event)
    _must(event["number"] not in log.points, "NUMBER_TWICE")
    log.points[event["number"]] = event


def _points_withdrawn(log: Log, event: Event) -> None:
    _before_end(log)
    _must(log.points.pop(event["number"], None), "POINTS_UNKNOWN")


def _special_given(log: Log, event: Event) -> None:
    _before_end(log)
    _box(log, event)
    log.special[event["entry"]] = event


def _special_withdrawn(log: Log, event: Event) -> None:
    _before_end(log)
    _must(log.special.pop(event["entry"], None), "SPECIAL_UNKNOWN")


def _correction(log: Log, event: Event) -> None:
    _before_review(log)
    _must(event["proposed_by"] != event["confirmed_by"], "SECOND_PERSON")
    entry, juror = log.numbers.get(event["replaces"], ("", ""))
    _must(not log.counts or entry, "NUMBER_UNKNOWN")
    if entry:
        box = log.boxes[entry]
        _must(box.state == "CLOSED" and box.ballots[juror][0] == event["replaces"], "STALE")


def _late_points(log: Log, event: Event) -> None:
    _before_review(log)
    _must(log.ended, "NOT_ENDED")
    _must(event["proposed_by"] != event["confirmed_by"], "SECOND_PERSON")


def _juror_withdrawn(log: Log, event: Event) -> None:
    _before_review(log)
    _must(log.ended, "NOT_ENDED")
    _must(event["proposed_by"] != event["confirmed_by"], "SECOND_PERSON")
    _must(event["juror"] in log.jury_of, "JUROR_UNKNOWN")
    _must(event["juror"] not in log.out, "WITHDRAWN_TWICE")
    log.out.add(event["juror"])


def _reopening(log: Log, event: Event) -> None:
    _must(log.stands and event["revision"] == log.reviewed, "NOT_REVIEWED")
    _must(event["proposed_by"] != event["confirmed_by"], "SECOND_PERSON")
    log.stands = False


def _end(log: Log, _event: Event) -> None:
    _must(log.frozen and not log.ended, "ENDED")
    _must(all(box.state in ("CLOSED", "WITHDRAWN") for box in log.boxes.values()), "SPEECHES_LEFT")
    log.ended = True


def _review(log: Log, event: Event) -> None:
    _must(log.ended and not log.stands and event["revision"] == log.reviewed + 1, "REVISION")
    standing = [entry for entry, box in log.boxes.items() if box.state != "WITHDRAWN"]
    _must(sorted(line["entry"] for line in event["result"]) == sorted(standing), "RESULT_ENTRIES")
    log.reviewed, log.stands = event["revision"], True
    log.result = event["result"]
    if log.counts:
        counted = result_lines(recount(log))
        log.recounts += 1
        for found, stated in zip(counted, event["result"], strict=True):
            if found != stated:
                raise ResultDiffers(f"{stated['entry']}: {_first_difference(found, stated)}")


def _first_difference(found: Event, stated: Event) -> str:
    name = next(name for name in found if found[name] != stated[name])
    return f"{name} {stated[name]}, counted {found[name]}" if name != "juries" else "juries"


def _publication(log: Log, event: Event) -> None:
    _must(log.stands and event["revision"] == log.reviewed > log.published, "REVISION")
    log.published, log.private = event["revision"], event["private"]


STEPS = {
    "rules": _rules,
    "entries": _entries,
    "jury": _jury,
    "freeze": _freeze,
    "withdrawal": _withdrawal,
    "heard": _heard,
    "opening": _opening,
    "excusal": _excusal,
    "excusal-lifted": _excusal_lifted,
    "ballot": _ballot,
    "refusal": _refusal,
    "closing": _closing,
    "time": _time,
    "points": _points_given,
    "points-withdrawn": _points_withdrawn,
    "special": _special_given,
    "special-withdrawn": _special_withdrawn,
    "correction": _correction,
    "late-points": _late_points,
    "juror-withdrawn": _juror_withdrawn,
    "reopening": _reopening,
    "end": _end,
    "review": _review,
    "publication": _publication,
}


def take(log: Log, event: Event) -> None:
    """Let a log go one event further. Raises ImpossibleStep, ResultDiffers or a rule book's ScoringError."""
    if log.announced:
        follows = ANNOUNCING[log.announced["kind"]], log.announced["number"]
        _must((event["kind"], event.get("number")) == follows, "ANNOUNCED_OTHER")
    STEPS[event["kind"]](log, event)
