"""The applicant's pages: the form, the code, and how it stands. Nobody is signed in here."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unionhall.apps.membership import messages, queries
from unionhall.apps.membership.codes import ApplicationState
from unionhall.apps.membership.forms.joining import CodeForm, JoinForm, PhoneForm
from unionhall.apps.membership.models import Application, SourceCode
from unionhall.apps.membership.usecases import applying, confirmation
from unionhall.apps.orgs.queries import employers_like
from unionhall.kernel import clock, sealed, sms
from unionhall.kernel.permissions import public
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.typed import moment, whole_number
from unionhall.ui.offline import opens_offline

FOUND = "applications_of_phone"


def _source(public_id: str) -> SourceCode | None:
    return SourceCode.objects.select_related("union", "session").filter(public_id=public_id).first()


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _to_state(token: str) -> str:
    return reverse("membership:state", args=[token])


@public("whoever works may ask to join")
@opens_offline
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """The form. Sent twice with one key it is one application; a program is answered in JSON."""
    source = _source(request.POST.get("from", "") or request.GET.get("from", ""))
    if request.method != "POST":
        form = JoinForm(initial={"area": source.union.public_id if source else None})
        return _form(request, form, source, secrets.token_hex(16), applying.new_secret())
    key, secret = request.POST.get("key", "")[:40], request.POST.get("secret", "")[:64]
    saving = "save" in request.POST
    form = JoinForm(request.POST, saving=saving)
    if not key or not secret or not form.is_valid():
        return _form(
            request, form, source, key or secrets.token_hex(16), secret or applying.new_secret(), 422
        )
    at = clock.now()
    try:
        if saving:
            received = applying.save_draft(
                at=at, key=key, secret=secret, answers=form.answers(), source=source
            )
        else:
            received = applying.submit_application(
                at=at,
                key=key,
                secret=secret,
                answers=form.answers(),
                source=source,
                filled_at=moment(request.POST.get("filled_at", "")),
                # A page that was kept on a phone may be older than the present wording.
                consent_version=whole_number(request.POST.get("worded", "")) or applying.CONSENT_VERSION,
            )
    except Refusal as refusal:
        form.add_error("area" if refusal.code == "NO_UNION" else None, messages.of_refusal(refusal))
        return _form(request, form, source, key, secret, 422)
    if not saving:
        _send_code(request, received.application, at)
    where = _to_state(received.token)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"where": where}, status=201)
    return HttpResponseRedirect(where)


def _form(
    request: HttpRequest,
    form: JoinForm,
    source: SourceCode | None,
    key: str,
    secret: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    if status == 422 and request.headers.get("Accept") == "application/json":
        told = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
        return JsonResponse({"errors": told}, status=422)
    also = reverse("seat", args=[source.public_id]) if source else ""
    context = {"form": form, "source": source, "key": key, "secret": secret, "also": also, **more}
    context["worded"] = applying.CONSENT_VERSION
    return render(request, "membership/join/form.html", context, status=status)


def _send_code(request: HttpRequest, application: Application, at: datetime) -> str:
    """Send a code if messages can be sent; why not, in words, or nothing."""
    if application.state != ApplicationState.UNCONFIRMED:
        return ""
    phone = applying.plain_values(application)["phone"]
    try:
        confirmation.send_code(at=at, phone=phone, address=_address(request))
    except Refusal as refusal:
        return messages.of_refusal(refusal)
    return ""


def _by_token(token: str) -> Application:
    application = queries.applications.by_token(token)
    if application is None:
        raise Http404
    return application


@public("the link itself is the proof")
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """How an application stands, and the one thing that its applicant can do now."""
    application = _by_token(token)
    if application.state == ApplicationState.DRAFT:
        return HttpResponseRedirect(reverse("membership:again", args=[token]))
    return _state(request, token, application)


def _state(
    request: HttpRequest, token: str, application: Application, said: str = "", status: int = 200
) -> HttpResponse:
    phone = applying.plain_values(application)["phone"]
    context = {
        "application": application,
        "token": token,
        "steps": queries.applications.steps(application),
        "code_form": CodeForm(),
        "said": said,
        "sms": sms.gateway() is not None,
        "phone": f"{phone[:3]}****{phone[-4:]}",
        "link": request.build_absolute_uri(_to_state(token)),
    }
    return render(request, "membership/join/state.html", context, status=status)


@public("the link itself is the proof")
@never_cache
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The code that was sent, or the wish for a new one."""
    application = _by_token(token)
    at = clock.now()
    if "again" in request.POST:
        said = _send_code(request, application, at)
        return _state(
            request, token, application, said or _("A new code is on its way."), 409 if said else 200
        )
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _state(request, token, application, _("Six digits, please."), 422)
    phone = applying.plain_values(application)["phone"]
    try:
        confirmation.use_code(at=at, phone=phone, code=form.cleaned_data["code"])
        applying.confirm_phone(at=at, application=application)
    except Refusal as refusal:
        return _state(request, token, application, messages.of_refusal(refusal), 409)
    return HttpResponseRedirect(_to_state(token))


@public("the link itself is the proof")
@never_cache
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Go on with a saved draft, or complete an application that came back."""
    application = _by_token(token)
    if application.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        return HttpResponseRedirect(_to_state(token))
    returned = application.state == ApplicationState.RETURNED
    secret = token[len(application.public_id) :]
    if request.method != "POST" or not returned:
        # A draft is sent by the ordinary form, under its own key.
        form = JoinForm(initial=_filled(application))
        return _again(request, form, application, secret)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _again(request, form, application, secret, 422)
    try:
        applying.complete_application(at=clock.now(), application=application, answers=form.answers())
    except Refusal as refusal:
        form.add_error(None, messages.of_refusal(refusal))
        return _again(request, form, application, secret, 422)
    application.refresh_from_db()
    _send_code(request, application, clock.now())
    return HttpResponseRedirect(_to_state(token))


def _again(
    request: HttpRequest, form: JoinForm, application: Application, secret: str, status: int = 200
) -> HttpResponse:
    returned = application.state == ApplicationState.RETURNED
    last = application.steps.filter(step="RETURN").order_by("-pk").first() if returned else None
    return _form(
        request,
        form,
        application.source,
        application.key,
        secret,
        status,
        returned=last,
        here=request.path if returned else "",
        saved="" if returned else request.build_absolute_uri(request.path),
    )


def _filled(application: Application) -> dict[str, Any]:
    opened = applying.plain_values(application)
    return {
        "name": application.name,
        "identity_kind": application.identity_kind,
        "identity": opened["identity"],
        "phone": opened["phone"],
        "employment": application.employment,
        "workplace": application.employer.name if application.employer else application.workplace,
        "site": application.site,
        "occupation": application.occupation,
        "area": application.union.public_id if application.union else None,
        "filled_by": application.filled_by,
        "proxy": application.proxy,
    }


@public("the link itself is the proof")
@require_POST
def withdraw(_request: HttpRequest, token: str) -> HttpResponse:
    """The applicant takes the wish back."""
    # Where it was decided meanwhile, the page shows what was decided.
    with suppress(Refusal):
        applying.withdraw_application(at=clock.now(), application=_by_token(token))
    return HttpResponseRedirect(_to_state(token))


@public("names of employers are public")
@require_GET
def employers(request: HttpRequest) -> HttpResponse:
    """Names that fit what has been typed, for the form's list of proposals."""
    found = employers_like(request.GET.get("q", "")[:60])
    return JsonResponse({"employers": [one.name for one in found]})


@public("a code sent to the phone is the proof")
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Who has lost the link finds the own applications by a code sent to the phone."""
    asked = request.session.get("find_phone", "")
    phone = PhoneForm(request.POST if "phone" in request.POST else None)
    code = CodeForm(request.POST if "code" in request.POST else None)
    said, status, found = "", 200, None
    at = clock.now()
    try:
        if request.method == "POST" and "phone" in request.POST and phone.is_valid():
            asked = request.session["find_phone"] = phone.cleaned_data["phone"]
            confirmation.send_code(at=at, phone=asked, address=_address(request))
        elif request.method == "POST" and asked and code.is_valid():
            confirmation.use_code(at=at, phone=asked, code=code.cleaned_data["code"])
            rows = queries.applications.of_phone(sealed.keyed_index(asked, column="phone"))
            found = [(one, applying.link_again(at=at, application=one)) for one in rows]
            del request.session["find_phone"]
    except Refusal as refusal:
        said, status = messages.of_refusal(refusal), 409
    context = {
        "phone_form": phone,
        "code_form": code,
        "asked": asked,
        "found": found,
        "said": said,
        "sms": sms.gateway() is not None,
    }
    return render(request, "membership/join/find.html", context, status=status)
