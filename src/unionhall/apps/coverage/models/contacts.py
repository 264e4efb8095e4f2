"""Whom one meets at an enterprise or a site, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import ContactKind, Outcome
from unionhall.apps.coverage.models.enterprises import Enterprise
from unionhall.apps.coverage.models.sites import Site
from unionhall.kernel.ids import PublicIdField

_ONE_OF_BOTH = Q(enterprise__isnull=False, site=None) | Q(enterprise=None, site__isnull=False)


class VisitContact(models.Model):
    """Whom to ask for: name, post and phone, sealed for the row's public id.

    Held as long as somebody is to go there, and deleted then.
    """

    public_id = PublicIdField()
    enterprise = models.OneToOneField(
        Enterprise, on_delete=models.CASCADE, related_name="contact", null=True, blank=True
    )
    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="contact", null=True, blank=True)
    name_sealed = models.BinaryField()
    phone_sealed = models.BinaryField(null=True)
    # What the person does there, such as head of personnel.
    post = models.CharField(_("post"), max_length=40, blank=True)
    noted_at = models.DateTimeField()
    keep_until = models.DateField(_("kept until"))

    class Meta:
        constraints = [models.CheckConstraint(condition=_ONE_OF_BOTH, name="visit_contact_of_one")]
        indexes = [models.Index(fields=["keep_until"], name="visit_contact_ends")]


class ContactEntry(models.Model):
    """One contact: who was there when, what came of it, what comes next. Never changed."""

    public_id = PublicIdField()
    # Made once with the draft: a slow form that is sent twice notes one contact.
    key = models.CharField(max_length=32, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="contacts", null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    on = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # As they were seen on the door; the row then has them.
    opening_hours = models.CharField(_("business hours"), max_length=200, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_due = models.DateField(_("due"), null=True, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Of an imported entry: by whom, as the former ledger names them.
    by_words = models.CharField(_("by"), max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=_ONE_OF_BOTH, name="contact_of_one")]
        indexes = [
            models.Index(fields=["enterprise", "-on", "-id"], name="contacts_of_enterprise"),
            models.Index(fields=["site", "-on", "-id"], name="contacts_of_site"),
        ]
