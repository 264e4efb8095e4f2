"""What an applicant fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership import messages
from unionhall.apps.membership.codes import (
    Employment,
    FilledBy,
    Occupation,
)
from unionhall.apps.membership.usecases.applying import Answers
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.engines.identifiers import IdentifierError, read_document, read_mobile
from unionhall.kernel.refusals import Refusal


class JoinForm(forms.Form):
    """What is asked of an applicant: only what the purpose needs. Each problem stands beside its field."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "enterkeyhint": "next"}),
        help_text=_("As on the identity document"),
        error_messages={"required": _("Please fill in the name.")},
    )
    identity_kind = forms.ChoiceField(label=_("Document"), choices=IdentityKind.choices)
    identity = forms.CharField(
        label=_("Number of the document"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Please fill in the number of the identity document.")},
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
        error_messages={"required": _("Please fill in the mobile phone number.")},
    )
    employment = forms.ChoiceField(
        label=_("Where do you work?"),
        choices=Employment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    workplace = forms.CharField(
        label=_("Employer or platform"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "employers"}),
        help_text=_(
            "Type part of the name or the credit code, and choose; if it is not listed, write it out"
        ),
    )
    site = forms.CharField(
        label=_("Station or site"),
        max_length=80,
        required=False,
        help_text=_("For couriers and riders: the station you ride from"),
    )
    occupation = forms.ChoiceField(
        label=_("Occupation"),
        choices=[("", _("Please choose")), *Occupation.choices],
        error_messages={"required": _("Please choose an occupation.")},
    )
    area = forms.ModelChoiceField(
        Union.objects.none(),
        label=_("Area where you work"),
        to_field_name="public_id",
        required=False,
        empty_label=_("Please choose"),
        help_text=_("So that the form reaches the right union when your employer has none"),
    )
    filled_by = forms.ChoiceField(
        label=_("Who fills this in?"),
        choices=FilledBy.choices,
        widget=forms.RadioSelect,
        initial=FilledBy.SELF,
    )
    proxy = forms.CharField(
        label=_("Who are you to the applicant?"),
        max_length=40,
        required=False,
        help_text=_("Such as colleague, station chief, union officer; the applicant confirms by phone"),
    )
    consent = forms.BooleanField(
        label=_("I wish to join the union of my own free will, and agree to what is written above"),
        error_messages={
            "required": _(
                "Without your consent we may not keep what you have filled in. Please tick the box."
            )
        },
    )

    def __init__(self, *args: Any, saving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset = Union.objects.filter(level__in=(UnionLevel.STREET, UnionLevel.DISTRICT)).order_by(
            "level", "name"
        )
        area.label_from_instance = lambda union: union.short_name
        if saving:
            for field in self.fields.values():
                field.required = False

    def clean_identity(self) -> str:
        text: str = self.cleaned_data["identity"]
        kind = self.cleaned_data.get("identity_kind") or IdentityKind.ID_CARD
        if text:
            try:
                read_document(text, IdentityKind(kind))
            except IdentifierError as error:
                raise forms.ValidationError(
                    messages.of_refusal(Refusal("IDENTITY_WRONG", why=error.code))
                ) from error
        return text

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        if text:
            try:
                read_mobile(text)
            except IdentifierError as error:
                raise forms.ValidationError(
                    messages.of_refusal(Refusal("PHONE_WRONG", why=error.code))
                ) from error
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        employment = data.get("employment")
        sending = self.fields["consent"].required
        placed = employment in (Employment.EMPLOYER, Employment.PLATFORM)
        if sending and placed and not data.get("workplace"):
            self.add_error("workplace", messages.of_refusal(Refusal("EMPLOYMENT_INCOMPLETE")))
        if sending and data.get("filled_by") == FilledBy.PROXY and not data.get("proxy"):
            self.add_error("proxy", messages.of_refusal(Refusal("PROXY_MISSING")))
        return data

    def answers(self) -> Answers:
        """What was filled in, for the use case."""
        data = self.cleaned_data
        workplace = data.get("workplace") or ""
        employer = None
        if data.get("employment") == Employment.EMPLOYER and workplace:
            employer = (
                Employer.objects.select_related("territory").filter(name=workplace).first()
                or Employer.objects.select_related("territory").filter(credit_code=workplace.upper()).first()
            )
        return Answers(
            name=data.get("name") or "",
            identity=data.get("identity") or "",
            identity_kind=IdentityKind(data.get("identity_kind") or IdentityKind.ID_CARD),
            phone=data.get("phone") or "",
            employment=data.get("employment") or "",  # type: ignore[arg-type]
            occupation=data.get("occupation") or "",
            employer=employer,
            workplace="" if employer else workplace,
            site=data.get("site") or "",
            area=data.get("area"),
            filled_by=FilledBy(data.get("filled_by") or FilledBy.SELF),
            proxy=data.get("proxy") or "",
            consent=bool(data.get("consent")),
        )


class CodeForm(forms.Form):
    """The six digits that were sent."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("The six digits that were sent to you"),
        error_messages={"invalid": _("Six digits, please."), "required": _("Six digits, please.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": "6",
                "class": "digits",
            }
        ),
    )


class PhoneForm(forms.Form):
    """Whose applications are looked for."""

    phone = forms.CharField(
        label=_("Mobile phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )

    def clean_phone(self) -> str:
        try:
            return read_mobile(self.cleaned_data["phone"])
        except IdentifierError as error:
            raise forms.ValidationError(
                messages.of_refusal(Refusal("PHONE_WRONG", why=error.code))
            ) from error
