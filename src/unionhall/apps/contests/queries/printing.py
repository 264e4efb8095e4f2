"""What printed pages and workbooks of a contest hold, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from unionhall.apps.contests.codes import EntryState
from unionhall.apps.contests.models import Ballot, Board, Juror, Stage
from unionhall.apps.contests.queries import boards, log, rulebooks
from unionhall.engines.scoring import decimal_string, sheet_total, written_scores


def _common(stage: Stage, title: str) -> dict[str, Any]:
    root = log.last_root(stage)
    return {
        "title": title,
        "contest": f"{stage.contest.name} {stage.name}",
        "organiser": stage.contest.organiser.name,
        "date": date_format(localtime(stage.starts_at), "DATE_FORMAT"),
        "root": root.whole if root else None,
        "key": root.fingerprint if root else None,
        "words": {"root": _("Root of the signed log"), "key": _("Key fingerprint")},
    }


def seats_of(stage: Stage, jury: str, first: int, most: int) -> list[Juror]:
    """At most so many jurors of a jury, from a seat on."""
    jurors = Juror.objects.filter(jury__stage=stage, jury__code=jury, seat__gte=first)
    return list(jurors.select_related("jury").order_by("seat")[:most])


def score_sheets(stage: Stage, jurors: list[Juror]) -> dict[str, Any]:
    """Paper score sheets of ``jurors``."""
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "sheets are printed of a frozen stage"
    told = _common(stage, _("Score sheet"))
    told["words"] |= {
        "sheet": _("Score sheet"),
        "jury": _("Jury"),
        "seat": _("Seat"),
        "number": _("No."),
        "speech": _("Speaker and speech"),
        "total": _("Total"),
        "juror": _("Signature of the juror"),
        "date": _("Signed on"),
        "how": _("Write each score in its box and sign. The desk enters the sheet when no phone is at hand."),
    }
    entries = stage.entries.filter(state=EntryState.REGISTERED).select_related("person").order_by("number")
    return told | {
        "criteria": [{"name": c.name, "max": decimal_string(c.maximum)} for c in rulebook.criteria],
        "speeches": [
            {"number": entry.number, "name": entry.person.name, "title": f"《{entry.title}》"}
            for entry in entries
        ],
        "jurors": [{"jury": juror.jury.name, "label": juror.label} for juror in jurors],
    }


def summary(stage: Stage, board: Board) -> dict[str, Any]:
    """The summary sheet of a frozen board, with lines to sign."""
    document = board.document
    prizes = {prize["code"]: prize["name"] for prize in document["prizes"]}
    told = _common(stage, _("Summary of scores"))
    told["words"] |= {
        "summary": _("Summary of scores"),
        "rank": _("Rank"),
        "number": _("No."),
        "speaker": _("Speaker"),
        "unit": _("unit"),
        "adjustment": _("Adjustment"),
        "composite": _("Composite score"),
        "prize": _("Prize"),
        "counter": _("Counter"),
        "checker": _("Checker"),
        "scrutineer": _("Scrutineer"),
        "chief": _("Chief juror"),
    }
    rows = []
    for entry in document["result"]["entries"]:
        speaker, special = document["speakers"][entry["entry"]], document["special"].get(entry["entry"])
        rows.append(
            {
                "rank": "—" if entry["rank"] is None else str(entry["rank"]),
                "number": speaker["number"],
                "name": speaker["name"],
                "unit": speaker["unit"],
                "juries": [jury["score"] or "—" for jury in entry["juries"]],
                "adjustment": "\n".join(one["points"] for one in entry["adjustments"]) or "—",
                "composite": entry["composite"] or "—",
                "prize": special["name"] if special else prizes.get(entry["prize"], "—"),
            }
        )
    facts = _("Rules version %(version)s, board revision %(revision)s, SHA-256 %(digest)s…") % {
        "version": document["rulebook"]["version"],
        "revision": board.revision,
        "digest": board.digest[:16],
    }
    return told | {"facts": facts, "juries": document["juries"], "rows": rows}


def announcement(stage: Stage, board: Board) -> dict[str, Any]:
    """The announcement of a published board, the best prize first."""
    speakers = board.document["speakers"]
    told = _common(stage, _("Announcement of results"))
    text = _(
        "%(contest)s was held on %(day)s at %(venue)s; %(n)s speakers took the stage."
        " Scored live by the juries and checked by the scrutineer, the awards are announced as follows."
    ) % {
        "contest": f"{stage.contest.name}{stage.name}",
        "day": told["date"],
        "venue": stage.venue,
        "n": len(speakers),
    }
    prizes = [
        {
            "name": step["name"],
            "count": _("%(n)s winners") % {"n": len(step["winners"])},
            "winners": [speakers[one["entry"]] for one in step["winners"]],
        }
        for step in reversed(boards.reading_order(board.document))
    ]
    return told | {"text": text, "prizes": prizes}


def certificates(stage: Stage, board: Board) -> dict[str, Any]:
    """A certificate for each award of a published board, in the order of the announcement."""
    speakers = board.document["speakers"]
    told = _common(stage, _("Certificates"))
    told["words"] |= {
        "certificate": _("Certificate of honour"),
        "comrade": _("(comrade):"),
        "encourage": _("This certificate is issued in recognition."),
        "no": _("Certificate number"),
    }
    return told | {
        "winners": [
            {
                "name": speakers[one["entry"]]["name"],
                "prize": step["name"],
                "text": _("In %(contest)s your speech “%(title)s” has won the")
                % {
                    "contest": f"{stage.contest.name}{stage.name}",
                    "title": speakers[one["entry"]]["title"],
                },
                "no": f"{stage.public_id}-{board.revision}-{speakers[one['entry']]['number']:02}",
            }
            for step in reversed(boards.reading_order(board.document))
            for one in step["winners"]
        ]
    }


Row = list[str | int | Decimal | None]


def summary_rows(board: Board) -> Iterator[Row]:
    """A frozen board as rows of a workbook; figures are numbers."""
    document = board.document
    prizes = {prize["code"]: prize["name"] for prize in document["prizes"]}
    yield [
        _("Rank"), _("No."), _("Speaker"), _("Speech"), _("unit"), _("Prize"),
        *(f"{jury['name']} {jury['weight']}%" for jury in document["juries"]),
        _("Adjustment"), _("Composite score"), _("Before rounding"),
    ]  # fmt: skip
    for entry in document["result"]["entries"]:
        speaker, special = document["speakers"][entry["entry"]], document["special"].get(entry["entry"])
        yield [
            entry["rank"], speaker["number"], speaker["name"], speaker["title"], speaker["unit"],
            special["name"] if special else prizes.get(entry["prize"], ""),
            *(_number(jury["score"]) for jury in entry["juries"]),
            sum((Decimal(one["points"]) for one in entry["adjustments"]), Decimal(0)),
            _number(entry["composite"]), _number(entry["exact"]),
        ]  # fmt: skip


def sheet_rows(stage: Stage) -> Iterator[Row]:
    """The latest sheet of every juror for every closed speech as rows of a workbook."""
    rulebook = rulebooks.in_force(stage)
    assert rulebook is not None, "a stage with ballots has frozen rules"
    yield [
        _("No."), _("Speaker"), _("Jury"), _("Juror"), *(c.name for c in rulebook.criteria), _("Total"),
        _("Revision"), _("Ballot"),
    ]  # fmt: skip
    ballots = (
        Ballot.objects.filter(box__entry__stage=stage, box__entry__state=EntryState.REGISTERED)
        .select_related("box__entry__person", "juror__jury")
        .order_by("box__entry__number", "juror__jury__position", "juror__seat", "-revision")
    )
    last = None
    for ballot in ballots.iterator(chunk_size=2000):
        if (ballot.box_id, ballot.juror_id) == last:
            continue
        last = (ballot.box_id, ballot.juror_id)
        entry, scores = ballot.box.entry, tuple(ballot.scores)
        yield [
            entry.number, entry.person.name, ballot.juror.jury.name, ballot.juror.label,
            *(Decimal(text) for text in written_scores(rulebook, scores).values()),
            _number(decimal_string(sheet_total(rulebook, scores))), ballot.revision, ballot.pk,
        ]  # fmt: skip


def _number(text: str | None) -> Decimal | str | None:
    """A figure as a number; one that no decimal equals (281/3) stays text, so that it stays exact."""
    return text if text is None or "/" in text else Decimal(text)
