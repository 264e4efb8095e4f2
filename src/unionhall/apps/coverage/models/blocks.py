"""Blocks of a ground, who looks after each, and by what else its people are reached."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import TouchpointKind
from unionhall.apps.orgs.models import Dated, Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class Block(models.Model):
    """The smallest piece of ground; it lies with one steward as a whole."""

    public_id = PublicIdField()
    ground = models.ForeignKey(
        Union, verbose_name=_("territory"), on_delete=models.PROTECT, related_name="blocks"
    )
    # As the office numbers it; by it a file finds the block again.
    code = models.CharField(_("block number"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    town = models.CharField(_("community"), max_length=40, blank=True)
    # A Polygon or MultiPolygon in degrees as GeoJSON has it; none where only neighbours are known.
    geometry = models.JSONField(null=True, blank=True)
    # No plan takes it from its steward.
    locked = models.BooleanField(_("locked"), default=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ground", "code"], condition=Q(closed_on=None), name="block_once"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="block_named"),
        ]


class BlockBorder(models.Model):
    """Two blocks that are neighbours, the one with the lower key first."""

    first = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="borders_after")
    second = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="borders_before")
    # Metres of common line, where there are polygons.
    length = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="border_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="border_low_first"),
        ]


class Stewardship(Dated):
    """Who looks after a block from when until when; one person at a time, and always one."""

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="stewardships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stewardships")
    # The accepted plan by which it came, or why it was changed by hand.
    plan = models.ForeignKey(
        "BlockPlan", on_delete=models.PROTECT, related_name="stewardships", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block"], condition=Q(ends=None), name="block_one_steward"),
            # Handed on the day on which it was given: a day without length.
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="stewardship_period"
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=False) | ~Q(reason=""), name="stewardship_says_why"
            ),
        ]
        indexes = [models.Index(fields=["person", "block"], condition=Q(ends=None), name="blocks_of_steward")]


class Touchpoint(models.Model):
    """A chat group, an account or a station of a block: its kind and public id, no more."""

    public_id = PublicIdField()
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="touchpoints")
    kind = models.CharField(_("kind"), max_length=8, choices=TouchpointKind)
    # What everybody may know it by: a group's name, an account's id, a station's name. No member of it.
    handle = models.CharField(_("public name or id"), max_length=80)
    reach = models.PositiveIntegerField(_("reaches"), default=0)
    counted_on = models.DateField(_("counted on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["block", "kind", "handle"], condition=Q(closed_on=None), name="touchpoint_once"
            )
        ]
