"""Collection forms handed in, and rolls taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import (
    ExportPurpose,
)
from unionhall.apps.membership.usecases.collecting.columns import FORMS


class HandInForm(forms.Form):
    """A filled collection form."""

    file = forms.FileField(
        label=_("Filled form (.xlsx) or CSV"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("Choose a file first.")},
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(kind, FORMS[kind].title) for kind in kinds]
        self.fields["kind"] = forms.ChoiceField(label=_("Which form?"), choices=offered)
        self.order_fields(["kind", "file"])


class ExportForm(forms.Form):
    """What a roll is taken out for."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=ExportPurpose.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stays with the export, for everybody who keeps the roll"),
    )

    def __init__(self, *args: Any, may_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_open:
            self.fields["opened"] = forms.BooleanField(
                label=_("With full identity numbers and phones"),
                required=False,
                help_text=_("Otherwise they are masked. Only for what cannot be done without them"),
            )
