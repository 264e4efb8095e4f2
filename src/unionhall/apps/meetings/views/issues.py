"""Issues: the list with its ageing, one issue with its history and what comes next for whoever looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.meetings import messages, queries, rules, usecases
from unionhall.apps.meetings.codes import IssueKind, IssueState
from unionhall.apps.meetings.evidence import LIMIT, PDF
from unionhall.apps.meetings.forms import (
    AssignForm,
    ClaimForm,
    CloseForm,
    DueForm,
    NewIssueForm,
    NoteForm,
    ReasonForm,
)
from unionhall.apps.meetings.models import EvidenceFile, Issue
from unionhall.apps.meetings.sources import source_of
from unionhall.apps.meetings.tables import IssueFilter, IssueTable
from unionhall.apps.orgs.queries import unions_in_reach
from unionhall.apps.people.codes import PostRole
from unionhall.kernel import clock, keyring
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.charts import bar_chart
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def _load(public_id: str) -> Issue:
    return get_object_or_404(
        Issue.objects.select_related("union", "owner", "raised_by", "meeting", "claimed_by", "closed_by"),
        public_id=public_id,
    )


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(issue: Issue) -> str:
    return reverse("meetings:issue", args=[issue.public_id])


@guard(rules.follows_issues)
def issues(request: HttpRequest) -> HttpResponse:
    """The issues within view, and how long those have waited that are not settled."""
    rows = queries.issues_for(_by(request))
    actions = (
        [(_("Raise an issue"), reverse("meetings:new-issue"))]
        if allowed(rules.works_anywhere, request.user)
        else []
    )
    return list_page(
        request,
        rows,
        IssueTable,
        IssueFilter,
        heading=_("Issues"),
        name="issues",
        actions=actions,
        template="meetings/issues.html",
        more=_ageing(queries.ageing(rows, clock.today())),
    )


def _ageing(buckets: list[queries.Bucket]) -> dict[str, Any]:
    """The chart and its table: a row for each bucket, a column for what keeps its issues."""
    series = [_("Overdue"), _("No owner yet"), _("In hand"), _("Waits for a check")]
    rows = [
        (
            _("%(first)s–%(last)s days") % {"first": one.first, "last": one.last}
            if one.last is not None
            else _("%(first)s days and more") % {"first": one.first},
            (one.overdue, one.unassigned, one.in_hand, one.claimed),
        )
        for one in buckets
    ]
    unsettled = sum(one.total for one in buckets)
    return {"chart": bar_chart(series, rows), "series": series, "ageing": rows, "unsettled": unsettled}


@guard(rules.works_anywhere)
def new_issue(request: HttpRequest) -> HttpResponse:
    """Raise an issue that no meeting raised."""
    unions = unions_in_reach(request.user, PostRole.OFFICER).order_by("pk")

    def work(data: dict[str, Any]) -> object:
        data["kind"] = IssueKind(data["kind"])
        return usecases.raise_issue(by=_by(request), at=clock.now(), **data)

    return form_page(
        request,
        NewIssueForm(request.POST or None, unions=unions),
        _("Raise an issue"),
        work,
        _to,
        in_words=messages.of_refusal,
        cancel=reverse("meetings:issues"),
    )


class Next(NamedTuple):
    """What comes next for whoever looks: in words, the one main step, and what else could be done."""

    words: str
    main: tuple[str, str] | None
    others: list[tuple[str, str]]


def _next(request: HttpRequest, issue: Issue) -> Next:
    account = _by(request)
    keeps, owns = allowed(rules.keeps, account, issue), allowed(rules.owns, account, issue)

    def step(label: str, name: str) -> tuple[str, str]:
        return label, reverse(f"meetings:{name}", args=[issue.public_id])

    note = step(_("Add a note"), "note")
    if issue.state == IssueState.CLOSED:
        words = _("This is settled. Should it turn out otherwise, an officer opens it again.")
        return Next(words, None, [note, *([step(_("Open it again"), "reopen")] if keeps else [])])
    if issue.state == IssueState.DONE_CLAIMED:
        mine = account.person_id in {issue.owner_id, issue.claimed_by_id}
        if keeps and not mine:
            words = _("Reported done. Look at the evidence, check it, then close it or send it back.")
            main = step(_("Close it: I have checked"), "close")
            return Next(words, main, [step(_("Send it back"), "return"), note])
        words = _("Reported done. Another officer checks it and closes it.")
        return Next(words, None, [note, *([step(_("Send it back"), "return")] if keeps else [])])
    if issue.owner is None:
        words = _("Nobody owns this yet. Say who sees to it and until when.")
        return Next(words, step(_("Give it to an owner"), "assign") if keeps else None, [note])
    kept = [step(_("Another owner"), "assign"), step(_("Another day"), "due")] if keeps else []
    done = step(_("Report it done"), "claim")
    if owns:
        return Next(_("This is yours. Report it done when it is."), done, [note, *kept])
    words = _("%(name)s sees to it.") % {"name": issue.owner.name}
    return Next(words, None, [note, *kept, done])


@guard(rules.sees_issue, _load)
def issue(request: HttpRequest, shown: Issue) -> HttpResponse:
    """One issue."""
    today = clock.today()
    standing = shown.standing(today)
    meeting = shown.meeting
    context = {
        "issue": shown,
        "standing": standing,
        "days": shown.days(today),
        "next": _next(request, shown),
        "steps": queries.history(shown),
        "meeting_address": reverse("meetings:meeting", args=[meeting.public_id])
        if meeting and allowed(rules.keeps, request.user, meeting)
        else "",
        "source": source_of(shown),
    }
    return render(request, "meetings/issue.html", context)


def _page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    issue: Issue,
    explained: str = "",
) -> HttpResponse:
    return form_page(
        request,
        form,
        f"{heading} · {issue.title}",
        work,
        _to(issue),
        in_words=messages.of_refusal,
        explained=explained,
    )


@guard(rules.keeps, _load)
def assign(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Give the issue to an owner."""
    owners = queries.able_to_act(reach_of(request.user, PostRole.OFFICER))
    form = AssignForm(
        request.POST or None,
        owners=owners,
        moves=issue.due is not None,
        initial={"owner": issue.owner_id, "due": issue.due},
    )
    return _page(
        request,
        form,
        _("Give it to an owner"),
        lambda data: usecases.assign_issue(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
    )


@guard(rules.keeps, _load)
def due(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Move the day."""
    return _page(
        request,
        DueForm(request.POST or None, initial={"due": issue.due}),
        _("Another day"),
        lambda data: usecases.move_due(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
    )


@guard(rules.sees_issue, _load)
def note(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Add a note."""
    return _page(
        request,
        NoteForm(request.POST or None),
        _("Add a note"),
        lambda data: usecases.note_issue(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
    )


@guard(rules.claims, _load)
def claim(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Report the issue done."""

    def work(data: dict[str, Any]) -> object:
        # One byte more than is allowed: enough to be refused, however much was sent.
        data["file"] = data["file"].read(LIMIT + 1) if data["file"] else None
        return usecases.claim_done(by=_by(request), at=clock.now(), issue=issue, **data)

    return _page(
        request,
        ClaimForm(request.POST or None, request.FILES or None),
        _("Report it done"),
        work,
        issue,
        _("Another officer checks it before it is closed."),
    )


@guard(rules.keeps, _load)
def close(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Close the issue as the second person."""
    return _page(
        request,
        CloseForm(request.POST or None),
        _("Close it"),
        lambda data: usecases.close_issue(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
        _("Your name stands under the check. Whoever owns it or reported it done cannot close it."),
    )


@guard(rules.keeps, _load)
def send_back(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Send the issue back to its owner."""
    return _page(
        request,
        ReasonForm(request.POST or None),
        _("Send it back"),
        lambda data: usecases.return_issue(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
        _("It goes back to its owner; what was reported stays in the history."),
    )


@guard(rules.keeps, _load)
def reopen(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Open the issue again."""
    return _page(
        request,
        ReasonForm(request.POST or None),
        _("Open it again"),
        lambda data: usecases.reopen_issue(by=_by(request), at=clock.now(), issue=issue, **data),
        issue,
        _("It goes back to its owner; its days count from when it was first raised."),
    )


@guard(rules.sees_issue, _load)
def evidence(_request: HttpRequest, issue: Issue, file_id: str) -> HttpResponse:
    """The file that came with a claim: a picture is shown, a PDF is taken away."""
    file = EvidenceFile.objects.filter(step__issue=issue, public_id=file_id).first()
    if file is None:
        raise Http404
    content = keyring.decrypt(bytes(file.sealed), file.public_id)
    response = HttpResponse(content, content_type=file.content_type)
    response["Cache-Control"] = "private, no-store"
    if file.content_type == PDF:
        response["Content-Disposition"] = f'attachment; filename="{file.public_id}.pdf"'
    return response
