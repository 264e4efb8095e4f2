"""Targets, lists of occupations and periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import (
    Occupation,
)
from unionhall.apps.membership.models import CategorySet
from unionhall.ui.forms import DayInput

FIRST_YEAR, LAST_YEAR = 1949, 2100


class ListField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A list of occupations, by its name."""

    def label_from_instance(self, obj: CategorySet) -> str:
        return f"{obj.name} · {obj.version}" if obj.version > 1 else obj.name


class TargetForm(forms.Form):
    """How many joins a year is to bring."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=LAST_YEAR)
    joins = forms.IntegerField(label=_("joins"), min_value=1, max_value=10_000_000)

    def __init__(self, *args: Any, lists: Sequence[CategorySet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"] = ListField(
            CategorySet.objects.filter(pk__in=[one.pk for one in lists]),
            label=_("Which joins"),
            required=False,
            empty_label=_("all"),
        )


class CategorySetForm(forms.Form):
    """A list of occupations, and the document that sets it."""

    name = forms.CharField(label=_("name"), max_length=80)
    basis = forms.CharField(label=_("Document that sets it"), max_length=160)
    occupations = forms.MultipleChoiceField(
        label=_("Occupations"),
        choices=[one for one in Occupation.choices if one[0] != Occupation.OTHER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PeriodForm(forms.Form):
    """A period to be closed: a whole month, quarter or year, or any days."""

    SPANS = (
        ("MONTH", _("A month")),
        ("QUARTER", _("A quarter")),
        ("YEAR", _("A year")),
        ("DAYS", _("From day to day")),
    )

    span = forms.ChoiceField(label=_("period"), choices=SPANS, widget=forms.RadioSelect, initial="MONTH")
    first = forms.DateField(
        label=_("First day"),
        widget=DayInput(),
        help_text=_("Of a month, quarter or year any day in it"),
    )
    last = forms.DateField(
        label=_("Last day"), widget=DayInput(), required=False, help_text=_("Only from day to day")
    )

    def __init__(self, *args: Any, lists: Sequence[CategorySet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"] = ListField(
            CategorySet.objects.filter(pk__in=[one.pk for one in lists]),
            label=_("New forms of employment by which list"),
            initial=lists[0],
            empty_label=None,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("first", "last"):
            if data.get(name) and not FIRST_YEAR <= data[name].year <= LAST_YEAR:
                self.add_error(name, _("There is nothing to count in that year."))
        if data.get("span") == "DAYS" and not data.get("last") and "last" not in self.errors:
            self.add_error("last", _("Please say which day is the last."))
        return data

    def told(self) -> dict[str, Any]:
        """The period for the use case; the end is the day after the last one counted."""
        data = self.cleaned_data
        starts, ends = span_of(data["span"], data["first"], data["last"])
        return {"starts": starts, "ends": ends, "listed": data["listed"]}


def span_of(span: str, first: date, last: date | None) -> tuple[date, date]:
    """The first day of a period and the day after its last."""
    match span:
        case "MONTH":
            months, starts = 1, first.replace(day=1)
        case "QUARTER":
            months, starts = 3, date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
        case "YEAR":
            months, starts = 12, date(first.year, 1, 1)
        case _:
            assert last is not None, "the form has asked for the last day"
            return first, last + timedelta(days=1)
    month = starts.month + months
    return starts, date(starts.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
