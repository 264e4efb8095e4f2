"""A rule book in words, as a juror or a speaker reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from unionhall.engines.scoring import RuleBook, decimal_string


def in_words(book: RuleBook) -> dict[str, Any]:
    """Criteria and juries as table rows, everything else as sentences."""
    return {
        "criteria": [
            {
                "name": c.name,
                "low": decimal_string(c.minimum),
                "high": decimal_string(c.maximum),
                "step": decimal_string(c.step),
                "factor": decimal_string(c.factor),
            }
            for c in book.criteria
        ],
        "band": [decimal_string(edge) for edge in book.band] if book.band else None,
        "juries": [
            {"name": j.name, "weight": decimal_string(j.weight), "trim": _trim(j.trim)} for j in book.juries
        ],
        "lines": [*_rounding(book), *_ties(book), *_prizes(book), *_time(book), *_deferral(book)],
    }


def _trim(trim: Any) -> str:
    if trim.share:
        text = _("the highest and lowest %(share)s %% each are dropped") % {
            "share": decimal_string(trim.share)
        }
    elif trim.highest or trim.lowest:
        text = _("%(high)s highest and %(low)s lowest are dropped") % {
            "high": trim.highest,
            "low": trim.lowest,
        }
    else:
        return _("nothing is dropped")
    if trim.per == "CRITERION":
        text += _(", in each criterion by itself")
    if trim.none_below:
        text += _("; nothing below %(n)s jurors") % {"n": trim.none_below}
    return text


def _rounding(book: RuleBook) -> list[str]:
    modes = {
        "HALF_UP": _("half up"),
        "HALF_EVEN": _("half to even"),
        "DOWN": _("cut off"),
        "NONE": _("not rounded"),
    }
    stages = [
        (_("a criterion's mean"), book.rounding.criterion),
        (_("a jury's score"), book.rounding.jury),
        (_("the composite"), book.rounding.composite),
    ]
    return [
        _("%(what)s: %(digits)s decimals, %(mode)s")
        % {"what": what, "digits": r.digits, "mode": modes[r.mode.value]}
        if r.mode.value != "NONE"
        else _("%(what)s: not rounded") % {"what": what}
        for what, r in stages
    ]


def _ties(book: RuleBook) -> list[str]:
    names = {j.code: j.name for j in book.juries} | {c.code: c.name for c in book.criteria}
    words = {
        "MORE_DECIMALS": _("more decimals of the composite"),
        "FEWER_PENALTIES": _("fewer points taken off"),
        "JOINT": _("a joint rank"),
    }
    steps = [words.get(t.by.value) or names[t.jury or t.criterion] for t in book.ties]
    return [_("Equal composites are decided by: %(steps)s") % {"steps": " → ".join(steps)}] if steps else []


def _prizes(book: RuleBook) -> list[str]:
    lines = [_("%(prize)s: %(n)s") % {"prize": p.name, "n": p.quota} for p in book.prizes]
    lines.append(
        _("A joint rank across a prize line gets the better prize")
        if book.line_ties == "WIDEN"
        else _("A joint rank across a prize line gets the lower prize")
    )
    lines.append(
        _("The holder of a special prize yields the ranked place")
        if book.special == "YIELDS"
        else _("The holder of a special prize keeps the ranked place")
    )
    lines.append(
        _("Everybody may see each sheet, under the code of its seat")
        if book.disclosure == "BALLOTS"
        else _("Everybody may see totals; sheets are for the scrutineer, and each juror's own for the juror"),
    )
    return lines


def _time(book: RuleBook) -> list[str]:
    if book.timing is None:
        return []
    lines = []
    if book.timing.shortest:
        lines.append(
            _("Below %(time)s: %(points)s points")
            % {"time": clock_time(book.timing.shortest), "points": decimal_string(book.timing.under)}
        )
    return lines + [
        _("More than %(time)s: %(points)s points")
        % {"time": clock_time(book.timing.longest + over.after), "points": decimal_string(over.points)}
        for over in book.timing.over
    ]


def _deferral(book: RuleBook) -> list[str]:
    if not book.deferred:
        return []
    return [
        _("The first %(n)s speeches are heard before any is scored; from the next on, scores at once")
        % {"n": book.deferred}
    ]


def clock_time(seconds: int) -> str:
    """Seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
