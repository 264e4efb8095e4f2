"""Unions and employers are two things, joined by dated coverage."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.codes import RegisterKind, UnionLevel, UnitType
from unionhall.kernel.ids import PublicIdField


class Union(models.Model):
    """A union of any level, from the city federation down to one workplace."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    level = models.CharField(_("level"), max_length=12, choices=UnionLevel)
    # The unified social credit code of the union itself (81 or 89 in front), where it is known.
    credit_code = models.CharField(_("credit code"), max_length=18, unique=True, null=True, blank=True)
    # How workers reach its office; printed and shown to everybody.
    phone = models.CharField(_("office phone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    hours = models.CharField(_("opening hours"), max_length=80, blank=True)


class Dated(models.Model):
    """A relation that holds from a day until a day; an open end is empty, the last day is not included."""

    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class Command(Dated):
    """The line of command: to which union a union answers, one at a time."""

    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="commands")
    superior = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="subordinate_commands")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="command_period"
            ),
            models.CheckConstraint(condition=~Q(union=F("superior")), name="command_not_itself"),
            models.UniqueConstraint(
                fields=["union"], condition=Q(ends__isnull=True), name="command_one_open_line"
            ),
        ]


class Affiliation(Dated):
    """A union's membership of an industry union, beside its line of command; there may be several."""

    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="affiliations")
    industry_union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="affiliates")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="affiliation_period"
            ),
            models.UniqueConstraint(
                fields=["union", "industry_union"],
                condition=Q(ends__isnull=True),
                name="affiliation_once",
            ),
        ]


class Employer(models.Model):
    """An enterprise or institution; it may have no union."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=160, unique=True)
    # The unified social credit code (GB 32100), where it is known.
    credit_code = models.CharField(_("credit code"), max_length=18, unique=True, null=True, blank=True)
    unit_type = models.CharField(_("kind of unit"), max_length=16, choices=UnitType, blank=True)
    # The union in whose area the employer lies; workers go there when no union covers the employer.
    territory = models.ForeignKey(
        Union,
        verbose_name=_("territory"),
        on_delete=models.PROTECT,
        related_name="employers_here",
        null=True,
        blank=True,
    )


class Coverage(Dated):
    """A union covers an employer; a joint union covers many."""

    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="coverages")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="coverages")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="coverage_period"
            ),
            models.UniqueConstraint(
                fields=["union", "employer"], condition=Q(ends__isnull=True), name="coverage_once"
            ),
        ]


class Agreement(Dated):
    """By which an office gives a register: for what, which fields of it, and for how long."""

    public_id = PublicIdField()
    ground = models.ForeignKey(
        Union, verbose_name=_("territory"), on_delete=models.PROTECT, related_name="agreements"
    )
    office = models.CharField(_("office that gives it"), max_length=80)
    register = models.CharField(_("register"), max_length=12, choices=RegisterKind)
    title = models.CharField(_("title of the agreement"), max_length=120)
    number = models.CharField(_("document number"), max_length=60, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200)
    # Codes of RegisterField.
    fields = models.JSONField(_("fields that may be used"), default=list)
    # In words: this storey knows no person.
    officer = models.CharField(_("officer in charge"), max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="agreement_period"
            ),
        ]

    def holds(self, on: date) -> bool:
        """Whether a register may be used on a day."""
        return self.starts <= on and (self.ends is None or on < self.ends)
