"""What a steward enters on the way: few fields, large enough for a thumb, the note for a microphone."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage.codes import Outcome
from unionhall.apps.coverage.forms.blocks import BlockField
from unionhall.apps.coverage.forms.enterprises import HoursField, day, number, short, words


def draft_key() -> forms.CharField:
    """Made once with the draft."""
    return forms.CharField(
        max_length=32, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16), min_length=16
    )


class VisitForm(forms.Form):
    """What came of a visit."""

    key = draft_key()
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    note = words(
        _("note"), 500, rows=5, help_text=_("Speak it in with the microphone key. No numbers of persons.")
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("Kept without the place where it was taken"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    next_step = short(_("next step"), 200)
    next_due = day(_("due"))
    opening_hours = HoursField()
    on = day(_("day"), required=True, today=True)


class LeadForm(forms.Form):
    """A shop that is not in the ledger."""

    key = draft_key()
    name = short(_("name on the sign"), 160, required=True)
    code = short(_("credit code"), 200, help_text=_("From the licence, where it hangs on the wall"))
    address = short(_("address"), 200)
    headcount = number(_("employees"), 100_000)
    note = words(_("note"), 500, rows=3)

    def __init__(self, *args: Any, blocks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = blocks[0] if len(blocks) == 1 else None
        self.fields["block"] = BlockField(
            blocks, label=_("block"), to_field_name="public_id", initial=only, empty_label=_("Please choose")
        )
        self.order_fields(("key", "block", "name", "code", "address", "headcount", "note"))
