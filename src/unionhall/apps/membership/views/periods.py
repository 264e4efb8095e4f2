"""Closed periods: the list, closing one, its figures, and what a restatement changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.figure_words import SHOWN, words_of
from unionhall.apps.membership.forms.figures import PeriodForm
from unionhall.apps.membership.forms.handling import ReasonForm
from unionhall.apps.membership.models import Snapshot
from unionhall.apps.membership.tables import EntryFilter, EntryTable, SnapshotFilter, SnapshotTable
from unionhall.apps.membership.usecases import figures
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import whole_number
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

# Entries of a frozen figure are shown, filtered and exported in parts of this size.
PART = 10_000


@guard(rules.keeps_any_roll)
def periods(request: HttpRequest) -> HttpResponse:
    """Closed periods of all unions within reach."""
    by: Any = request.user
    actions = [
        (
            _("Close a period · %(union)s") % {"union": union.short_name},
            reverse("membership:close-period", args=[union.public_id]),
        )
        for union in queries.routing.posts_of(by)
    ]
    return list_page(
        request,
        queries.figures.snapshots_of(reach_of(request.user, *rules.KEEPERS)),
        SnapshotTable,
        SnapshotFilter,
        heading=_("Closed periods"),
        name="periods",
        actions=actions,
    )


@guard(rules.keeps_roll, loading.union)
def close(request: HttpRequest, union: Union) -> HttpResponse:
    """Close a period: its figures are frozen with the entries that each of them counts."""
    lists = queries.figures.lists_for([union, *line_of_command(union, clock.today())])
    form = PeriodForm(request.POST or None, lists=lists)
    by: Any = request.user
    return form_page(
        request,
        form,
        _("Close a period · %(union)s") % {"union": union.short_name},
        lambda _data: figures.close_period(by=by, at=clock.now(), union=union, **form.told()),
        lambda made: reverse("membership:period", args=[made.public_id]),
        # Here no reason is asked for: a period that needs one was closed before.
        in_words=lambda refusal: messages.of_refusal(
            Refusal("PERIOD_CLOSED") if refusal.code == "REASON_MISSING" else refusal
        ),
        explained=_(
            "All entries until the last day are counted once and frozen. Later corrections do not change"
            " them; they show in a restatement, which says why. A whole city takes about a minute."
        ),
        cancel=reverse("membership:periods"),
        button=_("Close the period"),
    )


@guard(rules.handles, loading.snapshot)
def period(request: HttpRequest, found: Snapshot) -> HttpResponse:
    """A closed period with its figures, their definitions and its revisions."""
    return _page(request, found)


def _page(request: HttpRequest, found: Snapshot, checked: dict[str, bool] | None = None) -> HttpResponse:
    lines = [
        (
            name,
            words_of(name, found.definition),
            found.figures[name],
            None if checked is None else checked.get(name),
        )
        for name in SHOWN
    ]
    context = {
        "period": found,
        "lines": lines,
        "checked": checked,
        "sound": checked is not None and all(checked.values()),
        "revisions": queries.figures.revisions_of(found),
    }
    return render(request, "membership/period.html", context)


@require_POST
@guard(rules.handles, loading.snapshot)
def check(request: HttpRequest, found: Snapshot) -> HttpResponse:
    """Read every entry behind the figures again and compare the hashes."""
    return _page(request, found, figures.verified(found))


@guard(rules.handles, loading.snapshot)
def restate(request: HttpRequest, found: Snapshot) -> HttpResponse:
    """Count the period again as a new revision, with the reason why."""
    by: Any = request.user
    return form_page(
        request,
        ReasonForm(request.POST or None),
        _("Restate %(starts)s – %(last)s") % {"starts": found.starts, "last": found.last_day},
        lambda data: figures.close_period(
            by=by,
            at=clock.now(),
            union=found.union,
            starts=found.starts,
            ends=found.ends,
            listed=found.category_set,
            **data,
        ),
        lambda made: reverse("membership:period", args=[made.public_id]),
        in_words=messages.of_refusal,
        explained=_(
            "The figures are counted again and become the next revision. Every former revision stays to be"
            " read."
        ),
        cancel=reverse("membership:period", args=[found.public_id]),
        button=_("Count it again"),
    )


@guard(rules.handles, loading.snapshot)
def difference(request: HttpRequest, found: Snapshot) -> HttpResponse:
    """What a restatement changed: figure by figure, the entries that are new or gone."""
    former = queries.figures.former_revision(found)
    if former is None:
        raise Http404
    reach = reach_of(request.user, *rules.KEEPERS)
    changes = queries.figures.changes_between(former, found)
    context = {
        "period": found,
        "former": former,
        "changes": [
            (
                words_of(change.figure, found.definition),
                former.figures[change.figure],
                found.figures[change.figure],
                change,
            )
            for change in changes
        ],
        "reach": reach,
    }
    return render(request, "membership/difference.html", context)


@guard(rules.handles, loading.snapshot)
def entries(request: HttpRequest, found: Snapshot, figure: str) -> HttpResponse:
    """The entries that a frozen figure counts, in parts when there are very many."""
    if figure not in queries.counting.FIGURES:
        raise Http404
    keys = queries.figures.snapshot_keys(found, figure)
    parts = max(1, -(-len(keys) // PART))
    part = whole_number(request.GET.get("part", "1")) or 1
    part = part if part <= parts else 1
    first = (part - 1) * PART
    here = reverse("membership:period-entries", args=[found.public_id, figure])
    actions = []
    if part > 1:
        actions.append((_("Part before"), f"{here}?part={part - 1}"))
    if part < parts:
        actions.append((_("Next part"), f"{here}?part={part + 1}"))
    said = [f"{found.starts} – {found.last_day}", _("revision %(n)d") % {"n": found.revision}]
    if parts > 1:
        said.append(
            _("entries %(first)d to %(last)d of %(all)d")
            % {"first": first + 1, "last": min(first + PART, len(keys)), "all": len(keys)}
        )
    return list_page(
        request,
        queries.figures.entries_behind(keys[first : first + PART]),
        EntryTable,
        EntryFilter,
        heading=f"{words_of(figure, found.definition).label} · {found.union.short_name}",
        name="entries",
        actions=actions,
        template="membership/entries.html",
        more={
            "kept": [("part", str(part))],
            "said": said,
            "back": reverse("membership:period", args=[found.public_id]),
        },
    )
