"""What is entered of a workers' site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import SiteKind
from unionhall.apps.coverage.forms.enterprises import HoursField, PlaceForm, day, number, short, words
from unionhall.apps.orgs.forms import UnionField


class SiteForm(PlaceForm):
    """A site."""

    kind = forms.ChoiceField(label=_("kind"), choices=SiteKind.choices)
    name = short(_("name"), 80, required=True)
    platform = short(_("platform or company"), 80)
    opening_hours = HoursField()
    field_order: tuple[str, ...] = (
        "kind", "name", "platform", "opening_hours", "address", "latitude", "longitude",
    )  # fmt: skip


class ChangeSiteForm(SiteForm):
    """A site that is known."""

    closed_on = day(_("closed on"), help_text=_("Leave it empty while the site is there"))


class NewSiteForm(SiteForm):
    """A new site."""

    headcount = number(_("workers, as estimated"), 1_000_000)
    joined = number(_("of them joined"), 1_000_000)
    field_order = ("ground", "kind", "name", "platform", "headcount", "joined", "opening_hours", "address")

    def __init__(self, *args: Any, grounds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"] = UnionField(grounds, label=_("territory"))
        self.order_fields(self.field_order)


class CountForm(forms.Form):
    """How many work there, and how many have joined."""

    headcount = number(_("workers, as estimated"), 1_000_000)
    joined = number(_("of them joined"), 1_000_000, required=True)
    on = day(_("counted on"), required=True, today=True)


class WorkerForm(forms.Form):
    """Somebody who agreed to be named."""

    name = short(_("person's name"), 40, required=True)
    phone = forms.CharField(
        label=_("telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    consent = words(
        _("How the consent was given"), 200, required=True, help_text=_("Such as: in words, to whom, where")
    )
    consented_on = day(_("on"), required=True, today=True)
