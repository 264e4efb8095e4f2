"""What a member fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import (
    WishField,
)
from unionhall.ui.forms import DayInput


class WhoForm(forms.Form):
    """Which of several persons who share a phone."""

    who = forms.CharField(
        label=_("Your name, or the last four characters of your identity number"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please fill this in.")},
    )


class WishForm(forms.Form):
    """What the own record should say, and why."""

    value = forms.CharField(label=_("It should say"), max_length=160)
    ground = forms.CharField(
        label=_("Why?"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: new number since May; the officer may ask for the document"),
    )

    def __init__(self, *args: Any, field: WishField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field == WishField.BIRTH:
            self.fields["value"].widget = DayInput()
        if field == WishField.PHONE:
            phone = {"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}
            self.fields["value"].widget = forms.TextInput(attrs=phone)
