"""Places where workers are whom no enterprise's roll shows: depots, platform teams, markets."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import SiteKind
from unionhall.apps.coverage.models.enterprises import Enterprise, InBlock, Place
from unionhall.apps.orgs.models import Union
from unionhall.kernel.ids import PublicIdField


class Site(InBlock, Place):
    """A workers' site."""

    public_id = PublicIdField()
    ground = models.ForeignKey(
        Union, verbose_name=_("territory"), on_delete=models.PROTECT, related_name="sites"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=SiteKind)
    name = models.CharField(_("name"), max_length=80)
    # The platform or company that the workers work for, as they call it; and its row, where it has one.
    platform = models.CharField(_("platform or company"), max_length=80, blank=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="sites", null=True, blank=True
    )
    headcount = models.PositiveIntegerField(_("workers, as estimated"), null=True, blank=True)
    joined = models.PositiveIntegerField(_("of them joined"), default=0)
    counted_on = models.DateField(_("counted on"), null=True, blank=True)
    # By codes of the days, as `engines.hours` writes them.
    opening_hours = models.CharField(_("business hours"), max_length=200, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_due = models.DateField(_("due"), null=True, blank=True)
    last_contact_on = models.DateField(_("last contact"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ground", "name"], name="site_once"),
            models.CheckConstraint(
                condition=Q(headcount=None) | Q(joined__lte=models.F("headcount")), name="site_joined_of_all"
            ),
        ]


class SiteCount(models.Model):
    """How many workers were at a site on a day, and how many of them had joined; never changed."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="counts")
    headcount = models.PositiveIntegerField(null=True)
    joined = models.PositiveIntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )


class NamedWorker(models.Model):
    """Somebody who has not joined and agreed to be named here; deleted when the consent is withdrawn."""

    public_id = PublicIdField()
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="named")
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    # How the consent was given, to whom.
    consent = models.CharField(_("consent"), max_length=200)
    consented_on = models.DateField(_("on"))
    keep_until = models.DateField(_("kept until"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(consent=""), name="named_only_with_consent")]
