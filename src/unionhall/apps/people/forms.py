"""Forms of persons, posts and accounts; whether something may be done is for the use cases to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from unionhall.apps.orgs.forms import SinceField, UnionField
from unionhall.apps.orgs.models import Employer
from unionhall.apps.people.codes import HonourKind, IdentityKind, PostRole, RevealReason, Sex
from unionhall.apps.people.models import Person
from unionhall.kernel import clock
from unionhall.ui.forms import DayInput


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Persons by name, trade and union."""

    def label_from_instance(self, obj: Person) -> str:
        return person_label(obj)


def person_label(person: Person) -> str:
    """A person as told apart from others of the same name."""
    return " · ".join(
        part for part in (person.name, person.trade, person.union and person.union.short_name) if part
    )


class RegisterForm(forms.Form):
    """A person of a union."""

    name = forms.CharField(label=_("person's name"), max_length=80)
    trade = forms.CharField(label=_("trade"), max_length=60, required=False)
    employer = forms.CharField(
        label=_("unit"),
        max_length=160,
        required=False,
        help_text=_("The full name of an employer that a union covers"),
    )

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("union"), to_field_name="public_id")

    def clean_employer(self) -> Employer | None:
        name = self.cleaned_data["employer"].strip()
        found = Employer.objects.filter(name=name).first()
        if name and found is None:
            raise forms.ValidationError(
                _("No union covers an employer of that name. Add it at its union first, or leave this blank.")
            )
        return found


class SearchForm(forms.Form):
    """One box for whatever is known of a person."""

    text = forms.CharField(
        label=_("Name, phone, last four digits of the phone, identity number or register number"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class ParticularsForm(forms.Form):
    """What identifies a person and how to reach one; a blank field leaves what is kept."""

    id_kind = forms.ChoiceField(label=_("document"), choices=IdentityKind.choices)
    identity = forms.CharField(
        label=_("identity number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Birth and sex are taken from it. Left blank, the present one stays"),
    )
    phone = forms.CharField(
        label=_("phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text=_("A mobile number. Left blank, the present one stays"),
    )
    birth = forms.DateField(
        label=_("date of birth"),
        widget=DayInput(),
        required=False,
        help_text=_("Only for a document whose number does not say it"),
    )
    sex = forms.ChoiceField(label=_("sex"), choices=[("", "—"), *Sex.choices], required=False)


class RevealForm(forms.Form):
    """Why a value is opened."""

    reason = forms.ChoiceField(label=_("reason"), choices=[("", "—"), *RevealReason.choices])
    words = forms.CharField(
        label=_("in words"),
        max_length=200,
        help_text=_("What it is needed for. No numbers or phones: this stays readable for ever"),
    )


class HonourForm(forms.Form):
    """A title of honour."""

    kind = forms.ChoiceField(label=_("honour"), choices=HonourKind.choices)
    title = forms.CharField(label=_("title"), max_length=80, help_text=_("As on the certificate"))
    year = forms.IntegerField(label=_("year"), min_value=1949, max_value=2999)


class AppointForm(forms.Form):
    """A post in a union."""

    role = forms.ChoiceField(label=_("role"), choices=PostRole.choices)

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("union"))
        self.fields["since"] = SinceField()


class EndForm(forms.Form):
    """From which day a post opens nothing any more."""

    on = forms.DateField(label=_("ends on"), widget=DayInput(), initial=clock.today)


class PasswordField(forms.CharField):
    """A new password, checked against the house's rules."""

    def __init__(self, *, label: Any, required: bool = True, help_text: Any = "") -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(label=label, required=required, widget=widget, strip=False, help_text=help_text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            validate_password(value)


RULES = _("At least 10 characters, not only digits, and none of the passwords that everybody guesses")


class AccountForm(forms.Form):
    """A new account."""

    username = forms.RegexField(
        r"^[\w.@-]+$",
        label=_("User name"),
        max_length=60,
        error_messages={"invalid": _("Letters, digits and . @ - _ only")},
    )
    password = PasswordField(label=_("First password"), help_text=RULES)


class ChangeAccountForm(forms.Form):
    """Whether an account is open, and another password for it."""

    active = forms.BooleanField(label=_("May sign in"), required=False)
    password = PasswordField(
        label=_("New password"), required=False, help_text=_("Left blank, the present one stays")
    )


class DailyMessageForm(forms.Form):
    """Whether one wants a message a day."""

    wanted = forms.BooleanField(label=_("Send me one message a day when something waits"), required=False)


class OwnPasswordForm(forms.Form):
    """One's own password."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = PasswordField(label=_("New password"), help_text=RULES)
