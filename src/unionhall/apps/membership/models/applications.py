"""An application to join: what was asked, what was done with it, and what a committee decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings.models import Meeting
from unionhall.apps.membership.codes import (
    PENDING,
    ApplicationState,
    Confirmation,
    Employment,
    FilledBy,
    Occupation,
    Step,
)
from unionhall.apps.membership.models.outreach import SourceCode
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind, Sex
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField
from unionhall.kernel.sealed import INDEX_LENGTH


class Decision(models.Model):
    """What a grass-roots committee decided, at one meeting, of any number of applications."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="membership_decisions")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="membership_decisions", null=True, blank=True
    )
    decided_on = models.DateField(_("decided on"))
    deciders = models.ManyToManyField(Person, verbose_name=_("deciders"), related_name="+", blank=True)
    # Names of deciders who are on no register, and where the signed minutes lie.
    present = models.CharField(_("present"), max_length=300, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Application(models.Model):
    """A worker's wish to join. Number and phone are encrypted, bound to this row's public id.

    A person is made of it only when it is approved, so that a stranger's form changes nobody's record.
    """

    public_id = PublicIdField()
    form_version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT)
    # Made once with the draft on the phone; the same key with the same body is the same application.
    key = models.CharField(max_length=40, unique=True)
    body_digest = models.CharField(max_length=64, blank=True)
    # SHA-256 of the secret with which the applicant comes back to the form and sees how it stands.
    secret_hash = models.CharField(max_length=64)
    # The same of a link that was made later, for whoever had lost the first and showed a code of the phone.
    link_hash = models.CharField(max_length=64, blank=True)

    union = models.ForeignKey(
        Union, verbose_name=_("union"), on_delete=models.PROTECT, related_name="applications", null=True
    )
    source = models.ForeignKey(
        SourceCode, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )

    name = models.CharField(_("name"), max_length=80, blank=True)
    identity_kind = models.CharField(max_length=20, choices=IdentityKind, default=IdentityKind.ID_CARD)
    identity_sealed = models.BinaryField(null=True)
    identity_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, db_index=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, db_index=True)
    phone_tail_index = models.BinaryField(max_length=INDEX_LENGTH, null=True)
    birth = models.DateField(_("date of birth"), null=True)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, blank=True)

    employment = models.CharField(_("where you work"), max_length=10, choices=Employment, blank=True)
    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )
    # As typed: an employer that was not found in the register, or the platform and its site.
    workplace = models.CharField(_("workplace"), max_length=160, blank=True)
    site = models.CharField(_("site"), max_length=80, blank=True)
    occupation = models.CharField(_("occupation"), max_length=24, choices=Occupation, blank=True)

    filled_by = models.CharField(max_length=8, choices=FilledBy, default=FilledBy.SELF)
    # Who filled it in for the applicant: a word, such as a relation or a post; no other person's data.
    proxy = models.CharField(_("filled in by"), max_length=40, blank=True)
    consent_version = models.PositiveSmallIntegerField(null=True)
    consented_at = models.DateTimeField(null=True)
    consent_withdrawn_at = models.DateTimeField(null=True)
    confirmed = models.CharField(max_length=8, choices=Confirmation, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(_("due"), null=True)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )

    class Meta:
        indexes = [
            models.Index(fields=["union", "state", "due_on"], name="application_queue"),
            models.Index(fields=["submitted_at"], name="application_submitted"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
                | Q(
                    submitted_at__isnull=False,
                    union__isnull=False,
                    consented_at__isnull=False,
                    phone_sealed__isnull=False,
                ),
                name="application_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ApplicationState.SUBMITTED, ApplicationState.ACCEPTED))
                | Q(confirmed_at__isnull=False),
                name="application_confirmed",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=(ApplicationState.APPROVED, ApplicationState.REFUSED), decision__isnull=False)
                    | (
                        ~Q(state__in=(ApplicationState.APPROVED, ApplicationState.REFUSED))
                        & Q(decision__isnull=True)
                    )
                ),
                name="application_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.APPROVED) | Q(person__isnull=False),
                name="application_approved_person",
            ),
        ]

    @property
    def shown_workplace(self) -> str:
        """Where the applicant works, in one line."""
        where = self.employer.name if self.employer else self.workplace
        return f"{where} · {self.site}" if self.site else where

    @property
    def pending(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in PENDING


class ApplicationStep(models.Model):
    """One step of an application, in words that its applicant may read; only ever added."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()


class PhoneCode(models.Model):
    """A code of six digits sent to a phone: ten minutes, five tries. The phone is here as an index only."""

    public_id = PublicIdField()
    # Of a code that an officer handed out at the desk: it lets in this person alone.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    phone_index = models.BinaryField(max_length=INDEX_LENGTH, db_index=True)
    # SHA-256 of the sender's address with the day, for limits; not the address itself.
    address_hash = models.CharField(max_length=64, db_index=True, blank=True)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="phone_code_tries"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__gte=F("sent_at")), name="phone_code_used"
            ),
        ]
