"""The map of the ledger, drawn by the server from coordinates alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.queries.places import DONE, ELSE, MOST, OPEN, UNDER_WAY, kind_of
from unionhall.apps.coverage.tables import EnterpriseFilter
from unionhall.kernel.permissions import guard, reach_of
from unionhall.ui.charts import Spot, point_map


@guard(rules.keeps_any_ground)
def ledger_map(request: HttpRequest) -> HttpResponse:
    """The enterprises that pass the filter of the ledger, where they stand."""
    reach = reach_of(request.user, *rules.KEEPERS)
    chosen = EnterpriseFilter(
        request.GET or None, queryset=queries.enterprises.ledger(reach), request=request
    )
    mapped = queries.places.mapped(chosen.qs)
    series = [
        (OPEN, _("to be won")),
        (UNDER_WAY, _("being founded")),
        (DONE, _("covered")),
        (ELSE, _("not known, or need not")),
        ("OFFICE", _("office of the union")),
    ]
    spots = [
        Spot(
            kind_of(row.state),
            float(row.latitude),
            float(row.longitude),
            f"{row.name} · {row.get_state_display()} · {row.score}",
            reverse("coverage:enterprise", args=[row.public_id]),
        )
        for row in reversed(mapped.rows)
        if row.latitude is not None and row.longitude is not None
    ]
    spots += [
        Spot("OFFICE", float(one.latitude), float(one.longitude), one.union.short_name)
        for one in queries.places.offices(reach)
        if spots
    ]
    counts = [(label, sum(spot.form == form for spot in spots)) for form, label in series]
    context = {
        "filters": chosen,
        "map": point_map(series, spots) if spots else None,
        "counts": counts,
        "placed": mapped.placed,
        "missing": mapped.total - mapped.placed,
        "drawn": len(mapped.rows),
        "cut": mapped.placed > MOST,
        "list": f"{reverse('coverage:ledger')}?{request.GET.urlencode()}",
    }
    return render(request, "coverage/map.html", context)
