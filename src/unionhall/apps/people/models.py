"""Persons, the accounts they sign in with, and the particulars that are kept sealed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.models import Dated, Employer, Union
from unionhall.apps.people.codes import HonourKind, IdentityKind, PostRole, Sex
from unionhall.engines.identifiers import normal_name
from unionhall.kernel.audit import Actor
from unionhall.kernel.ids import PublicIdField


class Person(models.Model):
    """A worker, officer, juror or speaker: one record through all capabilities."""

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=80)
    # The name as it is found: one kind of middle dot, single blanks.
    name_key = models.CharField(max_length=80, editable=False, default="")
    trade = models.CharField(_("trade"), max_length=60, blank=True)
    union = models.ForeignKey(
        Union, verbose_name=_("union"), on_delete=models.PROTECT, related_name="people", db_index=False
    )
    employer = models.ForeignKey(
        Employer,
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
    )
    # A merged person stays and points to the one that holds on; foreign keys are never rewritten.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="merged", null=True, blank=True
    )

    class Meta:
        # By the beginning of a name, within everything or within some unions. PostgreSQL uses an index for
        # beginnings only with these operators; SQLite has none and needs none.
        indexes = [
            models.Index(fields=["name_key"], name="person_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(
                fields=["union", "name_key"],
                name="person_of_union",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the searchable name in step with the name."""
        self.name_key = normal_name(self.name)
        super().save(*args, **kwargs)


class Particulars(models.Model):
    """What is known of a person beside the name. Number and phone are sealed for this person's public id.

    The indexes are keyed: equal numbers can be found and held unique, and nothing can be read from them.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="particulars")
    identity_kind = models.CharField(_("document"), max_length=20, choices=IdentityKind, blank=True)
    identity_sealed = models.BinaryField(null=True)
    identity_index = models.BinaryField(max_length=32, null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True, db_index=True)
    phone_tail_index = models.BinaryField(max_length=32, null=True, db_index=True)
    birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, blank=True)
    # Of a record that was merged into another: its number is held by the one that holds on.
    superseded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_index"],
                condition=Q(superseded=False, identity_index__isnull=False),
                name="identity_held_once",
            ),
        ]


class Honour(models.Model):
    """A title of honour, such as model worker, with the year and the body that awarded it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="honours")
    kind = models.CharField(_("honour"), max_length=20, choices=HonourKind)
    title = models.CharField(_("title"), max_length=80)
    year = models.PositiveSmallIntegerField(_("year"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "title", "year"], name="honour_once"),
        ]


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """What staff sign in with. Its person is optional; jurors of the mass jury are tokens, not accounts."""

    public_id = PublicIdField()
    username = models.CharField(_("user name"), max_length=60, unique=True)
    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="account", null=True, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def actor(self) -> Actor:
        """This account as it stands in the audit trail."""
        return Actor("ACCOUNT", self.public_id)

    @property
    def shown_name(self) -> str:
        """The person's name, or the user name of an account without a person."""
        return self.person.name if self.person else self.username


class Post(Dated):
    """A person's dated post in a union; it opens the union and all that answers to it."""

    public_id = PublicIdField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(_("role"), max_length=20, choices=PostRole)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")), name="post_period"
            ),
            models.UniqueConstraint(
                fields=["person", "union", "role"],
                condition=Q(ends__isnull=True),
                name="post_once",
            ),
        ]


class FailedSignIn(models.Model):
    """A failed attempt, counted for a quarter of an hour; the name only as a hash, since it may be a typo."""

    name_hash = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
