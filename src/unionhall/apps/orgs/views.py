"""Unions: the list within reach, and one union with its line, affiliations and employers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unionhall.apps.orgs import queries, rules
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.tables import UnionFilter, UnionTable
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.lists import list_page


def _load(public_id: str) -> Union:
    found = Union.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@guard(rules.holds_any_post)
def unions(request: HttpRequest) -> HttpResponse:
    """The unions within reach."""
    rows = queries.unions_within(reach_of(request.user))
    return list_page(request, rows, UnionTable, UnionFilter, heading=_("Unions"), name="unions")


@guard(rules.sees_union, _load)
def union(request: HttpRequest, found: Union) -> HttpResponse:
    """One union."""
    today = clock.today()
    visible = reach_of(request.user)
    context = {
        "union": found,
        "line": [(one, one.pk in visible) for one in reversed(queries.line_of_command(found, today))],
        "subordinates": queries.subordinates(found, today),
        "affiliations": found.affiliations.select_related("industry_union").order_by("-starts"),
        "coverages": found.coverages.select_related("employer").order_by("-starts"),
        "history": audit.history(found)[:20],
    }
    return render(request, "orgs/union.html", context)
