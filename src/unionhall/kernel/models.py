"""Tables that belong to no capability: the audit trail, facts, uploads, and what this installation is."""

from __future__ import annotations

from django.db import models

from unionhall.kernel.ids import PublicIdField


class AuditLine(models.Model):
    """One change, as it was made: who, what, when. Ids and field names only, never personal values.

    Database triggers refuse UPDATE and DELETE (see audit).
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    fields = models.JSONField(default=list)
    refs = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject", "id"], name="audit_of_subject")]


class Installation(models.Model):
    """What this database is. The sign-in page of the demo exists only where `unionhall demo` made it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one")]


class StagedImport(models.Model):
    """An uploaded file between its dry run and seven days later, encrypted with the key ring."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=40)
    file_name = models.CharField(max_length=100)
    payload = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)


class Fact(models.Model):
    """What happened in a capability, for those above it to hear; append-only, ids only (see facts)."""

    name = models.CharField(max_length=60)
    payload = models.JSONField()
    at = models.DateTimeField()


class FactDelivery(models.Model):
    """That one handler is to hear, or has heard, one fact; marked in the transaction of what it did."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=60)
    # Empty when nothing is to be done any more: it was delivered, or set aside after many failures.
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "handler"], name="fact_heard_once"),
            models.CheckConstraint(
                condition=models.Q(due_at=None) | models.Q(done_at=None), name="fact_done_is_not_due"
            ),
        ]
        indexes = [
            models.Index(fields=["handler", "fact"], condition=~models.Q(due_at=None), name="facts_due"),
        ]
