"""What is entered of one enterprise."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import messages
from unionhall.apps.coverage.codes import ContactKind, Funds, Gone, Outcome, Party, Source, UnionState
from unionhall.apps.coverage.usecases.enterprises import hours_of
from unionhall.apps.orgs.codes import UnitType
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.people.codes import RevealReason
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import DayInput

NOT_TOLD = ("", _("not told"))
# A contact person is opened to be reached, or to fill in a form; nothing else.
REASONS = (RevealReason.CONTACT, RevealReason.FILING)
YUAN = Decimal(100)


def short(label: Any, length: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, max_length=length, required=required, help_text=help_text)


def words(
    label: Any, length: int, *, required: bool = False, help_text: Any = "", rows: int = 3
) -> forms.CharField:
    """Some lines of text; a microphone key writes into it as well as fingers."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=length, widget=widget, required=required, help_text=help_text
    )


def number(label: Any, most: int, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    """A whole number from 0."""
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, help_text=help_text
    )


def day(label: Any, *, required: bool = False, today: bool = False, help_text: Any = "") -> forms.DateField:
    """A day; today unless told otherwise."""
    initial = clock.today if today else None
    return forms.DateField(
        label=label, widget=DayInput(), required=required, initial=initial, help_text=help_text
    )


def source() -> forms.ChoiceField:
    """Who tells."""
    return forms.ChoiceField(label=_("told by"), choices=Source.choices, initial=Source.HAND)


def degrees(label: Any) -> forms.DecimalField:
    """A latitude or a longitude."""
    return forms.DecimalField(label=label, max_digits=9, decimal_places=6, required=False)


class HoursField(forms.CharField):
    """Opening hours as people write them, read at once."""

    def __init__(self) -> None:
        help_text = _("Such as 周一至周五 9:00-18:00，周六 10:00-16:00")
        super().__init__(label=_("business hours"), max_length=300, required=False, help_text=help_text)

    def clean(self, value: Any) -> str:
        try:
            return hours_of(super().clean(value))
        except Refusal as refusal:
            raise forms.ValidationError(messages.of_refusal(refusal)) from refusal


class PlaceForm(forms.Form):
    """An address, and where it is on the map."""

    address = short(_("address"), 200)
    latitude = degrees(_("latitude"))
    longitude = degrees(_("longitude"))

    def clean_latitude(self) -> Decimal | None:
        return _within(self.cleaned_data["latitude"], 90)

    def clean_longitude(self) -> Decimal | None:
        return _within(self.cleaned_data["longitude"], 180)


def _within(value: Decimal | None, most: int) -> Decimal | None:
    if value is not None and abs(value) > most:
        raise forms.ValidationError(_("That lies on no map. Enter degrees, such as 30.274085."))
    return value


class MoveForm(PlaceForm):
    """Another address."""

    since = day(_("From which day"), help_text=_("Leave it empty when nobody knows"))
    source = source()


class FactsForm(forms.Form):
    """What has no history of its own."""

    trade = short(
        _("line of business"), 80, help_text=_("In words, as the licence says; its section follows from them")
    )
    legal_form = forms.ChoiceField(
        label=_("legal form"), choices=[NOT_TOLD, *UnitType.choices], required=False
    )
    party = forms.ChoiceField(
        label=_("party organisation"), choices=[NOT_TOLD, *Party.choices], required=False
    )
    new_employment = number(
        _("in new forms of employment (%)"),
        100,
        help_text=_("Couriers, riders, drivers and others, of a hundred who work there"),
    )
    funds = forms.ChoiceField(label=_("union funds by tax"), choices=Funds.choices, initial=Funds.UNKNOWN)
    funds_yuan = forms.DecimalField(
        label=_("collected, in yuan"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    funds_year = forms.IntegerField(label=_("in the year"), min_value=1990, max_value=2100, required=False)
    steward_words = short(_("person in charge"), 40)
    opening_hours = HoursField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        yuan = data.pop("funds_yuan", None)
        data["funds_fen"] = None if yuan is None else int(yuan * YUAN)
        if data.get("funds") != Funds.YES and (yuan is not None or data.get("funds_year")):
            self.add_error("funds", _("An amount is entered: then funds are collected."))
        return data


class NewForm(PlaceForm, FactsForm):
    """A new enterprise. The name is enough; whatever is known besides may follow later."""

    name = short(_("name"), 160, required=True, help_text=_("The full name, as in the business licence"))
    code = short(
        _("credit code or another number"), 40, help_text=_("What kind of number it is, its check digits say")
    )
    headcount = number(_("insured employees"), 1_000_000)
    headcount_on = day(_("counted on"))
    state = forms.ChoiceField(
        label=_("state of the union"),
        choices=[one for one in UnionState.choices if one[0] != UnionState.BEING_FOUNDED],
        initial=UnionState.UNKNOWN,
    )
    next_step = short(_("next step"), 200)
    next_due = day(_("due"))

    field_order = (
        "ground", "name", "code", "address", "headcount", "headcount_on", "trade", "legal_form", "state",
        "party", "funds", "funds_yuan", "funds_year", "new_employment", "steward_words",
        "opening_hours", "next_step", "next_due", "latitude", "longitude",
    )  # fmt: skip

    def __init__(self, *args: Any, grounds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"] = UnionField(grounds, label=_("territory"))
        self.order_fields(self.field_order)


class RenameForm(forms.Form):
    """Another name."""

    name = short(_("name"), 160, required=True)
    since = day(_("From which day"), help_text=_("Leave it empty when nobody knows"))
    source = source()


class CodeForm(forms.Form):
    """A number."""

    code = short(_("code"), 40, required=True, help_text=_("What kind of number it is, its check digits say"))
    source = source()


class CountForm(forms.Form):
    """How many employees on which day."""

    count = number(_("insured employees"), 1_000_000, required=True)
    on = day(_("counted on"), required=True, today=True)
    source = source()


class StateForm(forms.Form):
    """Whether there is a union."""

    state = forms.ChoiceField(
        label=_("state of the union"),
        choices=[one for one in UnionState.choices if one[0] != UnionState.BEING_FOUNDED],
    )
    on = day(_("since"), required=True, today=True)
    source = source()
    reason = words(_("how one knows, or why"), 200, help_text=_("May be left out for none and unknown"))


class NextStepForm(forms.Form):
    """What comes next."""

    next_step = short(_("next step"), 200)
    next_due = day(_("due"))


class GoneForm(forms.Form):
    """No longer here."""

    gone = forms.ChoiceField(label=_("no longer here"), choices=Gone.choices)
    on = day(_("since"), required=True, today=True)


class ContactForm(forms.Form):
    """A contact and what came of it."""

    key = forms.CharField(max_length=32, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16))
    kind = forms.ChoiceField(label=_("kind"), choices=ContactKind.choices)
    on = day(_("day"), required=True, today=True)
    outcome = forms.ChoiceField(label=_("outcome"), choices=Outcome.choices)
    note = words(_("note"), 500, help_text=_("What was said; no names and numbers that are not needed"))
    next_step = short(_("next step"), 200)
    next_due = day(_("due"))


class VisitContactForm(forms.Form):
    """Whom to ask for."""

    name = short(_("name"), 40, required=True)
    post = short(_("post"), 40, help_text=_("Such as: head of personnel"))
    phone = forms.CharField(
        label=_("telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )


class ShowPhoneForm(forms.Form):
    """Why a number is opened."""

    reason = forms.ChoiceField(label=_("reason"), choices=[(one.value, one.label) for one in REASONS])


class JoinForm(forms.Form):
    """The joint union that an enterprise joins."""

    since = day(_("From which day"), required=True, today=True)

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("joint union"))
        self.order_fields(("union", "since"))


def next_week() -> date:
    """A day to begin with where something is due."""
    return date.fromordinal(clock.today().toordinal() + 14)
