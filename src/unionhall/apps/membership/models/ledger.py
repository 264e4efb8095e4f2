"""The membership ledger. Entries are only ever added; where a person stands follows from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import (
    Channel,
    Employment,
    EventKind,
    MatchKind,
    MatchState,
    Occupation,
    Standing,
)
from unionhall.apps.membership.models.applications import Application
from unionhall.apps.membership.models.outreach import OutreachSession, Touch
from unionhall.apps.orgs.models import Dated, Employer, Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class Engagement(Dated):
    """Work that a person does: for an employer, through a platform at a site, or from job to job."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="engagements")
    employment = models.CharField(max_length=10, choices=Employment)
    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, related_name="engagements", null=True, blank=True
    )
    workplace = models.CharField(_("workplace"), max_length=160, blank=True)
    site = models.CharField(_("site"), max_length=80, blank=True)
    occupation = models.CharField(_("occupation"), max_length=24, choices=Occupation)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="engagement_period"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends__isnull=True), name="engagement_one_open"
            ),
        ]


class Membership(models.Model):
    """The head of one person's entries in the ledger: where the person stands by the last of them.

    Written together with each entry, and locked while one is added; `queries.ledger.standing_of` gives the
    same from the entries alone.
    """

    public_id = PublicIdField()
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="membership")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.NONE)
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True, db_index=False
    )
    joined_on = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    card_issued_at = models.DateTimeField(null=True, blank=True)
    # Consent may be withdrawn while membership goes on: then the ledger is all that the record serves for.
    consent_withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["union", "standing"], name="membership_roll")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(standing__in=(Standing.MEMBER, Standing.RETAINED)) | Q(union__isnull=False),
                name="membership_has_union",
            ),
        ]


class MembershipEvent(models.Model):
    """One entry of the ledger. `on` is the day from which it counts, `at` when it was written."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="membership_events", db_index=False
    )
    kind = models.CharField(max_length=12, choices=EventKind)
    # On whose roll it stands; of a transfer out the union that was left.
    union = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="membership_events", db_index=False
    )
    on = models.DateField()
    at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    # What the person worked as on that day, since counts by occupation must not move later.
    occupation = models.CharField(max_length=24, choices=Occupation, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="corrected_by", null=True, blank=True
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        indexes = [
            # The whole city's entries of a period, and those of some unions: neither serves the other. They
            # hold all that is counted, so that counting reads no rows.
            models.Index(fields=["kind", "on", "union", "occupation", "id"], name="ledger_by_day"),
            models.Index(fields=["union", "kind", "on", "occupation", "id"], name="ledger_of_union"),
            models.Index(fields=["person", "id"], name="ledger_of_person"),
        ]
        constraints = [
            # Of the few that came by an application only: the many others would mislead the planner.
            models.UniqueConstraint(
                fields=["application"], condition=Q(application__isnull=False), name="ledger_application_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind=EventKind.CORRECT) & Q(corrects__isnull=False) & ~Q(reason=""))
                | (~Q(kind=EventKind.CORRECT) & Q(corrects__isnull=True)),
                name="ledger_correction",
            ),
        ]


class Attribution(models.Model):
    """Where an approved application came from, by the rule in force when it was approved; never changed."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="attribution")
    rule_version = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=24, choices=Channel)
    session = models.ForeignKey(
        OutreachSession, on_delete=models.PROTECT, related_name="attributions", null=True, blank=True
    )
    touch = models.ForeignKey(Touch, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # Other contacts within the window, oldest first: the keys of their rows; and their channels, each once.
    assists = models.JSONField(default=list)
    assisted_by = models.JSONField(default=list)
    # As its entry says, so that a year's channels are counted without opening every application; empty of
    # one that restored a membership, for that is no join.
    joined_with = models.ForeignKey(
        Union, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    joined_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["joined_with", "joined_on", "channel", "session", "assisted_by", "application"],
                name="attribution_of_union",
            ),
            models.Index(fields=["joined_on"], name="attribution_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_with__isnull=True, joined_on__isnull=True)
                | Q(joined_with__isnull=False, joined_on__isnull=False),
                name="attribution_of_join",
            ),
        ]


class Match(models.Model):
    """Two records that may be one person, for an officer to look at. The lower key comes first."""

    public_id = PublicIdField()
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=MatchKind)
    state = models.CharField(max_length=8, choices=MatchState, default=MatchState.OPEN)
    # Of a merge: which of the two holds on.
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="match_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="match_order"),
            models.CheckConstraint(
                condition=Q(state=MatchState.MERGED, kept__isnull=False)
                | (~Q(state=MatchState.MERGED) & Q(kept__isnull=True)),
                name="match_kept",
            ),
        ]

    @property
    def pair(self) -> tuple[Person, Person]:
        """Both records."""
        return self.first, self.second
