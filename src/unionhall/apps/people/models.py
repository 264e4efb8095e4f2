"""Persons, what is kept sealed about them, and the accounts they sign in with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.models import Dated, Employer, Union
from unionhall.apps.people.codes import HonourKind, IdentityKind, PostRole, RevealReason, SealedColumn, Sex
from unionhall.engines.identifiers import normal_name
from unionhall.kernel.audit import Actor
from unionhall.kernel.ids import PublicIdField
from unionhall.kernel.sealed import INDEX_LENGTH


class NameKeyField(models.CharField):  # type: ignore[type-arg]
    """A row's name as it is searched, always made from the name when the row is saved.

    It sorts by code point on every database, so that one index finds all names with a beginning, in order.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"max_length": 160, "default": "", "editable": False}))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def db_parameters(self, connection: Any) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002 - Django's signature
        key = normal_name(model_instance.name)
        setattr(model_instance, self.attname, key)
        return key


class Person(models.Model):
    """A worker, officer, juror or speaker: one record through all capabilities.

    A person may be known before belonging to a union; until then nobody's reach opens the record.
    """

    public_id = PublicIdField()
    name = models.CharField(_("name"), max_length=80)
    name_key = NameKeyField()
    trade = models.CharField(_("trade"), max_length=60, blank=True)
    union = models.ForeignKey(
        Union,
        verbose_name=_("union"),
        on_delete=models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
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
        # In the order in which a search answers, with what it leaves out: the table itself is not read.
        indexes = [
            models.Index(fields=["name_key", "id"], include=["union", "merged_into"], name="person_by_name")
        ]


class Particulars(models.Model):
    """What identifies a person and how to reach one. Number and phone are sealed for the person's public id.

    Their indexes are keyed: equal values are found and held unique, and nothing can be read from them.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="particulars")
    id_kind = models.CharField(_("document"), max_length=20, choices=IdentityKind, blank=True)
    identity_sealed = models.BinaryField(null=True)
    identity_index = models.BinaryField(max_length=INDEX_LENGTH, null=True)
    # Families share phones: found by the index, not unique.
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, db_index=True)
    phone_tail_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, db_index=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)
    birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    # Of a person who was merged into another: the number is then held by that one.
    superseded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_index"],
                condition=Q(superseded=False, identity_index__isnull=False),
                name="identity_held_once",
            ),
            models.CheckConstraint(
                condition=Q(identity_sealed=None, identity_index=None, id_kind="")
                | Q(identity_sealed__isnull=False, identity_index__isnull=False) & ~Q(id_kind=""),
                name="identity_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    phone_sealed=None, phone_index=None, phone_tail_index=None, phone_confirmed_at=None
                )
                | Q(phone_sealed__isnull=False, phone_index__isnull=False, phone_tail_index__isnull=False),
                name="phone_whole",
            ),
        ]


class Reveal(models.Model):
    """A sealed value that somebody opened: whose, which, and why. Never changed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reveals")
    column = models.CharField(max_length=10, choices=SealedColumn)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="reveals")
    reason = models.CharField(_("reason"), max_length=10, choices=RevealReason)
    words = models.CharField(_("in words"), max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="reveals_of_account")]


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
    # Chosen by its holder: a message a day with counts of what waits, to the phone that is on record.
    daily_message = models.BooleanField(default=False)

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
