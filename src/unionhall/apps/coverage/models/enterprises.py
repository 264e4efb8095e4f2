"""An enterprise under a key of our own. Its names, numbers and addresses are kept with their history, for a
rename is what no comparison of registers finds again.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import (
    SIZES,
    CodeKind,
    Funds,
    Gone,
    Party,
    Sector,
    SizeClass,
    Source,
    UnionState,
)
from unionhall.apps.orgs.codes import UnitType
from unionhall.apps.orgs.models import Employer, Union
from unionhall.kernel.ids import PublicIdField


class Place(models.Model):
    """Where something stands: the parts of its address, as it was written, and on the map where known."""

    address = models.CharField(_("address"), max_length=200, blank=True)
    area_code = models.CharField(_("area code"), max_length=6, blank=True)
    town = models.CharField(_("town or street"), max_length=40, blank=True)
    road = models.CharField(_("road"), max_length=60, blank=True)
    number = models.CharField(_("house number"), max_length=40, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        abstract = True


class InBlock(models.Model):
    """The block in which something stands: by its coordinates, or by hand, which they then do not change."""

    block = models.ForeignKey(
        "coverage.Block",
        verbose_name=_("block"),
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        null=True,
        blank=True,
    )
    block_by_hand = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Enterprise(InBlock, Place):
    """An enterprise in the ledger as it stands now; rows that point to it tell how it came to that."""

    public_id = PublicIdField()
    # The union of the street or district in whose ground it lies; reach is decided by it.
    ground = models.ForeignKey(
        Union,
        verbose_name=_("territory"),
        on_delete=models.PROTECT,
        related_name="enterprises",
        db_index=False,
    )
    # Masked where it names a person; see `WholeName`.
    name = models.CharField(_("name"), max_length=160)
    credit_code = models.CharField(_("credit code"), max_length=18, unique=True, null=True, blank=True)
    trade = models.CharField(_("line of business"), max_length=80, blank=True)
    sector = models.CharField(_("section of trades"), max_length=1, choices=Sector, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=16, choices=UnitType, blank=True)
    # Insured employees, on which day, told by whom.
    headcount = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    headcount_on = models.DateField(_("counted on"), null=True, blank=True)
    headcount_source = models.CharField(_("told by"), max_length=12, choices=Source, blank=True)
    # How many in a hundred work in new forms of employment.
    new_employment = models.PositiveSmallIntegerField(
        _("in new forms of employment (%)"), null=True, blank=True
    )
    party = models.CharField(_("party organisation"), max_length=8, choices=Party, blank=True)
    state = models.CharField(
        _("state of the union"), max_length=16, choices=UnionState, default=UnionState.UNKNOWN
    )
    state_on = models.DateField(_("since"), null=True, blank=True)
    funds = models.CharField(_("union funds by tax"), max_length=8, choices=Funds, default=Funds.UNKNOWN)
    funds_fen = models.PositiveBigIntegerField(_("funds collected in fen"), null=True, blank=True)
    funds_year = models.PositiveSmallIntegerField(_("in the year"), null=True, blank=True)
    # By codes of the days, as `engines.hours` writes them.
    opening_hours = models.CharField(_("business hours"), max_length=200, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_due = models.DateField(_("due"), null=True, blank=True)
    last_contact_on = models.DateField(_("last contact"), null=True, blank=True)
    gone = models.CharField(_("no longer here"), max_length=8, choices=Gone, blank=True)
    gone_on = models.DateField(_("since"), null=True, blank=True)
    # Who is in charge as a former ledger names them.
    steward_words = models.CharField(_("person in charge"), max_length=40, blank=True)
    # Columns of an imported ledger that are not known here: kept as they are, and given out again. Sealed,
    # for nobody knows what an office writes into them.
    extra_sealed = models.BinaryField(null=True, blank=True)
    union = models.ForeignKey(
        Union,
        verbose_name=_("union"),
        on_delete=models.PROTECT,
        related_name="enterprises_covered",
        null=True,
        blank=True,
    )
    employer = models.OneToOneField(
        Employer,
        verbose_name=_("employer"),
        on_delete=models.PROTECT,
        related_name="enterprise",
        null=True,
        blank=True,
    )
    # By the rule in force (0: the one that ships); a day comes on which it changes by itself.
    score = models.IntegerField(_("priority"), default=0)
    score_rule = models.PositiveIntegerField(default=0)
    score_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["ground", "-score", "id"], name="enterprise_of_ground"),
            models.Index(fields=["-score", "id"], name="enterprise_by_score"),
            models.Index(fields=["name"], name="enterprise_by_name"),
            models.Index(
                fields=["next_due"], condition=Q(next_due__isnull=False), name="enterprise_next_due"
            ),
            models.Index(
                fields=["score_until"], condition=Q(score_until__isnull=False), name="enterprise_rescore"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(new_employment=None) | Q(new_employment__lte=100), name="enterprise_share"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="enterprise_position",
            ),
            models.CheckConstraint(
                condition=Q(headcount=None, headcount_on=None, headcount_source="")
                | Q(headcount__isnull=False, headcount_on__isnull=False) & ~Q(headcount_source=""),
                name="enterprise_headcount_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(gone="", gone_on=None) | ~Q(gone="") & Q(gone_on__isnull=False),
                name="enterprise_gone_on",
            ),
            models.CheckConstraint(
                condition=Q(funds=Funds.YES) | Q(funds_fen=None, funds_year=None),
                name="enterprise_funds_only_where_collected",
            ),
        ]

    @property
    def size(self) -> SizeClass:
        """Its class by the number of employees."""
        if self.headcount is None:
            return SizeClass.UNKNOWN
        return next(
            size
            for size, (low, high) in SIZES.items()
            if self.headcount >= low and (high is None or self.headcount < high)
        )

    def overdue(self, on: date) -> bool:
        """Whether the day of its next step is over."""
        return self.next_due is not None and self.next_due < on


class Told(models.Model):
    """What was told about an enterprise: from which day, by whom; former once another took its place."""

    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    former = models.BooleanField(default=False)
    source = models.CharField(_("told by"), max_length=12, choices=Source)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class EnterpriseName(Told):
    """A name that an enterprise bears or bore; masked where it names a person, and found by a keyed index."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=160, db_index=True)
    name_index = models.BinaryField(max_length=16, null=True)
    # Masked because it reads like a person's name; a register that tells the representative knows better.
    name_guessed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["name_index"], condition=Q(name_index__isnull=False), name="enterprise_by_whole_name"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(former=False), name="enterprise_one_name"
            ),
        ]


class WholeName(models.Model):
    """A name that names a person, whole, sealed for the row's public id.

    Held as a visit's contact is: as long as somebody is to go there, and deleted then.
    """

    public_id = PublicIdField()
    of = models.OneToOneField(EnterpriseName, on_delete=models.CASCADE, related_name="whole")
    name_sealed = models.BinaryField()
    keep_until = models.DateField(_("kept until"))

    class Meta:
        indexes = [models.Index(fields=["keep_until"], name="whole_name_ends")]


class EnterpriseCode(Told):
    """A number of an enterprise, of one kind."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="numbers")
    kind = models.CharField(_("kind"), max_length=12, choices=CodeKind)
    code = models.CharField(_("code"), max_length=18)

    class Meta:
        indexes = [models.Index(fields=["code"], name="enterprise_by_code")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=Q(former=False), name="enterprise_one_code_each"
            ),
        ]


class EnterpriseAddress(Told, Place):
    """An address of an enterprise."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="addresses")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(former=False), name="enterprise_one_address"
            ),
        ]


class Headcount(models.Model):
    """How many employees were insured on a day, as one source tells; never changed."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="headcounts")
    count = models.PositiveIntegerField(_("employees"))
    on = models.DateField(_("counted on"))
    source = models.CharField(_("told by"), max_length=12, choices=Source)
    at = models.DateTimeField()


class StateEntry(models.Model):
    """From which day an enterprise has a union, or has none, and why one thinks so; never changed."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="state_entries")
    state = models.CharField(_("state of the union"), max_length=16, choices=UnionState)
    on = models.DateField(_("since"))
    at = models.DateTimeField()
    source = models.CharField(_("told by"), max_length=12, choices=Source)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    union = models.ForeignKey(Union, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
