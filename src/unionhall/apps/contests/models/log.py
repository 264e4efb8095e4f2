"""The log of a stage: what was committed to, in order, and the signed roots over it. Only ever added to."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from unionhall.apps.contests.models.contests import Stage

SALT = 32


def new_salt() -> bytes:
    """Random bytes that keep a committed sheet from being found by trying all sheets."""
    return secrets.token_bytes(SALT)


class LogLeaf(models.Model):
    """One event of a stage as `engines.proof` defines it, with its salt and its commitment."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="log_leaves")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    # The ballot or refused ballot that the event tells of.
    row = models.BigIntegerField(null=True, blank=True)
    salt = models.BinaryField(max_length=SALT)
    event = models.TextField()
    commitment = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "position"], name="log_leaf_position_once"),
            models.UniqueConstraint(
                fields=["stage", "kind", "row"], condition=Q(row__isnull=False), name="log_leaf_row_once"
            ),
        ]


class LogCheckpoint(models.Model):
    """A signed root over the first ``size`` leaves; ``frontier`` lets the tree grow without reading them."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="log_checkpoints")
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    frontier = models.JSONField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "size"], name="log_checkpoint_size_once"),
        ]


class LogCosignature(models.Model):
    """That a witness with a key of its own has seen a root: its line under the checkpoint's note."""

    checkpoint = models.ForeignKey(LogCheckpoint, on_delete=models.PROTECT, related_name="cosignatures")
    # The witness's verifier key, name+id+key; its time is part of what it signed.
    witness = models.TextField()
    line = models.TextField()
    signed_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="log_cosignature_once"),
        ]
