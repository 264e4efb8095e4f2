"""What is entered of a founding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import DocumentKind, FoundingKind, Stage
from unionhall.apps.coverage.forms.enterprises import day, next_week, short, words
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.people.forms import PersonField
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class EnterprisesField(forms.CharField):
    """Enterprises of a ground by name or number, one on each line."""

    def __init__(self, rows: QuerySet[Enterprise]) -> None:
        super().__init__(
            label=_("enterprises"),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("Full names or credit codes from the ledger, one on each line"),
        )
        self.rows = rows

    def clean(self, value: Any) -> Any:
        lines = list(
            dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip())
        )
        found = []
        for line in lines:
            # Traders masked alike are told apart by the whole name.
            called = self.rows.filter(Q(name=line) | queries.names.borne(line))
            named = list(called[:2]) or list(self.rows.filter(credit_code=line.upper()))
            if len(named) != 1:
                said = (
                    _("Several enterprises are called %(line)s. Write the whole name or the credit code.")
                    if named
                    else _(
                        "%(line)s is not open in this ground's ledger. Look at the name, or enter it first."
                    )
                )
                raise forms.ValidationError(said, params={"line": line})
            found.append(named[0])
        return found


class FoundForm(forms.Form):
    """A founding to begin."""

    kind = forms.ChoiceField(label=_("kind"), choices=FoundingKind.choices)
    name = short(
        _("name of the union"), 120, required=True, help_text=_("As it will stand in the upper union's reply")
    )
    short_name = short(_("short name"), 40, required=True, help_text=_("As on name cards and narrow tables"))

    def __init__(
        self, *args: Any, unions: Any, owners: Any, rows: QuerySet[Enterprise], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprises"] = EnterprisesField(rows)
        self.fields["upper"] = UnionField(
            unions, label=_("upper union"), help_text=_("It approves, and the new union answers to it")
        )
        self.fields["owner"] = PersonField(owners, label=_("in charge"), required=False)
        self.fields["due"] = forms.DateField(
            label=_("The preparatory group stands by"), widget=DayInput(), initial=next_week
        )


class DocumentForm(forms.Form):
    """A document to file."""

    kind = forms.ChoiceField(label=_("kind"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=_("Picture or PDF"),
        help_text=_("At most 5 MB. Where a picture was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )


class PassForm(forms.Form):
    """On to the next stage."""

    due = forms.DateField(label=_("The next stage is done by"), widget=DayInput(), initial=next_week)
    text = words(_("note"), 500)


class PassStageForm(PassForm):
    """On from the stage that was seen."""

    seen = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)


class BackForm(forms.Form):
    """Back to an earlier stage."""

    to = forms.ChoiceField(
        label=_("back to"),
        choices=[(one.value, one.label) for one in (Stage.ASSEMBLY, Stage.PREPARING)],
    )
    due = forms.DateField(label=_("due"), widget=DayInput(), initial=next_week)
    reason = words(_("reason"), 500, required=True)


class DueForm(forms.Form):
    """Another day."""

    due = forms.DateField(label=_("due"), widget=DayInput())
    reason = words(_("reason"), 500, required=True)


class ReasonForm(forms.Form):
    """Why."""

    reason = words(_("reason"), 500, required=True)


class AssemblyForm(forms.Form):
    """When and where the members meet."""

    starts_at = forms.DateTimeField(
        label=_("starts at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = short(_("place"), 120, required=True)

    def __init__(self, *args: Any, chairs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"] = PersonField(chairs, label=_("chair"))


class MeetingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Meetings by day and title."""

    def label_from_instance(self, obj: Meeting) -> str:
        return f"{obj.starts_at.astimezone(clock.CITY):%Y-%m-%d} {obj.title}"


class LinkForm(forms.Form):
    """Which meeting it was."""

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = MeetingField(
            meetings, label=_("Members' meeting"), empty_label=_("Please choose")
        )


class RegisterForm(forms.Form):
    """The union as it was registered."""

    since = day(_("founded on"), required=True, today=True)
    credit_code = short(
        _("credit code"), 18, help_text=_("Of the union itself, where it has its certificate already")
    )
