"""What is entered of blocks, their stewards and plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import PlanKind, TouchpointKind
from unionhall.apps.coverage.forms.enterprises import day, number, short, words
from unionhall.apps.coverage.models import Block
from unionhall.apps.people.models import Person


def _named(people: QuerySet[Person], line: str) -> Person:
    """The one person of some who is meant; says why when there is not exactly one."""
    found = list(people.filter(Q(name=line) | Q(public_id=line.upper()))[:2])
    if len(found) == 1:
        return found[0]
    said = (
        _("Several people are called %(line)s. Write the register number instead.")
        if found
        else _("%(line)s is nobody within your reach. Look at the name, or enter the person first.")
    )
    raise forms.ValidationError(said, params={"line": line})


class StewardField(forms.CharField):
    """A person by full name or register number."""

    def __init__(self, people: QuerySet[Person], **how: Any) -> None:
        super().__init__(help_text=_("Full name or register number of a person within your reach"), **how)
        self.people = people

    def clean(self, value: Any) -> Any:
        line = super().clean(value).strip()
        return _named(self.people, line) if line else None


class StewardsField(forms.CharField):
    """Some people, one on each line."""

    def __init__(self, people: QuerySet[Person], **how: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=False, **how)
        self.people = people

    def clean(self, value: Any) -> Any:
        lines = dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        return [_named(self.people, line) for line in lines]


class BlocksFileForm(forms.Form):
    """A file of blocks."""

    file = forms.FileField(
        label=_("GeoJSON, workbook or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.csv,.xlsx"}),
    )


class TakeBlocksForm(forms.Form):
    """With whom new blocks lie."""

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["steward"] = StewardField(people, label=_("Who looks after them until they are divided"))


class BlockForm(forms.Form):
    """What a block is called, and whether plans leave it where it is."""

    name = short(_("name"), 80, required=True)
    town = short(_("community"), 40)
    locked = forms.BooleanField(
        label=_("locked"), required=False, help_text=_("No plan takes it from its steward")
    )


class HandOverForm(forms.Form):
    """Into whose hands, and why."""

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = StewardField(people, label=_("steward"))
        self.fields["reason"] = words(_("reason"), 200, required=True)


class PutForm(forms.Form):
    """In which block something stands."""

    def __init__(self, *args: Any, blocks: QuerySet[Block], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["block"] = BlockField(
            blocks, label=_("block"), required=False, empty_label=_("as its coordinates say")
        )


class BlockField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Blocks by number and name."""

    def label_from_instance(self, obj: Block) -> str:
        return f"{obj.code} {obj.name}" if obj.name != obj.code else obj.name


class TouchpointForm(forms.Form):
    """A channel: kind, what everybody may know it by, and how many it reaches."""

    kind = forms.ChoiceField(label=_("kind"), choices=TouchpointKind.choices)
    handle = short(
        _("public name or id"),
        80,
        required=True,
        help_text=_("Of the group, account or station; nobody in it"),
    )
    reach = number(_("reaches"), 10_000_000, required=True)
    counted_on = day(_("counted on"), required=True, today=True)


class PlanForm(forms.Form):
    """What a plan is for, and among whom."""

    kind = forms.ChoiceField(label=_("What for"), choices=PlanKind.choices)
    tolerance = forms.DecimalField(
        label=_("tolerance (%)"),
        min_value=1,
        max_value=50,
        decimal_places=1,
        required=False,
        help_text=_(
            "How far from even is good enough; empty: 3 for a first cut, 8 when a steward leaves, else 5"
        ),
    )

    def __init__(
        self, *args: Any, people: QuerySet[Person], present: Sequence[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.present = present
        for one in present:
            self.fields[f"leaves_{one.pk}"] = forms.BooleanField(label=_("leaves"), required=False)
            self.fields[f"capacity_{one.pk}"] = forms.IntegerField(
                label=_("capacity (%)"), min_value=1, max_value=500, initial=100
            )
            self.fields[f"limit_{one.pk}"] = number(_("at most"), 1_000_000)
        self.fields["joiners"] = StewardsField(
            people,
            label=_("Who joins"),
            help_text=_("Full names or register numbers, one on each line"),
        )

    @property
    def rows(self) -> Iterable[tuple[Person, Any, Any, Any]]:
        """Each present steward with the three fields."""
        for one in self.present:
            yield one, self[f"leaves_{one.pk}"], self[f"capacity_{one.pk}"], self[f"limit_{one.pk}"]


class ReasonForm(forms.Form):
    """Why."""

    reason = words(_("reason"), 200, required=True)
