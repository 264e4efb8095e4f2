"""Figures of coverage: as they stand, and as they were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import Sector, SizeClass, UnionState
from unionhall.apps.coverage.forms.enterprises import words
from unionhall.apps.coverage.models import CoverageSnapshot, Enterprise
from unionhall.apps.coverage.queries.figures import DIMENSIONS, STATES, Group, Line
from unionhall.apps.coverage.tables import EnterpriseFilter, EnterpriseTable, FrozenFilter, frozen_table
from unionhall.apps.coverage.usecases import figures
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.permissions import guard
from unionhall.kernel.typed import whole_number
from unionhall.ui.charts import bar_chart
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

# So many lines of a table are drawn; the table holds all.
DRAWN = 12
# The enterprises behind a frozen number are shown in parts of this size.
PART = 10_000


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


def _links(one: Line, entries: str, **asked: str) -> dict[str, tuple[int, str]]:
    """Each number of a line with the address of what is behind it."""
    return {
        counted: (getattr(one, counted), f"{entries}?{urlencode({**asked, 'counted': counted})}")
        for counted in STATES
    }


def _tables(those: Sequence[Group], entries: str) -> list[dict[str, Any]]:
    """A chart and a table for each dimension; each number leads to ``entries``."""
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
        told = [(name, one, _links(one, entries, dimension=dimension, key=one.key)) for name, one in rows]
        made.append({"title": titles[dimension], "rows": told, "chart": chart})
    return made


@guard(rules.keeps_ground, loading.union)
def of_union(request: HttpRequest, union: Union) -> HttpResponse:
    """The figures of a union's grounds as they stand now, and what was frozen of them."""
    those = queries.figures.groups(subtree([union.pk], clock.today()))
    whole = queries.figures.line("", those)
    entries = reverse("coverage:counted", args=[union.public_id])
    sample = queries.samples.newest(union)
    context = {
        "union": union,
        "whole": whole,
        "sample": sample,
        "result": queries.samples.result(sample) if sample else None,
        "links": _links(whole, entries),
        "tables": _tables(those, entries),
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
        button=_("Freeze the figures"),
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
    whole = queries.figures.line("", those)
    entries = reverse("coverage:snapshot-counted", args=[union.public_id, found.public_id])
    context = {
        "union": union,
        "snapshot": found,
        "holds": queries.figures.holds(found),
        "whole": whole,
        "links": _links(whole, entries),
        "tables": _tables(those, entries),
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


def _asked(request: HttpRequest) -> tuple[str, str | None, str]:
    """Of which number the enterprises are asked for; there is no such page for one that nobody counts."""
    dimension = request.GET.get("dimension", DIMENSIONS[0])
    key, counted = request.GET.get("key"), request.GET.get("counted", "")
    if dimension not in DIMENSIONS or counted not in STATES:
        raise Http404
    return dimension, key, counted


def _heading(dimension: str, key: str | None, counted: str) -> str:
    words = {
        "covered": _("covered"),
        "open": _("due and not covered"),
        "unknown": _("not known"),
        "not_due": _("need not"),
    }[counted]
    if key is None:
        return words
    grounds = dict(Union.objects.filter(public_id=key).values_list("public_id", "short_name"))
    (name, _line), *_rest = _named([Line(key, 0, 0, 0, 0)], dimension, grounds)
    return f"{name} · {words}"


def _kept(dimension: str, key: str | None, counted: str) -> list[tuple[str, str]]:
    return [("dimension", dimension), ("counted", counted), *([] if key is None else [("key", key)])]


@guard(rules.keeps_ground, loading.union)
def counted(request: HttpRequest, union: Union) -> HttpResponse:
    """The enterprises behind a number as it stands now."""
    asked = _asked(request)
    return list_page(
        request,
        queries.enterprises.with_block(queries.figures.behind(subtree([union.pk], clock.today()), *asked)),
        EnterpriseTable,
        EnterpriseFilter,
        heading=_heading(*asked),
        name="coverage",
        template="coverage/counted.html",
        more={
            "kept": _kept(*asked),
            "said": [union.short_name],
            "back": reverse("coverage:figures-of", args=[union.public_id]),
        },
    )


@guard(rules.keeps_ground, loading.union)
def snapshot_counted(request: HttpRequest, union: Union, snapshot_id: str) -> HttpResponse:
    """The enterprises behind a frozen number: how each stood then, beside how it stands now."""
    found, asked = _snapshot(union, snapshot_id), _asked(request)
    rows = list(queries.figures.frozen_behind(found, *asked).items())
    parts = max(1, -(-len(rows) // PART))
    part = min(whole_number(request.GET.get("part", "")) or 1, parts)
    shown = dict(rows[(part - 1) * PART : part * PART])
    here = reverse("coverage:snapshot-counted", args=[union.public_id, found.public_id])
    kept = _kept(*asked)
    actions = [
        (label, f"{here}?{urlencode([*kept, ('part', number)])}")
        for label, number in ((_("Part before"), part - 1), (_("Next part"), part + 1))
        if 1 <= number <= parts
    ]
    return list_page(
        request,
        Enterprise.objects.filter(public_id__in=list(shown)).select_related("ground").order_by("pk"),
        frozen_table(shown),
        FrozenFilter,
        heading=_heading(*asked),
        name="coverage",
        actions=actions,
        template="coverage/counted.html",
        more={
            "kept": [*kept, ("part", str(part))],
            "said": [union.short_name, found.on.isoformat()],
            "back": reverse("coverage:snapshot", args=[union.public_id, found.public_id]),
        },
    )
