"""Juries, their seats, and the passes with which a phone takes a seat."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.codes import Admission
from unionhall.apps.contests.models.contests import Stage
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class Jury(models.Model):
    """A group of jurors; its weight and trim stand in the rule book under the same code."""

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="juries")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    admission = models.CharField(max_length=8, choices=Admission, default=Admission.LISTED)
    # Of an open jury: what stands in the one code that everybody scans.
    open_code_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "code"], name="jury_code_once"),
        ]


class Juror(models.Model):
    """A seat on a jury: a named juror, or an unnamed seat of the mass jury."""

    public_id = PublicIdField()
    jury = models.ForeignKey(Jury, on_delete=models.PROTECT, related_name="jurors")
    seat = models.PositiveIntegerField(_("seat"))
    label = models.CharField(_("shown as"), max_length=40)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="jury_seats", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jury", "seat"], name="juror_seat_once"),
            models.UniqueConstraint(
                fields=["jury", "person"], condition=Q(person__isnull=False), name="juror_person_once"
            ),
        ]


class Pass(models.Model):
    """What lets one phone sit in one seat: a code printed or shown once, of which only the hash is kept."""

    public_id = PublicIdField()
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="passes")
    code_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=64, blank=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    # The hash of the secret that the first phone was given; another phone cannot take the seat.
    device_hash = models.CharField(max_length=64, blank=True)
    bound_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["juror"], condition=Q(revoked_at__isnull=True), name="pass_one_valid"
            ),
        ]
