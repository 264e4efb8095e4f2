"""The rule by which enterprises come first: what holds where, who published it, why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.forms.priority import LABELS, OfficeForm, RuleForm
from unionhall.apps.coverage.models import Office, PriorityRule
from unionhall.apps.coverage.usecases import priority
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.forms import form_page


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(union: Union) -> str:
    return reverse("coverage:priority", args=[union.public_id])


@guard(rules.keeps_any_ground)
def all_rules(request: HttpRequest) -> HttpResponse:
    """The grounds within reach, each with the rule that holds there."""
    reach = reach_of(request.user, *rules.KEEPERS)
    grounds = list(queries.enterprises.grounds(reach))
    in_force = queries.priority.rules_in_force([one.pk for one in grounds], clock.today())
    published = {one.pk: one for one in PriorityRule.objects.select_related("union")}
    rows = [(one, published.get(in_force[one.pk].number)) for one in grounds]
    return render(request, "coverage/rules.html", {"rows": rows})


@guard(rules.keeps_ground, loading.union)
def rule(request: HttpRequest, union: Union) -> HttpResponse:
    """The rule that holds for one union's grounds, and those that it published."""
    holds = queries.priority.rule_for(union, clock.today())
    context = {
        "union": union,
        "rule": holds,
        "published": PriorityRule.objects.filter(pk=holds.number).select_related("union").first(),
        "points": [(LABELS[name], value) for name, value in holds.points.items()],
        "versions": queries.priority.published([union.pk]),
        "office": Office.objects.filter(union=union).first(),
        "may_publish": allowed(rules.publishes, request.user, union),
    }
    return render(request, "coverage/rule.html", context)


@guard(rules.publishes, loading.union)
def publish(request: HttpRequest, union: Union) -> HttpResponse:
    """Publish another rule."""

    def work(data: dict[str, Any]) -> object:
        reason = data.pop("reason")
        return priority.publish_rule(by=_by(request), at=clock.now(), union=union, points=data, reason=reason)

    return form_page(
        request,
        RuleForm(request.POST or None, points=queries.priority.rule_for(union, clock.today()).points),
        f"{_('Publish another rule')} · {union.short_name}",
        work,
        _to(union),
        in_words=messages.of_refusal,
        explained=_(
            "It holds for the grounds at and under this union that have none of their own. Everybody"
            " who works with the ledger can read it, with your name and reason; former rules stay."
        ),
        button=_("Publish the rule"),
    )


@guard(rules.keeps_ground, loading.union)
def office(request: HttpRequest, union: Union) -> HttpResponse:
    """Say where the office stands."""
    held = Office.objects.filter(union=union).first()
    initial = {"latitude": held.latitude, "longitude": held.longitude} if held else {}
    return form_page(
        request,
        OfficeForm(request.POST or None, initial=initial),
        f"{_('Where the office stands')} · {union.short_name}",
        lambda data: priority.place_office(by=_by(request), at=clock.now(), union=union, **data),
        _to(union),
        in_words=messages.of_refusal,
    )
