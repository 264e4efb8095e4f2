"""Plans by which blocks are divided among stewards: asked for, made by a job, accepted or discarded."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import MoveReason, PlanKind, PlanState
from unionhall.apps.coverage.models.blocks import Block
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class BlockPlan(models.Model):
    """A plan for a ground; what it would do stands in its rows, and is done when it is accepted."""

    public_id = PublicIdField()
    ground = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="block_plans")
    kind = models.CharField(_("kind"), max_length=8, choices=PlanKind)
    state = models.CharField(_("State"), max_length=10, choices=PlanState, default=PlanState.ASKED)
    # In thousandths of an even share.
    tolerance = models.PositiveSmallIntegerField(_("tolerance"), default=50)
    # How good it is, as the engine reports it; figures and codes only.
    report = models.JSONField(null=True, blank=True)
    # What is in the way: codes, public ids and figures.
    problems = models.JSONField(default=list, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    asked_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two plans for one ground would be made on the same blocks.
            models.UniqueConstraint(
                fields=["ground"],
                condition=Q(state__in=(PlanState.ASKED, PlanState.READY)),
                name="plan_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(PlanState.ACCEPTED, PlanState.DISCARDED), ended_at__isnull=False)
                | ~Q(state__in=(PlanState.ACCEPTED, PlanState.DISCARDED)) & Q(ended_at=None),
                name="plan_ended_at",
            ),
        ]


class PlanSteward(models.Model):
    """A steward in a plan: what is asked for, and what the plan gives."""

    plan = models.ForeignKey(BlockPlan, on_delete=models.CASCADE, related_name="stewards")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # In hundredths of a whole steward.
    capacity = models.PositiveSmallIntegerField(
        _("capacity (%)"), default=100, validators=[MinValueValidator(1)]
    )
    limit = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    leaving = models.BooleanField(_("leaves"), default=False)
    load = models.PositiveIntegerField(_("workload"), null=True)
    share = models.FloatField(_("even share"), null=True)
    blocks = models.PositiveIntegerField(_("blocks"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="plan_steward_once")]


class PlanBlock(models.Model):
    """A block in a plan: who had it when the plan was asked for, who would have it, and why."""

    plan = models.ForeignKey(BlockPlan, on_delete=models.CASCADE, related_name="rows")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="+")
    workload = models.PositiveIntegerField(_("workload"))
    locked = models.BooleanField(default=False)
    before = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    after = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    # Empty where it stays.
    why = models.CharField(_("reason"), max_length=12, choices=MoveReason, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "block"], name="plan_block_once")]
