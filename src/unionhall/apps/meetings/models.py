"""Meetings with their agenda, and issues with every step of their life."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings.codes import (
    IssueKind,
    IssueState,
    MeetingKind,
    MeetingState,
    Standing,
    StepKind,
)
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel.clock import CITY
from unionhall.kernel.ids import PublicIdField


class Meeting(models.Model):
    """A meeting of a union: what is on its agenda, who was there, what was said."""

    public_id = PublicIdField()
    union = models.ForeignKey(
        Union, verbose_name=_("union"), on_delete=models.PROTECT, related_name="meetings"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MeetingKind)
    title = models.CharField(_("title"), max_length=120)
    starts_at = models.DateTimeField(_("starts at"))
    place = models.CharField(_("place"), max_length=120)
    chair = models.ForeignKey(
        Person, verbose_name=_("chair"), on_delete=models.PROTECT, related_name="meetings_chaired"
    )
    state = models.CharField(max_length=8, choices=MeetingState, default=MeetingState.PLANNED)
    minutes = models.TextField(_("minutes"), blank=True)
    others = models.PositiveIntegerField(_("others present"), default=0)
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MeetingState.PLANNED, held_at=None)
                | Q(state=MeetingState.HELD, held_at__isnull=False),
                name="meeting_held_at",
            ),
        ]


class AgendaItem(models.Model):
    """One point of an agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_position"),
        ]


class Attendance(models.Model):
    """A registered person was at a meeting; whoever is not registered is counted in ``others``."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="meetings_attended")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
        ]


class Issue(models.Model):
    """A need, a blocker or a question: raised by somebody, owned by somebody until a day, closed by another.

    The row says how the issue stands now; its steps tell how it came there and give the same when replayed.
    """

    public_id = PublicIdField()
    # Made once with the draft: a slow form that is sent twice raises one issue.
    key = models.CharField(max_length=32, unique=True)
    union = models.ForeignKey(Union, verbose_name=_("union"), on_delete=models.PROTECT, related_name="issues")
    kind = models.CharField(_("kind"), max_length=8, choices=IssueKind)
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    raised_by = models.ForeignKey(
        Person,
        verbose_name=_("raised by"),
        on_delete=models.PROTECT,
        related_name="issues_raised",
        null=True,
        blank=True,
    )
    raised_by_words = models.CharField(_("raised by"), max_length=80, blank=True)
    raised_at = models.DateTimeField()
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="issues", null=True, blank=True
    )
    # What else it came from: a kind that a higher app has named in `sources`, and a public id of its own.
    source = models.CharField(max_length=20, blank=True)
    source_id = models.CharField(max_length=12, blank=True)
    owner = models.ForeignKey(
        Person,
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        related_name="issues_owned",
        null=True,
        blank=True,
    )
    due = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=12, choices=IssueState, default=IssueState.OPEN)
    measures = models.TextField(_("what was done"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    claimed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="issues_claimed", null=True, blank=True
    )
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="issues_closed", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, due=None) | Q(owner__isnull=False, due__isnull=False),
                name="issue_owner_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state=IssueState.OPEN, claimed_by=None, measures="", evidence="")
                | ~Q(state=IssueState.OPEN)
                & Q(owner__isnull=False, claimed_by__isnull=False)
                & ~Q(measures="")
                & ~Q(evidence=""),
                name="issue_claim_has_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state=IssueState.CLOSED) & Q(closed_by=None, closed_at=None)
                | Q(state=IssueState.CLOSED, closed_by__isnull=False, closed_at__isnull=False)
                & ~Q(closed_by=F("owner"))
                & ~Q(closed_by=F("claimed_by")),
                name="issue_closed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(source="", source_id="") | ~Q(source="") & ~Q(source_id=""),
                name="issue_source_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state", "due"], name="issue_of_union"),
            models.Index(fields=["source", "source_id"], name="issue_of_source"),
        ]

    def standing(self, on: date) -> Standing:
        """How it stands on a day."""
        if self.state == IssueState.CLOSED:
            return Standing.SETTLED
        if self.state == IssueState.DONE_CLAIMED:
            return Standing.DONE_CLAIMED
        if self.due is None:
            return Standing.UNASSIGNED
        return Standing.OVERDUE if self.due < on else Standing.IN_HAND

    def days(self, on: date) -> int:
        """For how many days it has been there; once it is closed, how many it took."""
        until = self.closed_at.astimezone(CITY).date() if self.closed_at else on
        return (until - self.raised_at.astimezone(CITY).date()).days


class IssueStep(models.Model):
    """One step in an issue's life; added, never changed. Its order is that of its keys."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind)
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="issue_steps", null=True, blank=True
    )
    at = models.DateTimeField()
    # The reason, the note, what was done, or how it was checked.
    text = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="issue_steps_owned", null=True, blank=True
    )
    due = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[StepKind.RAISED, StepKind.ASSIGNED]) | ~Q(text=""),
                name="issue_step_has_words",
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.CLAIMED) | ~Q(evidence=""), name="issue_step_has_evidence"
            ),
        ]


class EvidenceFile(models.Model):
    """A picture or a PDF that goes with a claim, encrypted with the key ring and bound to its public id."""

    public_id = PublicIdField()
    step = models.OneToOneField(IssueStep, on_delete=models.PROTECT, related_name="file")
    content_type = models.CharField(max_length=20)
    sealed = models.BinaryField()
