"""Tables that belong to no capability: audit trail, facts, jobs, uploads, the installation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from unionhall.kernel.codes import UNDER_WAY, JobState
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
    # Of a large file: when its dry run was done, how many rows have which outcome, and what is to be said of
    # single ones, encrypted like the file. After the commit the three tell of the commit.
    checked_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    report = models.BinaryField(null=True)
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
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("last error"), max_length=60, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True)

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


class DailyRun(models.Model):
    """That a daily task was asked for on a day; the row keeps others from asking again (see jobs.daily)."""

    task = models.CharField(max_length=40)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "day"], name="daily_once")]


class Job(models.Model):
    """Long work that somebody asked for, from the queue to its result (see jobs)."""

    public_id = PublicIdField()
    kind = models.CharField(_("job"), max_length=40)
    arguments = models.JSONField()
    # What it is about, by public id, and the key of the union whose administrators may see it. Neither is a
    # foreign key: both stand above the kernel.
    subject = models.CharField(max_length=40, blank=True)
    union = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    # How far it is, and what it does now: a code and data of its kind.
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    saying = models.CharField(max_length=40, blank=True)
    saying_data = models.JSONField(default=dict)
    # What came of it: counts and ids, or a refusal's code and data.
    result = models.JSONField(null=True)
    error = models.CharField(max_length=40, blank=True)
    error_data = models.JSONField(default=dict)
    queued_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("ended"), null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    # Who works on it: a random word for each time it was taken up, and that worker's last sign of life.
    claim = models.CharField(max_length=12, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=UNDER_WAY, finished_at=None)
                | (~models.Q(state__in=UNDER_WAY) & models.Q(finished_at__isnull=False)),
                name="job_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=JobState.RUNNING, heartbeat_at__isnull=False)
                | (~models.Q(state=JobState.RUNNING) & models.Q(claim="")),
                name="job_has_a_worker_while_at_work",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=UNDER_WAY), name="jobs_under_way"),
            models.Index(fields=["asked_by", "-id"], name="jobs_asked_by"),
        ]

    @property
    def under_way(self) -> bool:
        """Whether it waits or is at work."""
        return self.state in UNDER_WAY
