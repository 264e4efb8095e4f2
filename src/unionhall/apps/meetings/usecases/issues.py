"""An issue's life: raised, given to an owner until a day, reported done with evidence, closed by another."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import transaction
from rules.predicates import Predicate

from unionhall.apps.meetings import rules
from unionhall.apps.meetings.codes import IssueKind, IssueState, StepKind
from unionhall.apps.meetings.evidence import made_safe
from unionhall.apps.meetings.models import EvidenceFile, Issue, IssueStep, Meeting
from unionhall.apps.orgs.models import Union
from unionhall.apps.people import rules as people_rules
from unionhall.apps.people.models import Account, Person
from unionhall.kernel import audit, keyring
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal


@transaction.atomic
def raise_issue(
    *,
    by: Acting,
    at: datetime,
    union: Union,
    kind: IssueKind,
    title: str,
    description: str = "",
    raised_by: Person | None = None,
    raised_by_words: str = "",
    meeting: Meeting | None = None,
    source: str = "",
    source_id: str = "",
    key: str = "",
) -> Issue:
    """Raise an issue of a union, at a meeting, from something else (``source``), or by itself.

    The same ``key`` again gives the issue that it raised; with other content it is refused (KEY_REUSED).
    """
    require(rules.works_in, by, union)
    if meeting is not None:
        require(rules.keeps, by, meeting)
    content = {
        "union": union,
        "kind": kind,
        "title": title,
        "description": description,
        "raised_by": raised_by,
        "raised_by_words": raised_by_words,
        "meeting": meeting,
        "source": source,
        "source_id": source_id,
    }
    issue, new = Issue.objects.get_or_create(
        key=key or secrets.token_hex(16), defaults={**content, "raised_at": at}
    )
    if not new:
        if any(getattr(issue, name) != value for name, value in content.items()):
            raise Refusal("KEY_REUSED")
        return issue
    _step(issue, StepKind.RAISED, by, at, text=description)
    refs = {"union": union.public_id} | ({"meeting": meeting.public_id} if meeting else {})
    audit.record(by.actor, "issue.raise", issue, at=at, refs=refs)
    return issue


@transaction.atomic
def assign_issue(
    *, by: Acting, at: datetime, issue: Issue, owner: Person, due: date, reason: str = ""
) -> Issue:
    """Give an issue to an owner until a day.

    A day that was set before is moved only with a reason (REASON_MISSING).
    """
    issue = _locked(issue, rules.keeps, by, IssueState.OPEN)
    require(people_rules.sees_person, by, owner)
    _must_lie_ahead(due, at)
    if issue.due not in {None, due} and not reason.strip():
        raise Refusal("REASON_MISSING")
    issue.owner, issue.due = owner, due
    issue.save(update_fields=["owner", "due"])
    _step(issue, StepKind.ASSIGNED, by, at, text=reason, owner=owner, due=due)
    refs = {"owner": owner.public_id}
    audit.record(by.actor, "issue.assign", issue, at=at, fields=["owner", "due"], refs=refs)
    return issue


@transaction.atomic
def move_due(*, by: Acting, at: datetime, issue: Issue, due: date, reason: str) -> Issue:
    """Move the day until which an issue is to be settled, with a reason. Its owner alone may not."""
    issue = _locked(issue, rules.keeps, by, IssueState.OPEN)
    if issue.due is None:
        raise Refusal("NO_OWNER")
    _must_lie_ahead(due, at)
    issue.due = due
    issue.save(update_fields=["due"])
    _step(issue, StepKind.DUE_MOVED, by, at, text=_words(reason), due=due)
    audit.record(by.actor, "issue.move_due", issue, at=at, fields=["due"])
    return issue


@transaction.atomic
def note_issue(*, by: Acting, at: datetime, issue: Issue, text: str) -> None:
    """Add what has come to be known, whatever the state."""
    issue = _locked(issue, rules.sees_issue, by)
    _step(issue, StepKind.NOTED, by, at, text=_words(text))
    audit.record(by.actor, "issue.note", issue, at=at)


@transaction.atomic
def claim_done(
    *, by: Account, at: datetime, issue: Issue, measures: str, evidence: str, file: bytes | None = None
) -> Issue:
    """Report an issue done, with what was done and the evidence for it; a picture or PDF may go with it.

    Refused with NO_OWNER while nobody owns it, FILE_TOO_LARGE or FILE_UNKNOWN.
    """
    issue = _locked(issue, rules.claims, by, IssueState.OPEN)
    if issue.owner_id is None:
        raise Refusal("NO_OWNER")
    kept = made_safe(file) if file else None
    issue.state, issue.claimed_by = IssueState.DONE_CLAIMED, by.person
    issue.measures, issue.evidence = _words(measures), _words(evidence)
    issue.save(update_fields=["state", "claimed_by", "measures", "evidence"])
    step = _step(issue, StepKind.CLAIMED, by, at, text=issue.measures, evidence=issue.evidence)
    if kept is not None:
        public_id = new_public_id()
        sealed = keyring.encrypt(kept.content, public_id)
        EvidenceFile.objects.create(
            public_id=public_id, step=step, content_type=kept.content_type, sealed=sealed
        )
    audit.record(by.actor, "issue.claim", issue, at=at, fields=["state", "measures", "evidence"])
    return issue


@transaction.atomic
def close_issue(*, by: Account, at: datetime, issue: Issue, checked: str) -> Issue:
    """Close an issue that was reported done, saying how that was checked.

    Refused with SECOND_PERSON to its owner and to whoever reported it done, NOT_CLAIMED when nobody did.
    """
    issue = _locked(issue, rules.keeps, by, IssueState.DONE_CLAIMED)
    if by.person_id in {issue.owner_id, issue.claimed_by_id}:
        raise Refusal("SECOND_PERSON")
    issue.state, issue.closed_by, issue.closed_at = IssueState.CLOSED, by.person, at
    issue.save(update_fields=["state", "closed_by", "closed_at"])
    _step(issue, StepKind.VERIFIED, by, at, text=_words(checked))
    audit.record(by.actor, "issue.close", issue, at=at, fields=["state"])
    return issue


@transaction.atomic
def return_issue(*, by: Acting, at: datetime, issue: Issue, reason: str) -> Issue:
    """Send an issue that was reported done back to its owner, with the reason."""
    issue = _locked(issue, rules.keeps, by, IssueState.DONE_CLAIMED)
    _open_again(issue)
    _step(issue, StepKind.RETURNED, by, at, text=_words(reason))
    audit.record(by.actor, "issue.return", issue, at=at, fields=["state", "measures", "evidence"])
    return issue


@transaction.atomic
def reopen_issue(*, by: Acting, at: datetime, issue: Issue, reason: str) -> Issue:
    """Open a closed issue again, with the reason; its owner and day stay until somebody sets others."""
    issue = _locked(issue, rules.keeps, by, IssueState.CLOSED)
    _open_again(issue)
    _step(issue, StepKind.REOPENED, by, at, text=_words(reason))
    audit.record(by.actor, "issue.reopen", issue, at=at, fields=["state", "measures", "evidence"])
    return issue


# Why an issue that is not in the state that was needed is refused.
WRONG_STATE = {
    IssueState.OPEN: "NOT_OPEN",
    IssueState.DONE_CLAIMED: "NOT_CLAIMED",
    IssueState.CLOSED: "NOT_CLOSED",
}


def _locked(issue: Issue, rule: Predicate, by: Acting, state: IssueState | None = None) -> Issue:
    """The issue as it is now, held until the transaction ends; refused unless ``rule`` and ``state`` hold."""
    issue = Issue.objects.select_for_update().get(pk=issue.pk)
    require(rule, by, issue)
    if state is not None and issue.state != state:
        raise Refusal(WRONG_STATE[state], state=issue.state)
    return issue


def _open_again(issue: Issue) -> None:
    issue.state, issue.measures, issue.evidence = IssueState.OPEN, "", ""
    issue.claimed_by = issue.closed_by = issue.closed_at = None
    issue.save(
        update_fields=["state", "measures", "evidence", "claimed_by", "closed_by", "closed_at"],
    )


def _must_lie_ahead(due: date, at: datetime) -> None:
    if due < at.astimezone(CITY).date():
        raise Refusal("DUE_PAST")


def _words(text: str) -> str:
    """What was written; refused with WORDS_MISSING when that is nothing."""
    if not text.strip():
        raise Refusal("WORDS_MISSING")
    return text.strip()


def _step(
    issue: Issue,
    kind: StepKind,
    by: Acting,
    at: datetime,
    *,
    text: str = "",
    evidence: str = "",
    owner: Person | None = None,
    due: date | None = None,
) -> IssueStep:
    person = by.person if isinstance(by, Account) else None
    return IssueStep.objects.create(
        issue=issue, kind=kind, by=person, at=at, text=text.strip(), evidence=evidence, owner=owner, due=due
    )
