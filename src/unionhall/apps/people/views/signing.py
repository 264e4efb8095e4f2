"""Signing in and out, and the demo's choice of whom to enter as."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as toasts
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from unionhall.apps.people import messages
from unionhall.apps.people.codes import SealedColumn
from unionhall.apps.people.forms import DailyMessageForm, OwnPasswordForm
from unionhall.apps.people.models import Account
from unionhall.apps.people.queries import kept
from unionhall.apps.people.usecases import change_own_password, check_sign_in, choose_daily_message
from unionhall.kernel import clock, sms
from unionhall.kernel.models import Installation
from unionhall.kernel.permissions import guard, public, signed_in
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


def _is_demo() -> bool:
    return Installation.objects.filter(demo=True).exists()


@public("one must be able to sign in")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password. In a demo's database the page leads to the choice instead."""
    if request.method != "POST":
        if _is_demo():
            return HttpResponseRedirect("/demo?" + urlencode({"next": _next(request)}))
        return render(request, "people/sign_in.html", {"next": _next(request)})
    username = request.POST.get("username", "").strip()
    try:
        account = check_sign_in(at=clock.now(), username=username, password=request.POST.get("password", ""))
    except Refusal as refusal:
        context = {"refusal": messages.of_refusal(refusal), "username": username, "next": _next(request)}
        return render(request, "people/sign_in.html", context, status=422)
    login(request, account, backend=BACKEND)
    return HttpResponseRedirect(_next(request))


@public("whoever is signed in may leave")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect("/sign-in")


@guard(signed_in)
@never_cache
def own_account(request: HttpRequest) -> HttpResponse:
    """One's own account: whose it is, the password, and whether the house sends a message a day."""
    account: Any = request.user
    # An unticked box sends nothing at all.
    sent = request.POST if request.method == "POST" else None
    form = DailyMessageForm(sent, initial={"wanted": account.daily_message})
    status = 200
    if form.is_valid():
        try:
            choose_daily_message(at=clock.now(), account=account, wanted=form.cleaned_data["wanted"])
        except Refusal as refusal:
            form.add_error(None, messages.of_refusal(refusal))
            status = 422
        else:
            toasts.add_message(request, toasts.INFO, _("Saved."), extra_tags="good")
            return HttpResponseRedirect(reverse("people:own-account"))
    held = kept(account.person) if account.person else []
    context = {
        "form": form,
        "account": account,
        "kept": held,
        "has_phone": any(one.column == SealedColumn.PHONE for one in held),
        "phone": SealedColumn.PHONE,
        "sms": sms.gateway() is not None,
    }
    return render(request, "people/own_account.html", context, status=status)


@guard(signed_in)
def own_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; this session stays, all others of the account end."""
    account: Any = request.user

    def work(data: dict[str, Any]) -> None:
        change_own_password(at=clock.now(), account=account, **data)
        update_session_auth_hash(request, account)

    return form_page(
        request,
        OwnPasswordForm(request.POST or None),
        _("Change the password"),
        work,
        reverse("people:own-account"),
        in_words=messages.of_refusal,
    )


@public("only where `unionhall demo` made the database; elsewhere there is no such page")
@never_cache
def demo(request: HttpRequest) -> HttpResponse:
    """Enter the invented city as one of its people."""
    if not _is_demo():
        raise Http404
    accounts = Account.objects.select_related("person").filter(is_active=True).order_by("id")
    if request.method == "POST":
        account = accounts.filter(username=request.POST.get("username")).first()
        if account is None:
            raise Http404
        login(request, account, backend=BACKEND)
        return HttpResponseRedirect(_next(request))
    words = {
        "administrator": _("Keeps the register: founds unions, registers persons, appoints, opens accounts."),
        "organiser": _(
            "Organises the contest for the city federation: juries, codes, rehearsal, publication."
        ),
        "scrutineer": _("Runs the control desk: opens, closes and reveals."),
        "chief": _("Chief juror: proposes corrections and freezes the board."),
        "district": _("Officer of a district: holds meetings, gives issues to owners, sends speakers."),
        "deputy": _("Second officer of that district: checks what others report done."),
        "station": _("Chief of a service station: owns issues and reports them done."),
    }
    people = [{"account": account, "words": words.get(account.username, "")} for account in accounts]
    return render(request, "people/demo.html", {"people": people, "next": _next(request)})
