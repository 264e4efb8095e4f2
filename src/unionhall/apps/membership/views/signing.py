"""A worker's way in: the phone, the code, and where several share a phone, which of them. And out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from unionhall.apps.membership import messages, queries
from unionhall.apps.membership.forms.joining import CodeForm, PhoneForm
from unionhall.apps.membership.forms.own_data import WhoForm
from unionhall.apps.membership.usecases import confirmation, signing_in
from unionhall.apps.people.models import Person
from unionhall.kernel import clock, sms
from unionhall.kernel.permissions import public
from unionhall.kernel.refusals import Refusal

# Beside an account's own session, so that an officer's sign-in and a member's page never mix.
MEMBER, CHOICE = "member", "member_choice"
CHOICE_TIME = timedelta(minutes=10)
CHOICE_TRIES = 5
# The session is written anew no more often than this.
SEEN = timedelta(minutes=1)


def _signed_in(request: HttpRequest) -> Person | None:
    kept = request.session.get(MEMBER)
    if not kept:
        return None
    now, seen = clock.now(), parse_datetime(kept["seen"])
    person = queries.members.present(kept["person"])
    if person is None or seen is None or now - seen > signing_in.IDLE:
        del request.session[MEMBER]
        return None
    if now - seen > SEEN:
        request.session[MEMBER] = {"person": person.public_id, "seen": now.isoformat()}
    return person


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A page of whoever came in by phone: the view gets the person; anybody else is led to the way in."""

    @wraps(view)
    def entered(request: HttpRequest, **arguments: Any) -> HttpResponse:
        person = _signed_in(request)
        if person is None:
            return HttpResponseRedirect(reverse("membership:me-sign-in"))
        return view(request, person, **arguments)

    return never_cache(public("a code sent to the phone has shown who it is")(entered))


@public("a code sent to the phone is the proof")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone, then the code. Members and strangers are answered alike until the code is right."""
    if request.method != "POST":
        if _signed_in(request):
            return HttpResponseRedirect(reverse("membership:me"))
        return _page(request, PhoneForm())
    phone_form = PhoneForm(request.POST)
    if not phone_form.is_valid():
        return _page(request, phone_form, status=422)
    phone, at = phone_form.cleaned_data["phone"], clock.now()
    if "code" not in request.POST:
        return _page(request, phone_form, CodeForm(), phone, *_send(request, phone))
    code_form = CodeForm(request.POST)
    if not code_form.is_valid():
        return _page(request, phone_form, code_form, phone, status=422)
    try:
        persons = signing_in.persons_of_code(at=at, phone=phone, code=code_form.cleaned_data["code"])
    except Refusal as refusal:
        return _page(request, phone_form, CodeForm(), phone, messages.of_refusal(refusal), 409)
    if not persons:
        return render(request, "membership/me/nobody.html")
    if len(persons) == 1:
        signing_in.enter(at=at, person=persons[0])
        return _enter(request, persons[0])
    request.session[CHOICE] = {
        "persons": [one.public_id for one in persons],
        "until": (at + CHOICE_TIME).isoformat(),
        "tries": CHOICE_TRIES,
    }
    return HttpResponseRedirect(reverse("membership:me-who"))


def _send(request: HttpRequest, phone: str) -> tuple[str, int]:
    """Send a code where that is possible; where it is not the officer at the desk has one."""
    if sms.gateway() is None:
        return "", 200
    try:
        confirmation.send_code(at=clock.now(), phone=phone, address=request.META.get("REMOTE_ADDR", ""))
    except Refusal as refusal:
        return messages.of_refusal(refusal), 409
    return "", 200


def _page(
    request: HttpRequest,
    phone_form: forms.Form,
    code_form: forms.Form | None = None,
    phone: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    sent = sms.gateway() is not None
    if code_form and not sent:
        code_form.fields["code"].label = _("The six digits from the desk")
    context = {
        "phone_form": phone_form,
        "code_form": code_form,
        "phone": phone,
        "said": said,
        "sms": sent,
    }
    return render(request, "membership/me/sign_in.html", context, status=status)


@public("the code of a shared phone has been given; now who of them")
@never_cache
def who(request: HttpRequest) -> HttpResponse:
    """Where several persons share the phone: which one, told by name or the last four of the number."""
    choice = request.session.get(CHOICE)
    until = parse_datetime(choice["until"]) if choice else None
    if not choice or until is None or clock.now() > until or choice["tries"] < 1:
        request.session.pop(CHOICE, None)
        return HttpResponseRedirect(reverse("membership:me-sign-in"))
    form = WhoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        persons = [one for key in choice["persons"] if (one := queries.members.present(key))]
        try:
            person = signing_in.choose(at=clock.now(), persons=persons, told=form.cleaned_data["who"])
        except Refusal as refusal:
            request.session[CHOICE] = choice | {"tries": choice["tries"] - 1}
            form.add_error("who", messages.of_refusal(refusal))
        else:
            return _enter(request, person)
    status = 422 if request.method == "POST" else 200
    return render(request, "membership/me/who.html", {"form": form}, status=status)


def _enter(request: HttpRequest, person: Person) -> HttpResponse:
    request.session.pop(CHOICE, None)
    request.session.cycle_key()
    request.session[MEMBER] = {"person": person.public_id, "seen": clock.now().isoformat()}
    return HttpResponseRedirect(reverse("membership:me"))


@public("whoever came in may leave")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave the own page; an account that is signed in on the same phone stays."""
    request.session.pop(MEMBER, None)
    request.session.pop(CHOICE, None)
    request.session.cycle_key()
    return HttpResponseRedirect(reverse("membership:me-sign-in"))
