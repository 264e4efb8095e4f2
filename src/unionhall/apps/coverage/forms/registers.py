"""Agreements, registers, their columns, and what is linked with what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import DeliveryState
from unionhall.apps.coverage.models import Delivery
from unionhall.apps.coverage.usecases.registers.runs import PARTS
from unionhall.apps.orgs.codes import RegisterField, RegisterKind
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class AgreementForm(forms.Form):
    """An agreement as it was signed."""

    office = forms.CharField(label=_("office that gives it"), max_length=80)
    register = forms.ChoiceField(label=_("register"), choices=RegisterKind.choices)
    title = forms.CharField(label=_("title of the agreement"), max_length=120)
    number = forms.CharField(label=_("document number"), max_length=60, required=False)
    purpose = forms.CharField(label=_("purpose"), max_length=200)
    fields_used = forms.MultipleChoiceField(
        label=_("fields that may be used"),
        choices=RegisterField.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whatever is not marked is left out of every file before anything is stored."),
    )
    officer = forms.CharField(
        label=_("officer in charge"), max_length=40, help_text=_("Whoever answers for the data here")
    )
    starts = forms.DateField(label=_("from"), widget=DayInput(), initial=clock.today)
    ends = forms.DateField(
        label=_("until"),
        widget=DayInput(),
        required=False,
        help_text=_("The first day on which it no longer holds"),
    )


class EndForm(forms.Form):
    """When an agreement ends."""

    ends = forms.DateField(label=_("no longer from"), widget=DayInput(), initial=clock.today)


class _AgreementField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Agreement) -> str:
        return f"{obj.get_register_display()} · {obj.title}"


class SourceForm(forms.Form):
    """A register under an agreement."""

    name = forms.CharField(
        label=_("name"),
        max_length=80,
        help_text=_("As the office calls it, such as: enterprises of the street, monthly"),
    )

    def __init__(self, *args: Any, ground: Union, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = queries.registers.agreements(ground)
        self.fields["agreement"] = _AgreementField(held, label=_("agreement"), empty_label=None)


class DeliverForm(forms.Form):
    """A file of a register."""

    file = forms.FileField(
        label=_("CSV, workbook or Parquet file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods,.parquet"}),
    )
    as_of = forms.DateField(
        label=_("as of"),
        widget=DayInput(),
        initial=clock.today,
        help_text=_("The day whose state the register shows"),
    )


class ColumnsForm(forms.Form):
    """What each column of a file holds."""

    def __init__(self, *args: Any, delivery: Delivery, allowed: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(RegisterField.choices)
        choices = [("", _("not used")), *((name, labels[name.upper()]) for name in allowed)]
        known = {title: name for name, titles in delivery.mapped.items() for title in titles}
        self._headings: list[str] = list(dict.fromkeys(delivery.headings))
        for place, title in enumerate(self._headings):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=title, choices=choices, initial=known.get(title, ""), required=False
            )

    def mapped(self) -> dict[str, list[str]]:
        """The headings by the fields that they hold."""
        told: dict[str, list[str]] = {}
        for place, title in enumerate(self._headings):
            if name := self.cleaned_data[f"column{place}"]:
                told.setdefault(name, []).append(title)
        return told


class _DeliveryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Delivery) -> str:
        day, rows = obj.as_of.isoformat(), obj.profile["rows"]
        if obj.state == DeliveryState.KEPT:
            unions = f"{rows - obj.profile['duplicates']:,}"
            return _("the standing register of %(day)s (%(unions)s unions)") % {"day": day, "unions": unions}
        return f"{obj.source.name} · {day} · {rows:,}"


class LinkForm(forms.Form):
    """Which files are linked: those of the market regulator and of the unions, and what else there is."""

    def __init__(self, *args: Any, ground: Union, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in PARTS.items():
            needed = name in ("market", "union")
            rows: QuerySet[Delivery] = queries.registers.ready(ground, kind)
            self.fields[name] = _DeliveryField(
                rows,
                label=kind.label,
                required=needed,
                empty_label=None if needed else _("without"),
                initial=rows.first(),
            )
