"""Forms of meetings and issues; whether something may be done is for the use cases to say."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from unionhall.apps.meetings.codes import IssueKind, MeetingKind
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.people.forms import PersonField, person_label
from unionhall.apps.people.models import Person
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput

AGENDA_LENGTH = 120


class Lines(forms.CharField):
    """A list with one thing on each line."""

    def __init__(self, *, label: Any, rows: int, help_text: Any, required: bool = False) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(label=label, widget=widget, help_text=help_text, required=required)

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class AgendaField(Lines):
    """The points of an agenda."""

    def clean(self, value: Any) -> Any:
        lines = super().clean(value)
        if any(len(line) > AGENDA_LENGTH for line in lines):
            raise forms.ValidationError(
                _("A point has at most %(n)s characters."), params={"n": AGENDA_LENGTH}
            )
        return lines


class PersonsField(Lines):
    """Registered persons by name; whoever shares a name is written as the error says."""

    def __init__(self, *, label: Any, persons: QuerySet[Person], help_text: Any) -> None:
        super().__init__(label=label, rows=5, help_text=help_text)
        self.persons = persons

    def clean(self, value: Any) -> Any:
        lines = super().clean(value)
        named: dict[str, list[Person]] = {}
        for person in self.persons.filter(name__in={line.split(" · ")[0] for line in lines}):
            for written in (person.name, person_label(person)):
                if person not in named.setdefault(written, []):
                    named[written].append(person)
        errors = []
        for line in lines:
            found = named.get(line, [])
            if not found:
                errors.append(
                    _("Nobody within your reach is called %(name)s. Count such people as others.")
                    % {"name": line}
                )
            elif len(found) > 1:
                choices = "；".join(person_label(person) for person in found)
                errors.append(
                    _("Several people are called %(name)s. Write one of: %(choices)s")
                    % {"name": line, "choices": choices}
                )
        if errors:
            raise forms.ValidationError(errors)
        return [named[line][0] for line in lines]


def _words(label: Any, rows: int = 4, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text, required=required
    )


class MeetingForm(forms.Form):
    """The plan of a meeting."""

    title = forms.CharField(label=_("title"), max_length=120)
    starts_at = forms.DateTimeField(
        label=_("starts at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label=_("place"), max_length=120)

    def __init__(self, *args: Any, chairs: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chair"] = PersonField(chairs, label=_("chair"))
        self.fields["agenda"] = AgendaField(label=_("agenda"), rows=4, help_text=_("One point on each line"))


class NewMeetingForm(MeetingForm):
    """A new meeting: of which union, and of which kind."""

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = forms.ChoiceField(label=_("kind"), choices=MeetingKind.choices)
        self.fields = {"union": UnionField(unions, label=_("union")), "kind": kind, **self.fields}


class RecordForm(forms.Form):
    """Who was at a meeting and what was said."""

    def __init__(self, *args: Any, persons: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendees"] = PersonsField(
            label=_("present"), persons=persons, help_text=_("Names of registered people, one on each line")
        )
        self.fields["others"] = forms.IntegerField(
            label=_("others present"),
            min_value=0,
            max_value=100_000,
            initial=0,
            help_text=_("How many came who are not in the register"),
        )
        self.fields["minutes"] = _words(_("minutes"), 8, required=False)


class RaiseForm(forms.Form):
    """An issue as it is heard in the hall."""

    key = forms.CharField(max_length=32, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16))
    kind = forms.ChoiceField(label=_("kind"), choices=IssueKind.choices)
    title = forms.CharField(label=_("In one sentence"), max_length=120)
    raised_by_words = forms.CharField(
        label=_("raised by"),
        max_length=80,
        required=False,
        help_text=_("As told, for example a courier station's chief"),
    )


class NewIssueForm(RaiseForm):
    """An issue that no meeting raised."""

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"union": UnionField(unions, label=_("union")), **self.fields}
        self.fields["description"] = _words(_("description"), required=False)


class AssignForm(forms.Form):
    """Who sees to it, and until when."""

    def __init__(self, *args: Any, owners: QuerySet[Person], moves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = PersonField(
            owners, label=_("owner"), help_text=_("People with an account: it waits on their start page")
        )
        self.fields["due"] = forms.DateField(label=_("due"), widget=DayInput())
        if moves:
            self.fields["reason"] = _words(_("reason"), 3, _("Needed when the day is moved"), required=False)


class DueForm(forms.Form):
    """Another day, and why."""

    due = forms.DateField(label=_("due"), widget=DayInput(), initial=clock.today)
    reason = _words(_("reason"))


class NoteForm(forms.Form):
    """What has come to be known."""

    text = _words(_("Note"))


class ClaimForm(forms.Form):
    """What was done, and what shows it."""

    measures = _words(_("what was done"))
    evidence = _words(
        _("Evidence"), 3, _("What shows it: the number of a receipt, who saw it, what the picture shows")
    )
    file = forms.FileField(
        label=_("Picture or PDF"),
        required=False,
        help_text=_("At most 5 MB. Where a picture was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )


class CloseForm(forms.Form):
    """How it was checked."""

    checked = _words(
        _("How it was checked"), 3, _("For example: seen on the spot; whoever raised it was called back")
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = _words(_("reason"))
