"""The roll and one member: what stands in the ledger, and what can follow on it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import EventKind, Standing
from unionhall.apps.membership.forms.rolls import CorrectForm, LedgerForm, TakeOverForm
from unionhall.apps.membership.models import Membership, MembershipEvent
from unionhall.apps.membership.tables import MemberFilter, MemberTable
from unionhall.apps.membership.usecases import ledger
from unionhall.apps.membership.views import loading
from unionhall.apps.people.codes import IdentityKind
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

# What an officer can write next, by where the member stands; the first is the usual one.
POSSIBLE: dict[str, tuple[EventKind, ...]] = {
    Standing.MEMBER: (
        EventKind.TRANSFER_IN,
        EventKind.TRANSFER_OUT,
        EventKind.RETAIN,
        EventKind.LEAVE,
        EventKind.REMOVE,
    ),
    Standing.MOVING: (EventKind.TRANSFER_IN,),
    Standing.RETAINED: (EventKind.RESTORE, EventKind.LEAVE, EventKind.REMOVE),
    Standing.ENDED: (EventKind.RESTORE,),
}


@guard(rules.keeps_any_roll)
def members(request: HttpRequest) -> HttpResponse:
    """The roll of all unions within reach, with one search box."""
    account: Any = request.user
    text = request.POST.get("q", "") if request.method == "POST" else ""
    if text:
        context = {"found": queries.rolls.found(account, text), "text": text}
        return render(request, "membership/found.html", context)
    return list_page(
        request,
        queries.rolls.members_within(reach_of(account, *rules.KEEPERS)),
        MemberTable,
        MemberFilter,
        heading=_("Members"),
        name="members",
        actions=[
            (_("Take a member over"), reverse("membership:take-over")),
            (_("Registers to print"), reverse("membership:registers")),
            (_("Import and export"), reverse("membership:collections")),
        ],
        template="membership/members.html",
    )


@guard(rules.keeps_membership, loading.member)
def member(request: HttpRequest, found: Membership) -> HttpResponse:
    """One member's record."""
    entries = list(queries.rolls.entries(found.person))
    forms = [entry.application for entry in entries if entry.application]
    context = {
        "membership": found,
        "person": found.person,
        "entries": entries,
        # A union that a member came from may lie outside this officer's reach, and its forms with it.
        "printable": next((one for one in forms if allowed(rules.handles, request.user, one)), None),
        "engagements": queries.rolls.engagements(found.person),
        "last": queries.rolls.last_in_force(found.person),
        "possible": [(kind, kind.label) for kind in POSSIBLE.get(found.standing, ())],
        "history": audit.history(found)[:20],
    }
    return render(request, "membership/member.html", context)


def _to(found: Membership) -> str:
    return reverse("membership:member", args=[found.public_id])


@guard(rules.keeps_membership, loading.member)
def write_entry(request: HttpRequest, found: Membership, kind: str) -> HttpResponse:
    """Write the next entry of a member's ledger."""
    if kind not in POSSIBLE.get(found.standing, ()):
        raise Http404
    what = EventKind(kind)
    reach, work_now = reach_of(request.user, *rules.KEEPERS), queries.rolls.present_work(found.person)
    form = LedgerForm(request.POST or None, kind=what, reach=reach, work=work_now)
    by: Any = request.user

    def work(data: dict[str, Any]) -> object:
        told = {"by": by, "at": clock.now(), "membership": found, **data}
        match what:
            case EventKind.TRANSFER_OUT:
                return ledger.transfer_out(**told)
            case EventKind.TRANSFER_IN:
                return ledger.transfer_in(**told)
            case EventKind.RETAIN:
                return ledger.retain(**told)
            case EventKind.RESTORE:
                return ledger.restore(**told)
        return ledger.end_membership(kind=what, **told)

    return form_page(
        request, form, f"{what.label} · {found.person.name}", work, _to(found), in_words=messages.of_refusal
    )


@guard(rules.keeps_any_roll)
@never_cache
def take_over(request: HttpRequest) -> HttpResponse:
    """Take a member over whom another union has let go."""
    by: Any = request.user

    def work(data: dict[str, Any]) -> Membership:
        data["id_kind"] = IdentityKind(data["id_kind"])
        return ledger.take_over(by=by, at=clock.now(), **data)

    return form_page(
        request,
        TakeOverForm(request.POST or None, reach=reach_of(by, *rules.KEEPERS)),
        _("Take a member over"),
        work,
        _to,
        in_words=messages.of_refusal,
        explained=_(
            "For somebody who comes from a union beyond your reach: it has transferred the member out, or"
            " retained the membership. Every question asked here stays on record."
        ),
        cancel=reverse("membership:members"),
    )


@guard(rules.keeps_membership, loading.member)
def correct(request: HttpRequest, found: Membership, entry: int) -> HttpResponse:
    """Declare the last entry void, with a reason."""
    event = (
        MembershipEvent.objects.filter(person=found.person, pk=entry)
        .select_related("person", "union")
        .first()
    )
    if event is None:
        raise Http404
    by: Any = request.user
    return form_page(
        request,
        CorrectForm(request.POST or None),
        _("Correct an entry · %(name)s") % {"name": found.person.name},
        lambda data: ledger.correct_entry(by=by, at=clock.now(), event=event, **data),
        _to(found),
        in_words=messages.of_refusal,
        explained=_("The entry stays to be read and counts no longer. Then write the right one."),
    )
