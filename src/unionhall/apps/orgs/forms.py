"""Forms of the register of unions; whether something may be done is for the use cases to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class SinceField(forms.DateField):
    """From which day something holds; today unless told otherwise."""

    def __init__(self) -> None:
        super().__init__(label=_("From which day"), widget=DayInput(), initial=clock.today)


class UnionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Unions by name."""

    def __init__(self, queryset: Any, **more: Any) -> None:
        super().__init__(queryset, empty_label=_("Please choose"), **more)

    def label_from_instance(self, obj: Union) -> str:
        return obj.name


class FoundForm(forms.Form):
    """A new union."""

    name = forms.CharField(label=_("name"), max_length=120)
    short_name = forms.CharField(
        label=_("short name"), max_length=40, help_text=_("As on name cards and narrow tables")
    )
    level = forms.ChoiceField(
        label=_("level"), choices=[one for one in UnionLevel.choices if one[0] != UnionLevel.CITY]
    )
    since = SinceField()


class ContactForm(forms.Form):
    """How workers reach a union's office."""

    phone = forms.RegexField(
        label=_("office phone"),
        regex=r"^[0-9 +\-()（）转]{5,40}$",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"invalid": _("That is no telephone number. Please look again.")},
    )
    address = forms.CharField(label=_("address"), max_length=160, required=False)
    hours = forms.CharField(
        label=_("opening hours"),
        max_length=80,
        required=False,
        help_text=_("Such as: Mon–Fri 9–17, Wed until 20"),
    )


class PlaceForm(forms.Form):
    """The union that a union answers to."""

    def __init__(self, *args: Any, superiors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["superior"] = UnionField(superiors, label=_("Answers to"))
        self.fields["since"] = SinceField()


class AffiliateForm(forms.Form):
    """An industry union."""

    industry_union = UnionField(
        Union.objects.filter(level=UnionLevel.INDUSTRY).order_by("name"), label=_("Industry union")
    )
    since = SinceField()


class CoverForm(forms.Form):
    """An employer by name."""

    employer = forms.CharField(
        label=_("employer"), max_length=160, help_text=_("The full name, as in the business licence")
    )
    since = SinceField()
