"""A ledger to hand in, or to take out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import SheetPurpose


class HandInForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("Workbook or CSV file"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv"})
    )


class TakeOutForm(forms.Form):
    """What for, and with which numbers."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=SheetPurpose.choices)

    def __init__(self, *args: Any, may_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_open:
            self.fields["opened"] = forms.BooleanField(
                label=_("With telephone numbers in full"),
                required=False,
                help_text=_("Only where the purpose needs them; that they were in it stays on record"),
            )
