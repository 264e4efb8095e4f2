"""Advice on how the juries scored: for the scrutineer alone, and off until switched on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.usecases import results
from unionhall.apps.contests.usecases.corrections import AFTER_SCORING
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done
from unionhall.engines.scoring import RuleBook, fixed
from unionhall.engines.scoring.advisory import JuryAdvice, LineAdvice, Panel, Scenario
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard
from unionhall.ui.charts import StripChart, strip_chart

# A page shows so many jurors of one jury; of a mass jury those who stand out most.
SHOWN = 30


@guard(rules.scrutinises, loading.stage)
def page(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The advice, or the switch that turns it on."""
    if request.method == "POST":
        by: Any = request.user
        on = request.POST.get("advice") == "on"
        return done(
            request,
            lambda: results.switch_advice(by=by, at=clock.now(), stage=stage, on=on),
            reverse("contests:advice", args=[stage.public_id]),
            _("Switched on.") if on else _("Switched off."),
        )
    ended = stage.state in AFTER_SCORING
    context: dict[str, Any] = {"stage": stage, "ended": ended, "on": ended and stage.advisory_since}
    rulebook = queries.rulebooks.in_force(stage)
    if context["on"] and rulebook:
        context |= _told(stage, rulebook, queries.advice.panel(stage))
    return render(request, "contests/advice.html", context)


def _told(stage: Stage, rulebook: RuleBook, panel: Panel) -> dict[str, Any]:
    names = {jury.code: jury.name for jury in rulebook.juries}
    people = queries.advice.names(stage)
    influence = panel.influence
    weights = [
        (names[code], _percent(declared), _percent(influence.effective.get(code)))
        for code, declared in influence.declared.items()
    ]
    return {
        "juries": [_jury(jury, names[jury.jury], people) for jury in panel.juries],
        "weights": weights,
        "weights_chart": _weights_chart(influence.declared, influence.effective, names),
        "correlations": [
            (names[a], names[b], None if r is None else f"{r:.2f}")
            for (a, b), r in influence.correlations.items()
        ],
        "lines": [_line(line, rulebook, people) for line in panel.lines],
    }


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f}%"


def _weights_chart(
    declared: Mapping[str, float], effective: Mapping[str, float], names: Mapping[str, str]
) -> StripChart | None:
    if not effective:
        return None
    rows = [
        (names[code], [_decimal(100 * share, 1), _decimal(100 * effective[code], 1)])
        for code, share in declared.items()
    ]
    return strip_chart([_("Declared weight"), _("Effective weight")], rows)


def _decimal(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}f}")


def _jury(jury: JuryAdvice, name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    agreement = jury.agreement
    figures = [
        (_("One juror alone, ICC(2,1)"), agreement.icc2),
        (_("Mean of the jury, ICC(2,k)"), agreement.icc2k),
        (_("Same order, Kendall's W"), agreement.w),
        (_("Krippendorff's alpha"), agreement.alpha),
    ]
    jurors = sorted(jury.severity.jurors, key=lambda one: -abs(one.severity))[:SHOWN]
    jurors.sort(key=lambda one: one.severity)
    chart = strip_chart(
        [_("Lower bound"), _("Upper bound"), _("Severity")],
        [
            (labels[one.juror], [_decimal(one.low, 2), _decimal(one.high, 2), _decimal(one.severity, 2)])
            for one in jurors
        ],
    )
    return {
        "name": name,
        "agreement": agreement,
        "figures": [(text, "—" if value is None else f"{value:.2f}") for text, value in figures],
        "severity": jury.severity,
        "jurors": [
            {
                "label": labels[one.juror],
                "severity": f"{one.severity:+.2f}",
                "interval": f"{one.low:+.2f} … {one.high:+.2f}",
                "spread": f"{one.spread:.2f}",
                "stands_out": one.stands_out,
            }
            for one in jurors
        ],
        "more": len(jury.severity.jurors) - len(jurors),
        "chart": chart if jurors else None,
        "home": jury.home,
        "bias": None
        if jury.home.bias is None
        else f"{jury.home.bias:+.2f} ({jury.home.low:+.2f} … {jury.home.high:+.2f})",
    }


def _line(line: LineAdvice, rulebook: RuleBook, names: Mapping[str, str]) -> dict[str, Any]:
    prize = next(prize.name for prize in rulebook.prizes if prize.code == line.prize)
    rounding = rulebook.rounding.composite.digits
    return {
        "prize": prize,
        "firm": line.firm,
        "kept": None if line.kept is None else f"{line.kept * 100:.0f}%",
        "gap": None if line.gap is None else fixed(round(line.gap, rounding), rounding),
        "tried": sum(line.tried.values()),
        "without_drops": "DROP_JUROR" not in line.tried,
        "changes": [_change(change, names) for change in line.changes],
    }


def _change(change: Scenario, names: Mapping[str, str]) -> dict[str, str]:
    what = {"name": names.get(change.what, change.what)}
    said = {
        "DROP_JUROR": _("Without %(name)s"),
        "HALF_POINT": _("Half a point more or less for %(name)s"),
        "NO_TRIM": _("Without leaving out highest and lowest scores"),
        "SEVERITY": _("With each juror's severity taken off"),
    }[change.kind]
    return {
        "if": said % what,
        "gained": "、".join(names[entry] for entry in change.gained),
        "lost": "、".join(names[entry] for entry in change.lost),
    }
