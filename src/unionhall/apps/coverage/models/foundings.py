"""Founding a union, stage by stage, with documents, deadlines and whoever took each step."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import DocumentKind, FoundingAct, FoundingKind, Stage
from unionhall.apps.coverage.models.enterprises import Enterprise
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.orgs.models import Dated, Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class Founding(models.Model):
    """A union being founded as it stands now; its steps tell how it came there."""

    public_id = PublicIdField()
    ground = models.ForeignKey(
        Union, verbose_name=_("territory"), on_delete=models.PROTECT, related_name="foundings_here"
    )
    # The union that approves, and to which the new one will answer.
    upper = models.ForeignKey(
        Union, verbose_name=_("upper union"), on_delete=models.PROTECT, related_name="foundings_above"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=FoundingKind)
    name = models.CharField(_("name of the union"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.PREPARING)
    due = models.DateField(_("due"), null=True, blank=True)
    # Who sees to it at the ground's union.
    owner = models.ForeignKey(
        Person,
        verbose_name=_("in charge"),
        on_delete=models.PROTECT,
        related_name="foundings_owned",
        null=True,
        blank=True,
    )
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="foundings", null=True, blank=True
    )
    # Who handed it to the upper union: another person approves.
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    union = models.OneToOneField(
        Union, on_delete=models.PROTECT, related_name="founding", null=True, blank=True
    )
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=(Stage.FOUNDED, Stage.GIVEN_UP), ended_at__isnull=False, due=None)
                | ~Q(stage__in=(Stage.FOUNDED, Stage.GIVEN_UP)) & Q(ended_at=None, due__isnull=False),
                name="founding_has_a_day_until_its_end",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.FOUNDED, union__isnull=False)
                | ~Q(stage=Stage.FOUNDED) & Q(union=None),
                name="founding_ends_with_a_union",
            ),
        ]
        indexes = [models.Index(fields=["ground", "stage", "due"], name="foundings_of_ground")]


class FoundingEnterprise(Dated):
    """An enterprise that takes part in a founding; in one at a time."""

    founding = models.ForeignKey(Founding, on_delete=models.PROTECT, related_name="parts")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="parts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(ends=None), name="founding_one_at_a_time"
            ),
        ]


class FoundingStep(models.Model):
    """One step of a founding; added, never changed."""

    founding = models.ForeignKey(Founding, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10, choices=FoundingAct)
    # The stage after it.
    stage = models.CharField(max_length=12, choices=Stage)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()
    text = models.CharField(max_length=500, blank=True)
    due = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=(FoundingAct.RETURNED, FoundingAct.DUE_MOVED, FoundingAct.GIVEN_UP))
                | ~Q(text=""),
                name="founding_step_says_why",
            ),
        ]


class FoundingDocument(models.Model):
    """A document of a founding, a picture or a PDF, encrypted and bound to its public id."""

    public_id = PublicIdField()
    founding = models.ForeignKey(Founding, on_delete=models.PROTECT, related_name="documents")
    step = models.OneToOneField(FoundingStep, on_delete=models.PROTECT, related_name="document")
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind)
    content_type = models.CharField(max_length=20)
    sealed = models.BinaryField()
