"""Where the union meets workers: sessions, codes to scan, who came, what was asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings.models import Meeting
from unionhall.apps.membership.codes import Channel, PartnerKind, SessionState
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField
from unionhall.kernel.sealed import INDEX_LENGTH


class Partner(models.Model):
    """A body that reaches workers together with the union."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=PartnerKind)


class OutreachSession(models.Model):
    """One session: a desk at a fair, a meeting, a face-to-face talk, a training."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="outreach_sessions")
    channel = models.CharField(_("channel"), max_length=24, choices=Channel)
    title = models.CharField(_("title"), max_length=80)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120)
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), related_name="sessions", blank=True
    )
    staff = models.ManyToManyField(
        Person, verbose_name=_("staff"), related_name="outreach_sessions", blank=True
    )
    materials = models.CharField(_("materials"), max_length=200, blank=True)
    expected = models.PositiveIntegerField(_("expected reach"), null=True, blank=True)
    # Counted by the staff, beside those who checked in by themselves.
    counted = models.PositiveIntegerField(_("people counted"), null=True, blank=True)
    cost = models.PositiveBigIntegerField(_("cost in fen"), null=True, blank=True)
    # The communication meeting that this session was, when it was one.
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="outreach_sessions", null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)

    class Meta:
        indexes = [models.Index(fields=["union", "starts_at"], name="outreach_of_union")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="outreach_period",
            ),
        ]


class SourceCode(models.Model):
    """A printed code that leads to the form and says where it hung: a session's desk, a station, a poster."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="source_codes")
    channel = models.CharField(_("channel"), max_length=24, choices=Channel)
    session = models.ForeignKey(
        OutreachSession, on_delete=models.PROTECT, related_name="source_codes", null=True, blank=True
    )
    label = models.CharField(_("where it hangs"), max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True)


class CheckIn(models.Model):
    """Somebody came to a session. The phone is optional and stands here as an index only.

    The key is made on the phone with the scan, so that a check-in without network arrives exactly once.
    """

    session = models.ForeignKey(OutreachSession, on_delete=models.PROTECT, related_name="check_ins")
    key = models.CharField(max_length=40, unique=True)
    phone_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, db_index=True)
    scanned_at = models.DateTimeField()
    received_at = models.DateTimeField()


class Question(models.Model):
    """What was asked at a session, and the answer; published ones are the question bank."""

    public_id = PublicIdField()
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="questions")
    session = models.ForeignKey(
        OutreachSession, on_delete=models.PROTECT, related_name="questions", null=True, blank=True
    )
    text = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"), blank=True, max_length=2000)
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(answer=""), name="question_published_is_answered"
            ),
        ]


class Touch(models.Model):
    """A recorded contact between the union and whoever has a phone; only ever added."""

    phone_index = models.BinaryField(max_length=INDEX_LENGTH)
    channel = models.CharField(max_length=24, choices=Channel)
    session = models.ForeignKey(
        OutreachSession, on_delete=models.PROTECT, related_name="touches", null=True, blank=True
    )
    source = models.ForeignKey(
        SourceCode, on_delete=models.PROTECT, related_name="touches", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["phone_index", "at"], name="touch_of_phone")]
