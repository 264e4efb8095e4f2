"""The contest, its stages, the rule book, the speeches and the running order."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.codes import CueKind, DutyRole, EntryState, StageState
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.kernel.ids import PublicIdField


class Contest(models.Model):
    """A public-speaking contest with a theme, held in stages by one union with others."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=120)
    theme = models.CharField(_("theme"), max_length=200)
    organiser = models.ForeignKey(
        Union, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="contests"
    )
    co_organisers = models.ManyToManyField(
        Union, verbose_name=_("co-organisers"), related_name="co_organised_contests", blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organiser", "name"], name="contest_once")]


class Stage(models.Model):
    """One round of a contest, such as its final: entries, juries, rules, a running order, a result.

    A rehearsal is a stage of its own, copied from the real one, so that it never touches its ballots.
    """

    public_id = PublicIdField()
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(_("name"), max_length=60)
    starts_at = models.DateTimeField(_("starts at"))
    venue = models.CharField(_("venue"), max_length=120)
    state = models.CharField(max_length=10, choices=StageState, default=StageState.DRAFT)
    # The version in force; set once, when the rules are frozen.
    rulebook = models.ForeignKey(
        "RuleBookVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    pin_required = models.BooleanField(_("jurors enter a PIN"), default=False)
    draw_seed = models.CharField(max_length=40, blank=True)
    draw_witness = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="witnessed_draws", null=True, blank=True
    )
    drawn_at = models.DateTimeField(null=True, blank=True)
    current_cue = models.ForeignKey("Cue", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # How many of the board's awards the host has read out, from the last prize upwards.
    read_out = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveSmallIntegerField(default=0)
    # Since when the scrutineer wants advice on how the juries scored; None while it is off.
    advisory_since = models.DateTimeField(null=True, blank=True)
    # The key of the ring by which the log is signed, from its first root on; empty while there is no log.
    log_key = models.CharField(max_length=20, blank=True)
    rehearsal_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="rehearsals", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StageState.values), name="stage_state_known"),
            models.CheckConstraint(
                condition=Q(state=StageState.DRAFT) | Q(rulebook__isnull=False),
                name="stage_frozen_has_rulebook",
            ),
            models.CheckConstraint(
                condition=Q(state=StageState.DRAFT) | Q(drawn_at__isnull=False),
                name="stage_frozen_is_drawn",
            ),
            models.CheckConstraint(
                condition=~Q(state=StageState.PUBLISHED) | Q(revision__gte=1),
                name="stage_published_has_revision",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | (~Q(draw_seed="") & Q(draw_witness__isnull=False)),
                name="stage_draw_witnessed",
            ),
        ]


class RuleBookVersion(models.Model):
    """One version of the rules as a document; append-only, so that a frozen one can be shown for ever."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="rulebook_versions")
    version = models.PositiveSmallIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "version"], name="rulebook_version_once"),
        ]


class Entry(models.Model):
    """A speech in a stage. Unit and trade are as printed on the programme."""

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(
        Person, verbose_name=_("speaker"), on_delete=models.PROTECT, related_name="entries"
    )
    sent_by = models.ForeignKey(
        Union, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="entries"
    )
    title = models.CharField(_("speech title"), max_length=120)
    unit = models.CharField(_("unit"), max_length=120)
    trade = models.CharField(_("trade"), max_length=60)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.REGISTERED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["stage", "person"], name="entry_speaker_once"),
        ]


class Cue(models.Model):
    """One item of the running order: a speech, an interlude or a ceremony."""

    public_id = PublicIdField()
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="cues")
    position = models.IntegerField()
    kind = models.CharField(max_length=10, choices=CueKind)
    # Of a speech, title and performers are the entry's.
    title = models.CharField(_("title"), max_length=120, blank=True)
    performers = models.CharField(_("performers"), max_length=120, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="cue", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "position"], name="cue_position_once"),
            models.CheckConstraint(
                condition=(Q(kind=CueKind.SPEECH) & Q(entry__isnull=False))
                | (~Q(kind=CueKind.SPEECH) & Q(entry__isnull=True) & ~Q(title="")),
                name="cue_speech_has_entry",
            ),
        ]


class Duty(models.Model):
    """What an account does at a stage; grants named actions there and nothing else."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="duties")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contest_duties"
    )
    role = models.CharField(max_length=12, choices=DutyRole)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "account", "role"], name="duty_once"),
        ]
