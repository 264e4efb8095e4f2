"""What is written into the ledger of one member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.codes import (
    Employment,
    EventKind,
    Occupation,
)
from unionhall.apps.membership.forms.handling import ReasonForm
from unionhall.apps.membership.models import Engagement
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class LedgerForm(forms.Form):
    """One entry of the ledger: with which union, from which day, why."""

    def __init__(
        self, *args: Any, kind: EventKind, reach: frozenset[int], work: Engagement | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if kind in (EventKind.TRANSFER_IN, EventKind.RETAIN, EventKind.RESTORE):
            unions = Union.objects.order_by("level", "name")
            within = unions if kind == EventKind.RETAIN else unions.filter(pk__among=reach)
            self.fields["union"] = UnionField(within, label=_("union"))
        if kind == EventKind.TRANSFER_IN:
            self.fields["occupation"] = forms.ChoiceField(
                label=_("occupation"),
                choices=Occupation.choices,
                initial=work.occupation if work else Occupation.OTHER,
            )
            self.fields["employment"] = forms.ChoiceField(
                label=_("Works"),
                choices=Employment.choices,
                initial=work.employment if work else Employment.EMPLOYER,
            )
            self.fields["workplace"] = forms.CharField(
                label=_("New employer or platform"),
                max_length=160,
                required=False,
                help_text=_("Leave it empty when only the union changes"),
            )
        self.fields["on"] = forms.DateField(label=_("counts from"), widget=DayInput(), initial=clock.today)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=200)


class TakeOverForm(LedgerForm):
    """A member of another union, by the document, and what is to stand in the ledger."""

    id_kind = forms.ChoiceField(label=_("Document"), choices=IdentityKind.choices)
    identity = forms.CharField(
        label=_("identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, reach: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, kind=EventKind.TRANSFER_IN, reach=reach, work=None, **kwargs)
        # The record is beyond reach, so what stands in it cannot be offered: nothing chosen leaves it.
        occupation = forms.ChoiceField(
            label=_("occupation"), choices=[("", _("as before")), *Occupation.choices], required=False
        )
        self.fields["occupation"] = occupation
        self.order_fields(["id_kind", "identity", "union", "on"])


class CorrectForm(ReasonForm):
    """Why an entry does not count."""
