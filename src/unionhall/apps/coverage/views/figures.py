"""Figures of coverage: as they stand, and as they were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import Sector, SizeClass, UnionState
from unionhall.apps.coverage.forms.enterprises import words
from unionhall.apps.coverage.models import CoverageSnapshot
from unionhall.apps.coverage.queries.figures import DIMENSIONS, Group, Line
from unionhall.apps.coverage.usecases import figures
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.permissions import guard
from unionhall.ui.charts import bar_chart
from unionhall.ui.forms import form_page

# So many lines of a table are drawn; the table holds all.
DRAWN = 12


class FreezeForm(forms.Form):
    """Why, where it is done again."""

    reason = words(
        gettext_lazy("reason"),
        200,
        help_text=gettext_lazy("Needed where figures of this day are frozen already"),
    )


def _by(request: HttpRequest) -> Any:
    return request.user


@guard(rules.keeps_any_ground)
def start(request: HttpRequest) -> HttpResponse:
    """The figures of the union in which somebody keeps the ledger."""
    posts = present_posts(_by(request).person, clock.today()).filter(role__in=rules.KEEPERS)
    first = posts.order_by("pk").first()
    if first is None:
        raise Http404
    return HttpResponseRedirect(reverse("coverage:figures-of", args=[first.union.public_id]))


def _named(those: Sequence[Line], dimension: str, grounds: dict[str, str]) -> list[tuple[str, Line]]:
    names: dict[str, dict[str, str]] = {
        "ground": grounds,
        "town": {},
        "size": {str(code): str(label) for code, label in SizeClass.choices},
        "sector": {str(code): str(label) for code, label in Sector.choices},
    }
    return [(names[dimension].get(one.key, one.key) or _("not told"), one) for one in those]


def _tables(those: Sequence[Group]) -> list[dict[str, Any]]:
    """A chart and a table for each dimension."""
    keys = {one.ground for one in those}
    grounds = dict(Union.objects.filter(public_id__in=keys).values_list("public_id", "short_name"))
    titles = {
        "ground": _("By territory"),
        "town": _("By town or street"),
        "size": _("By size"),
        "sector": _("By line of business"),
    }
    made = []
    for dimension in DIMENSIONS:
        rows = _named(queries.figures.lines(those, dimension), dimension, grounds)
        if dimension == "size":
            order = list(SizeClass.values)
            rows.sort(key=lambda row: order.index(row[1].key))
        drawn = [(name, (one.covered, one.open)) for name, one in rows[:DRAWN]]
        chart = bar_chart([_("covered"), _("due and not covered")], drawn)
        made.append({"title": titles[dimension], "rows": rows, "chart": chart})
    return made


@guard(rules.keeps_ground, loading.union)
def of_union(request: HttpRequest, union: Union) -> HttpResponse:
    """The figures of a union's grounds as they stand now, and what was frozen of them."""
    those = queries.figures.groups(subtree([union.pk], clock.today()))
    context = {
        "union": union,
        "whole": queries.figures.line("", those),
        "tables": _tables(those),
        "snapshots": queries.figures.snapshots(union),
    }
    return render(request, "coverage/figures.html", context)


@guard(rules.keeps_ground, loading.union)
def freeze(request: HttpRequest, union: Union) -> HttpResponse:
    """Freeze the figures of today."""
    return form_page(
        request,
        FreezeForm(request.POST or None),
        f"{_('Freeze the figures of today')} · {union.short_name}",
        lambda data: figures.freeze_figures(by=_by(request), at=clock.now(), union=union, **data),
        lambda made: reverse("coverage:snapshot", args=[union.public_id, made.public_id]),
        in_words=messages.of_refusal,
        explained=_("They are kept with every row they count, and never change."),
        cancel=reverse("coverage:figures-of", args=[union.public_id]),
    )


def _snapshot(union: Union, snapshot_id: str) -> CoverageSnapshot:
    found = CoverageSnapshot.objects.select_related("account__person").filter(
        union=union, public_id=snapshot_id
    )
    snapshot = found.first()
    if snapshot is None:
        raise Http404
    return snapshot


@guard(rules.keeps_ground, loading.union)
def snapshot(request: HttpRequest, union: Union, snapshot_id: str) -> HttpResponse:
    """Figures as they were frozen; counted anew from the rows each time they are looked at."""
    found = _snapshot(union, snapshot_id)
    those = [group for _id, group in queries.figures.rows_of(bytes(found.rows))]
    context = {
        "union": union,
        "snapshot": found,
        "holds": queries.figures.holds(found),
        "whole": queries.figures.line("", those),
        "tables": _tables(those),
    }
    return render(request, "coverage/figures.html", context)


@guard(rules.keeps_ground, loading.union)
def snapshot_rows(_request: HttpRequest, union: Union, snapshot_id: str) -> HttpResponse:
    """Every row that frozen figures count, as a file."""
    found = _snapshot(union, snapshot_id)
    states = dict(UnionState.choices)
    header = [
        _("enterprise"),
        _("territory"),
        _("town or street"),
        _("section of trades"),
        _("size"),
        _("union"),
    ]
    rows = [
        (public_id, one.ground, one.town, one.sector, one.size, str(states[one.state]))
        for public_id, one in queries.figures.rows_of(bytes(found.rows))
    ]
    return csv_response(f"coverage-{found.on:%Y%m%d}-{found.revision}", header, rows)
