"""Foundings: what is under way, and one of them stage by stage."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import NEEDED, OPEN_TO_FOUND, DocumentKind, FoundingKind, Stage
from unionhall.apps.coverage.forms.foundings import (
    AssemblyForm,
    BackForm,
    DocumentForm,
    DueForm,
    FoundForm,
    LinkForm,
    PassForm,
    PassStageForm,
    ReasonForm,
    RegisterForm,
)
from unionhall.apps.coverage.models import Enterprise, Founding, FoundingDocument
from unionhall.apps.coverage.tables import FoundingFilter, FoundingTable
from unionhall.apps.coverage.usecases import covering, foundings
from unionhall.apps.coverage.views import loading
from unionhall.apps.coverage.views.pages import page, to
from unionhall.apps.coverage.views.ways import ways
from unionhall.apps.meetings.evidence import LIMIT, PDF
from unionhall.apps.meetings.queries import able_to_act
from unionhall.apps.meetings.rules import keeps as keeps_meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.kernel import audit, clock, keyring
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

COURSE = (Stage.PREPARING, Stage.ASSEMBLY, Stage.APPROVAL, Stage.REGISTRATION, Stage.FOUNDED)


def _by(request: HttpRequest) -> Any:
    return request.user


def _reach(request: HttpRequest) -> frozenset[int]:
    return reach_of(request.user, *rules.KEEPERS)


@guard(rules.keeps_any_ground)
def all_foundings(request: HttpRequest) -> HttpResponse:
    """The foundings within reach, what is due first."""
    return list_page(
        request,
        queries.foundings.foundings_within(_reach(request)),
        FoundingTable,
        FoundingFilter,
        heading=_("Foundings"),
        name="foundings",
        actions=[(_("To the ledger"), reverse("coverage:ledger"))],
        template="coverage/foundings.html",
    )


@guard(rules.keeps, loading.enterprise)
def new(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """Begin a founding from an enterprise's page; a joint one names others besides."""
    ground = found.ground
    above = [ground.pk, *(one.pk for one in line_of_command(ground, clock.today()))]
    rows = Enterprise.objects.filter(ground=ground, gone="", state__in=OPEN_TO_FOUND)
    # Whole, for a union bears the name of its enterprise.
    called = queries.names.whole([found])[found.pk]
    form = FoundForm(
        request.POST or None,
        unions=Union.objects.filter(pk__in=above).order_by("-pk"),
        owners=able_to_act(_reach(request)),
        rows=rows,
        initial={
            "enterprises": called,
            "name": f"{called}工会委员会",
            "short_name": f"{called}工会"[:40],
            "upper": ground.pk,
        },
    )

    def work(data: dict[str, Any]) -> Founding:
        data["kind"] = FoundingKind(data["kind"])
        return foundings.open_founding(by=_by(request), at=clock.now(), ground=ground, **data)

    return form_page(
        request,
        form,
        _("Begin to found a union"),
        work,
        to,
        in_words=messages.of_refusal,
        explained=_(
            "Preparatory group, members' meeting, approval by the upper union, registration: each stage has"
            " its documents and its day."
        ),
        cancel=reverse("coverage:enterprise", args=[found.public_id]),
        button=_("Begin to found a union"),
    )


@guard(rules.sees_founding, loading.founding)
def founding(request: HttpRequest, found: Founding) -> HttpResponse:
    """One founding."""
    missing = queries.foundings.missing_documents(found)
    stage, today = Stage(found.stage), clock.today()
    here = COURSE.index(stage) if stage in COURSE else -1
    meeting = found.meeting
    context = {
        "founding": found,
        "course": [
            (one.label, "past" if n < here or stage == Stage.FOUNDED else "now" if n == here else "")
            for n, one in enumerate(COURSE)
        ],
        "overdue": found.due is not None and found.due < today,
        "next": ways(request.user, found, missing),
        "needed": [(kind.label, kind not in missing) for kind in NEEDED.get(stage, ())],
        "steps": queries.foundings.steps(found),
        "documents": queries.foundings.documents(found),
        "enterprises": queries.foundings.enterprises(found),
        "meeting_address": reverse("meetings:meeting", args=[meeting.public_id])
        if meeting and allowed(keeps_meeting, request.user, meeting)
        else "",
        "history": audit.history(found)[:20],
    }
    return render(request, "coverage/founding.html", context)


@guard(rules.sees_founding, loading.founding)
def file(request: HttpRequest, found: Founding) -> HttpResponse:
    """File a document."""

    def work(data: dict[str, Any]) -> object:
        # One byte more than is allowed: enough to be refused, however much was sent.
        content = data["file"].read(LIMIT + 1)
        return foundings.file_document(
            by=_by(request), at=clock.now(), founding=found, kind=DocumentKind(data["kind"]), file=content
        )

    wanted = next(iter(queries.foundings.missing_documents(found)), DocumentKind.OTHER)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"kind": wanted})
    return page(request, form, _("File a document"), work, found)


@guard(rules.keeps, loading.founding)
def go_on(request: HttpRequest, found: Founding) -> HttpResponse:
    """The stage is passed."""
    heading = _("The group stands") if found.stage == Stage.PREPARING else _("Hand it in")

    def work(data: dict[str, Any]) -> object:
        data["seen"] = Stage(data["seen"])
        return foundings.pass_stage(by=_by(request), at=clock.now(), founding=found, **data)

    form = PassStageForm(request.POST or None, initial={"seen": found.stage})
    return page(request, form, heading, work, found, button=heading)


@guard(rules.approves, loading.founding)
def approve(request: HttpRequest, found: Founding) -> HttpResponse:
    """The upper union approves."""
    return page(
        request,
        PassForm(request.POST or None),
        _("Approve"),
        lambda data: foundings.approve(by=_by(request), at=clock.now(), founding=found, **data),
        found,
        _("Your name stands under the approval."),
        _("Approve"),
    )


@guard(rules.approves, loading.founding)
def back(request: HttpRequest, found: Founding) -> HttpResponse:
    """The upper union sends it back."""

    def work(data: dict[str, Any]) -> object:
        data["to"] = Stage(data["to"])
        return foundings.send_back(by=_by(request), at=clock.now(), founding=found, **data)

    heading = _("Send it back")
    return page(request, BackForm(request.POST or None), heading, work, found, button=heading)


@guard(rules.sees_founding, loading.founding)
def due(request: HttpRequest, found: Founding) -> HttpResponse:
    """Another day."""
    return page(
        request,
        DueForm(request.POST or None, initial={"due": found.due}),
        _("Another day"),
        lambda data: foundings.move_due(by=_by(request), at=clock.now(), founding=found, **data),
        found,
    )


@guard(rules.keeps, loading.founding)
def give_up(request: HttpRequest, found: Founding) -> HttpResponse:
    """Give it up."""
    return page(
        request,
        ReasonForm(request.POST or None),
        _("Give it up"),
        lambda data: foundings.give_up(by=_by(request), at=clock.now(), founding=found, **data),
        found,
        _("The enterprises are again what they were before. What was filed stays."),
        _("Give it up"),
    )


@guard(rules.keeps, loading.founding)
def assembly(request: HttpRequest, found: Founding) -> HttpResponse:
    """Plan the members' meeting."""
    return page(
        request,
        AssemblyForm(request.POST or None, chairs=able_to_act(_reach(request))),
        _("Plan the members' meeting"),
        lambda data: foundings.plan_assembly(by=_by(request), at=clock.now(), founding=found, **data),
        found,
        _("It stands among the meetings too; there it is recorded when it has been held."),
    )


@guard(rules.keeps, loading.founding)
def link_meeting(request: HttpRequest, found: Founding) -> HttpResponse:
    """Say which meeting it was."""
    meetings = queries.foundings.meetings_for(found)
    return page(
        request,
        LinkForm(request.POST or None, meetings=meetings, initial={"meeting": found.meeting_id}),
        _("Members' meeting"),
        lambda data: foundings.link_meeting(by=_by(request), at=clock.now(), founding=found, **data),
        found,
    )


@guard(rules.registers, loading.founding)
def register(request: HttpRequest, found: Founding) -> HttpResponse:
    """Register the union."""
    return page(
        request,
        RegisterForm(request.POST or None),
        _("Register the union"),
        lambda data: covering.register_union(by=_by(request), at=clock.now(), founding=found, **data),
        found,
        _(
            "The union stands in the line of command from that day on and covers its enterprises."
            " Applications that wait for them elsewhere are passed on to it."
        ),
        _("Register the union"),
    )


@guard(rules.sees_founding, loading.founding)
def document(_request: HttpRequest, found: Founding, file_id: str) -> HttpResponse:
    """A document: a picture is shown, a PDF is taken away."""
    filed = FoundingDocument.objects.filter(founding=found, public_id=file_id).first()
    if filed is None:
        raise Http404
    content = keyring.decrypt(bytes(filed.sealed), filed.public_id)
    response = HttpResponse(content, content_type=filed.content_type)
    response["Cache-Control"] = "private, no-store"
    if filed.content_type == PDF:
        response["Content-Disposition"] = f'attachment; filename="{filed.public_id}.pdf"'
    return response
