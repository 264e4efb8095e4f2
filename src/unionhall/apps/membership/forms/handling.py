"""What a desk and a committee fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings.models import Meeting
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class ReasonForm(forms.Form):
    """A reason that stays with the record."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class ForwardForm(ReasonForm):
    """To which union an application is passed on."""

    field_order = ["union", "reason"]

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("union"))
        self.order_fields(self.field_order)


class DecisionForm(forms.Form):
    """When, where and by whom a committee decided."""

    decided_on = forms.DateField(label=_("decided on"), widget=DayInput(), initial=clock.today)
    present = forms.CharField(
        label=_("Who decided"), max_length=300, help_text=_("Names of the committee members present")
    )
    evidence = forms.CharField(
        label=_("Signed minutes"),
        max_length=300,
        help_text=_("Number of the minutes and where they are kept"),
    )

    def __init__(self, *args: Any, union: Union, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = forms.ModelChoiceField(
            Meeting.objects.filter(union=union).order_by("-starts_at"),
            label=_("Meeting"),
            to_field_name="public_id",
            required=False,
            empty_label=_("not on the list"),
        )
