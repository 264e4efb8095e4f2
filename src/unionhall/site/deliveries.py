"""Facts that somebody could not hear: what failed, why, and trying it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.kernel import clock, facts
from unionhall.kernel.models import FactDelivery
from unionhall.kernel.permissions import guard
from unionhall.kernel.refusals import Refusal
from unionhall.site.tables import DeliveryFilter, DeliveryTable
from unionhall.ui.lists import list_page


@guard(facts.mends_deliveries)
def deliveries(request: HttpRequest) -> HttpResponse:
    """What could not be delivered so far, the oldest first."""
    return list_page(
        request,
        facts.failing_deliveries(),
        DeliveryTable,
        DeliveryFilter,
        heading=_("Failed deliveries"),
        name="deliveries",
        template="site/deliveries.html",
    )


@require_POST
@guard(facts.mends_deliveries)
def deliver_again(request: HttpRequest, delivery: int) -> HttpResponse:
    """Have one tried again."""
    account: Any = request.user
    found = get_object_or_404(FactDelivery, pk=delivery)
    try:
        facts.deliver_again(by=account, at=clock.now(), delivery=found)
    except Refusal as refusal:
        words = {"DELIVERED": _("It has been delivered meanwhile; there is nothing left to do.")}
        toasts.add_message(request, toasts.INFO, words[refusal.code], extra_tags="good")
    else:
        said = _("It is tried again within seconds. Should it fail once more, it stands here again.")
        toasts.add_message(request, toasts.INFO, said, extra_tags="good")
    return HttpResponseRedirect(reverse("deliveries"))
