"""How many are drawn, and what is found of each on the spot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import Finding
from unionhall.apps.coverage.forms.enterprises import short
from unionhall.apps.coverage.forms.rounds import draft_key
from unionhall.apps.coverage.usecases.samples import LARGEST


class DrawForm(forms.Form):
    """How large a sample is."""

    size = forms.IntegerField(
        label=_("enterprises drawn"),
        min_value=1,
        max_value=LARGEST,
        initial=100,
        help_text=_(
            "Where nine of ten are right, 100 tell the precision to within eight points, 200 to within five,"
            " 400 to within four."
        ),
    )


class CheckForm(forms.Form):
    """What is found of one drawn enterprise."""

    key = draft_key()
    finding = forms.ChoiceField(
        label=_("What is it like?"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was found.")},
    )
    note = short(
        _("note"), 200, help_text=_("For instance which union it is. No names or numbers of persons.")
    )

    def __init__(self, data: Any = None, *, of: str) -> None:
        # Many of these stand on one page: each label belongs to the field beside it.
        super().__init__(data, auto_id=f"{of}-%s")
