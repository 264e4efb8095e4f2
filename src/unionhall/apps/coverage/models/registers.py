"""Registers that offices give, their runs, and what people decide where the machine is not sure."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import DeliveryState, PairState, Verdict
from unionhall.apps.coverage.models.enterprises import Enterprise, StateEntry
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.kernel.ids import PublicIdField


class RegisterSource(models.Model):
    """One register as it is given again and again under an agreement."""

    public_id = PublicIdField()
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="sources"
    )
    name = models.CharField(_("name"), max_length=80)
    # Which headings hold what, as the last file was confirmed: field to headings.
    mapped = models.JSONField(default=dict)
    created_at = models.DateTimeField()


class Delivery(models.Model):
    """One file of a register. Sealed in the data folder until a run has used it, for seven days at most.

    Of the register of unions the run leaves what later runs compare with, without persons and phones, until
    another run leaves another or the agreement is over: the standing register, one for each ground.
    """

    public_id = PublicIdField()
    source = models.ForeignKey(RegisterSource, on_delete=models.PROTECT, related_name="deliveries")
    file_name = models.CharField(_("file"), max_length=100)
    # Of the file as it was handed in.
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    # The day as of which the register tells.
    as_of = models.DateField(_("as of"))
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.ARRIVED)
    headings = models.JSONField(default=list)
    # Headings that were left out on arrival, since the agreement does not cover them.
    dropped = models.JSONField(default=list)
    mapped = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("handed in at"))
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELETED, deleted_at__isnull=False)
                | ~Q(state=DeliveryState.DELETED) & Q(deleted_at=None),
                name="delivery_deleted_once",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state=DeliveryState.KEPT), name="delivery_kept_once"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(deleted_at=None), name="delivery_kept"),
        ]


class LinkageRun(models.Model):
    """The market regulator's register linked with that of the unions, of one ground."""

    public_id = PublicIdField()
    ground = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="linkage_runs")
    market = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    union = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    tax = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    insurance = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    # Counts and shares only, no values of any record.
    report = models.JSONField(default=dict)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("asked for"))
    written_at = models.DateTimeField(_("written"), null=True, blank=True)


class ReviewPair(models.Model):
    """Two records of which the machine is not sure; both lie sealed here while it can be decided."""

    public_id = PublicIdField()
    run = models.ForeignKey(LinkageRun, on_delete=models.PROTECT, related_name="pairs")
    # Keyed hashes that stand for the records in later runs (`rows.Record.key`).
    key_a = models.BinaryField(max_length=16)
    key_b = models.BinaryField(max_length=16)
    # Millionths, so that it is exact.
    probability = models.PositiveIntegerField()
    sealed = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=8, choices=PairState, default=PairState.OPEN)
    # One in ten is asked of a second person.
    twice = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # What the decision has changed in the ledger, so that it can be withdrawn.
    entry = models.ForeignKey(StateEntry, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "key_a", "key_b"], name="pair_once_in_a_run"),
            models.CheckConstraint(
                condition=Q(state=PairState.OPEN, sealed__isnull=False, settled_at=None)
                | Q(state=PairState.LAPSED, sealed=None, settled_at__isnull=False)
                | Q(state__in=[PairState.SAME, PairState.OTHER], settled_at__isnull=False),
                name="pair_sealed_while_open",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "-probability"], name="pairs_of_run"),
            models.Index(fields=["settled_at"], condition=Q(sealed__isnull=False), name="pairs_kept"),
        ]


class PairOpinion(models.Model):
    """What one person says of a pair; never changed."""

    pair = models.ForeignKey(ReviewPair, on_delete=models.PROTECT, related_name="opinions")
    verdict = models.CharField(max_length=8, choices=Verdict)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # How often the same person had said something before and taken it back.
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "account", "turn"], name="pair_one_opinion_each_turn"),
        ]


class PairRecall(models.Model):
    """That an opinion was taken back; never changed."""

    opinion = models.OneToOneField(PairOpinion, on_delete=models.PROTECT, related_name="recall")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # The pair had been decided: whoever looks now may know what others said.
    reopened = models.BooleanField()
    at = models.DateTimeField()


class LinkDecision(models.Model):
    """That two records are one enterprise, or two: it holds in every later run of the ground."""

    ground = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="link_decisions")
    key_a = models.BinaryField(max_length=16)
    key_b = models.BinaryField(max_length=16)
    same = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ground", "key_a", "key_b"], name="link_decided_once"),
        ]
