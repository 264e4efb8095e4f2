"""Registers of a ground: agreements, the files that came in, their columns, and linking them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages as toasts
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, queries, register_messages, rules
from unionhall.apps.coverage.codes import DeliveryState
from unionhall.apps.coverage.forms.registers import (
    AgreementForm,
    ColumnsForm,
    DeliverForm,
    EndForm,
    LinkForm,
    SourceForm,
)
from unionhall.apps.coverage.models import Delivery, LinkageRun, RegisterSource
from unionhall.apps.coverage.usecases.registers import arriving, runs
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs import usecases as orgs
from unionhall.apps.orgs.codes import RegisterField, RegisterKind
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.kernel import audit, clock
from unionhall.kernel.codes import JobState
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import form_page


def _by(request: HttpRequest) -> Any:
    return request.user


def to(ground: Union) -> str:
    """The page of a ground's registers."""
    return reverse("coverage:registers", args=[ground.public_id])


@guard(rules.keeps_any_ground)
def start(request: HttpRequest) -> HttpResponse:
    """The grounds within reach; straight on when it is one."""
    grounds = list(queries.enterprises.grounds(reach_of(request.user, *rules.KEEPERS)))
    if len(grounds) == 1:
        return HttpResponseRedirect(to(grounds[0]))
    return render(request, "coverage/registers/grounds.html", {"grounds": grounds})


@guard(rules.keeps_ground, loading.union)
def registers(request: HttpRequest, ground: Union) -> HttpResponse:
    """The agreements, registers, files and runs of a ground."""
    today = clock.today()
    labels = dict(RegisterField.choices)
    agreements = [
        (one, [labels[name] for name in one.fields], one.holds(today))
        for one in queries.registers.agreements(ground)
    ]
    held = {kind: queries.registers.ready(ground, kind).exists() for kind in ("MARKET", "UNION")}
    context = {
        "ground": ground,
        "agreements": agreements,
        "sources": [(one, one.agreement.holds(today)) for one in queries.registers.sources(ground)],
        "deliveries": queries.registers.deliveries(ground),
        "runs": queries.registers.runs(ground),
        "may_agree": allowed(rules.agrees, request.user, ground),
        "held": held,
        "ready": all(held.values()),
        "installed": runs.can_link(),
    }
    return render(request, "coverage/registers/registers.html", context)


@guard(rules.agrees, loading.union)
def new_agreement(request: HttpRequest, ground: Union) -> HttpResponse:
    """Note a signed agreement."""

    def work(data: dict[str, Any]) -> Agreement:
        fields = [RegisterField(name) for name in data.pop("fields_used")]
        data["register"] = RegisterKind(data["register"])
        return orgs.note_agreement(by=_by(request), at=clock.now(), ground=ground, fields=fields, **data)

    return form_page(
        request,
        AgreementForm(request.POST or None),
        f"{_('Note an agreement')} · {ground.short_name}",
        work,
        to(ground),
        in_words=messages.of_refusal,
        explained=_("Registers of other offices come in only under an agreement, and only what it covers."),
    )


@guard(rules.ends_agreement, loading.agreement)
def end_agreement(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Let an agreement end."""
    return form_page(
        request,
        EndForm(request.POST or None),
        f"{_('Agreement ends')} · {agreement.title}",
        lambda data: orgs.end_agreement(by=_by(request), at=clock.now(), agreement=agreement, **data),
        to(agreement.ground),
        in_words=messages.of_refusal,
        explained=_("From that day on nothing is taken in under it. What the ledger was told stays."),
        button=_("Let it end"),
    )


@guard(rules.keeps_ground, loading.union)
def new_source(request: HttpRequest, ground: Union) -> HttpResponse:
    """Enter a register that is given under an agreement."""
    return form_page(
        request,
        SourceForm(request.POST or None, ground=ground),
        f"{_('Enter a register')} · {ground.short_name}",
        lambda data: arriving.add_source(by=_by(request), at=clock.now(), **data),
        lambda made: reverse("coverage:deliver", args=[made.public_id]),
        in_words=messages.of_refusal,
        explained=_("What its columns hold is asked once and remembered for its next file."),
        cancel=to(ground),
    )


@guard(rules.keeps_source, loading.source)
def deliver(request: HttpRequest, source: RegisterSource) -> HttpResponse:
    """Hand a file of a register in."""
    form = DeliverForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _take_in(request, source, form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                return HttpResponseRedirect(reverse("coverage:delivery", args=[made.public_id]))
    labels = dict(RegisterField.choices)
    context = {
        "source": source,
        "ground": source.agreement.ground,
        "form": form,
        "covered": [labels[name] for name in source.agreement.fields],
    }
    return render(request, "coverage/registers/deliver.html", context, status=status)


def _take_in(request: HttpRequest, source: RegisterSource, data: dict[str, Any]) -> Delivery:
    sent: UploadedFile[Any] = data["file"]
    with tempfile.NamedTemporaryFile(prefix="register-") as copy:
        if isinstance(sent, TemporaryUploadedFile):
            path = Path(sent.temporary_file_path())
        else:
            shutil.copyfileobj(sent, copy)
            copy.flush()
            path = Path(copy.name)
        return arriving.take_in(
            by=_by(request),
            at=clock.now(),
            source=source,
            name=sent.name or "",
            path=path,
            as_of=data["as_of"],
        )


@guard(rules.keeps_delivery, loading.delivery)
def delivery(request: HttpRequest, found: Delivery) -> HttpResponse:
    """One file: what its columns hold, how far it is read, and what was found in it."""
    agreement = found.source.agreement
    form = ColumnsForm(request.POST or None, delivery=found, allowed=arriving.allowed_fields(agreement))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arriving.confirm_columns(
                    by=_by(request), at=clock.now(), delivery=found, mapped=form.mapped()
                )
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                return HttpResponseRedirect(reverse("coverage:delivery", args=[found.public_id]))
    job = queries.registers.last_job(found.public_id)
    under_way = job is not None and job.under_way
    context = {
        "one": found,
        "ground": agreement.ground,
        "form": form,
        "job": job if job and job.state != JobState.DONE else None,
        "asks": not under_way and found.state in (DeliveryState.ARRIVED, DeliveryState.READING),
        "profile": _profile(found),
        "deletable": found.state != DeliveryState.DELETED and not under_way,
        "history": audit.history(found)[:20],
    }
    return render(request, "coverage/registers/delivery.html", context, status=status)


def _profile(found: Delivery) -> dict[str, Any] | None:
    """What was counted in a file, with shares, for a table."""
    if not found.profile:
        return None
    labels = dict(RegisterField.choices)
    rows = found.profile["rows"] or 1
    # What was read by an earlier version does not tell it.
    first = found.profile.get("first", {})
    return {
        **found.profile,
        "repeated": first.get("duplicates"),
        "columns": [
            (
                labels[name.upper()],
                "、".join(found.mapped[name]),
                blank,
                f"{blank / rows:.1%}",
                first.get(name),
            )
            for name, blank in found.profile["blanks"].items()
        ],
        "numbers": [
            (register_messages.problem_name(code), count, f"{count / rows:.1%}", first.get(code))
            for code, count in sorted(found.profile["problems"].items(), key=lambda one: -one[1])
        ],
    }


@require_POST
@guard(rules.keeps_delivery, loading.delivery)
def discard(request: HttpRequest, found: Delivery) -> HttpResponse:
    """Delete a file."""
    try:
        arriving.discard(by=_by(request), at=clock.now(), delivery=found)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    else:
        toasts.add_message(request, toasts.INFO, _("The file is deleted."), extra_tags="good")
    return HttpResponseRedirect(to(found.source.agreement.ground))


@guard(rules.keeps_ground, loading.union)
def link(request: HttpRequest, ground: Union) -> HttpResponse:
    """Have registers linked."""

    def work(data: dict[str, Any]) -> LinkageRun:
        return runs.begin_run(by=_by(request), at=clock.now(), ground=ground, **data)

    return form_page(
        request,
        LinkForm(request.POST or None, ground=ground),
        f"{_('Link registers')} · {ground.short_name}",
        work,
        lambda made: reverse("coverage:run", args=[made.public_id]),
        in_words=messages.of_refusal,
        explained=_(
            "Enterprises of the market regulator that stand in the register of unions are noted as having"
            " a union, the others as having none; what is uncertain comes to the review desk. What people"
            " noted later stays. Afterwards the files are deleted; of the register of unions a standing"
            " register stays, without persons and phones: with it a file of the market's changes is enough"
            " next time."
        ),
        cancel=to(ground),
        button=_("Begin linking"),
    )
