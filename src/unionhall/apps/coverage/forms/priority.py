"""The numbers of a rule, and where an office stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.forms.enterprises import words
from unionhall.apps.coverage.queries.points import BOUNDS, SHIPPED

# In the order of the waterfall; each pair is told together.
LABELS: Mapping[str, Any] = {
    "many_from": _("Employees from which on it is large enough"),
    "many": _("Points for that"),
    "large_from": _("Employees from which on it is very large"),
    "large": _("Points on top for that"),
    "funds": _("Points where funds are collected by tax"),
    "new_employment": _("Points where all work in new forms of employment; in proportion where some do"),
    "near_metres": _("Near: metres from the office"),
    "near": _("Points for near"),
    "far_metres": _("Not far: metres from the office"),
    "far": _("Points for not far"),
    "waiting_days": _("Days without contact that count once"),
    "waiting": _("Points each time"),
    "waiting_most": _("At most so many; also where nobody has been yet"),
    "refused": _("Points where it refused (below 0)"),
}


class RuleForm(forms.Form):
    """A rule, number by number, and why it changes."""

    def __init__(self, *args: Any, points: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SHIPPED:
            low, high = (1, 100_000) if name in BOUNDS else (-100, 100)
            self.fields[name] = forms.IntegerField(
                label=LABELS[name], min_value=low, max_value=high, initial=points[name]
            )
        self.fields["reason"] = words(_("Why the rule changes"), 200, required=True)


class OfficeForm(forms.Form):
    """Where an office stands."""

    latitude = forms.DecimalField(
        label=_("latitude"), max_digits=9, decimal_places=6, min_value=-90, max_value=90
    )
    longitude = forms.DecimalField(
        label=_("longitude"), max_digits=9, decimal_places=6, min_value=-180, max_value=180
    )
