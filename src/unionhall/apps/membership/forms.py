"""Forms of joining: the applicant's one page, and what officers fill in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unionhall.apps.meetings.codes import IssueKind
from unionhall.apps.meetings.forms import PersonsField
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.membership import messages
from unionhall.apps.membership.codes import (
    Channel,
    Employment,
    EventKind,
    ExportPurpose,
    FilledBy,
    Occupation,
    PartnerKind,
    WishField,
)
from unionhall.apps.membership.models import CategorySet, Engagement, OutreachSession, Partner
from unionhall.apps.membership.usecases.applying import Answers
from unionhall.apps.membership.usecases.collecting.columns import FORMS
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.orgs.models import Employer, Union
from unionhall.apps.people.codes import IdentityKind
from unionhall.apps.people.forms import person_label
from unionhall.apps.people.models import Person
from unionhall.engines.identifiers import IdentifierError, read_document, read_mobile
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal
from unionhall.ui.forms import DayInput


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


class ReasonForm(forms.Form):
    """A reason that stays with the record."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


# Channels whose codes hang somewhere without a session.
STANDING_CHANNELS = {"STATION", "POSTER", "WORKPLACE", "CHAT_GROUP", "SHORT_VIDEO", "STEWARD_VISIT"}
CHANNELS = [one for one in Channel.choices if one[0] != Channel.UNKNOWN]


# What a slip of the hand makes larger than this is asked again.
MOST_PEOPLE, MOST_YUAN = 1_000_000, 10_000_000
FIRST_YEAR, LAST_YEAR = 1949, 2100


class MomentInput(forms.DateTimeInput):
    """A moment, chosen from the browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SessionForm(forms.Form):
    """An outreach session."""

    channel = forms.ChoiceField(label=_("channel"), choices=CHANNELS)
    title = forms.CharField(label=_("title"), max_length=80)
    starts_at = forms.DateTimeField(label=_("starts at"), widget=MomentInput())
    ends_at = forms.DateTimeField(label=_("ends at"), widget=MomentInput(), required=False)
    place = forms.CharField(label=_("place"), max_length=120)
    partners = forms.ModelMultipleChoiceField(
        Partner.objects.order_by("kind", "name"),
        label=_("partners"),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expected = forms.IntegerField(
        label=_("expected reach"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    materials = forms.CharField(label=_("materials"), max_length=200, required=False)

    field_order = ["union", "channel", "title"]

    def __init__(self, *args: Any, unions: Any, persons: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"] = PersonsField(
            label=pgettext_lazy("session", "staff"),
            persons=persons,
            help_text=_("Names of registered people, one on each line"),
        )
        partners: Any = self.fields["partners"]
        partners.label_from_instance = lambda partner: f"{partner.name}（{partner.get_kind_display()}）"
        self.fields["union"] = UnionField(unions, label=_("union"), to_field_name="public_id")
        self.order_fields(self.field_order)


class ChangeSessionForm(SessionForm):
    """The plan of a session that is there; what its contacts hang on stays."""

    def __init__(
        self, *args: Any, session: OutreachSession, persons: QuerySet[Person], **kwargs: Any
    ) -> None:
        kept = ("title", "starts_at", "ends_at", "place", "materials", "expected")
        initial: dict[str, Any] = {name: getattr(session, name) for name in kept}
        initial["partners"] = session.partners.values_list("public_id", flat=True)
        initial["staff"] = "\n".join(person_label(person) for person in session.staff.all())
        super().__init__(*args, unions=Union.objects.none(), persons=persons, initial=initial, **kwargs)
        del self.fields["union"], self.fields["channel"]


class OutcomeForm(forms.Form):
    """What came of a session, beside those who checked in by themselves."""

    held = forms.ChoiceField(
        label=_("Outcome"), choices=[("yes", _("Held")), ("no", _("Cancelled"))], widget=forms.RadioSelect
    )
    counted = forms.IntegerField(
        label=_("people counted"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    yuan = forms.DecimalField(
        label=_("cost in yuan"), min_value=0, max_value=MOST_YUAN, decimal_places=2, required=False
    )


class CodeOfPlaceForm(forms.Form):
    """A code to print for a place."""

    channel = forms.ChoiceField(
        label=_("channel"), choices=[one for one in CHANNELS if one[0] in STANDING_CHANNELS]
    )
    label = forms.CharField(
        label=_("where it hangs"), max_length=80, help_text=_("Such as: riders' station, east door")
    )
    field_order = ["union", "channel", "label"]

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("union"), to_field_name="public_id")
        self.order_fields(self.field_order)


class IssueForm(forms.Form):
    """What was brought up, in short and in full, and by whom in the words that were used."""

    kind = forms.ChoiceField(label=_("kind"), choices=IssueKind.choices)
    title = forms.CharField(label=_("title"), max_length=120)
    description = forms.CharField(
        label=_("description"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    raised_by_words = forms.CharField(
        label=_("raised by"),
        max_length=80,
        help_text=_("In words, such as: a rider of the east station; no name is needed"),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=32)


class QuestionForm(forms.Form):
    """What was asked, and the answer given on the spot."""

    text = forms.CharField(label=_("question"), max_length=300)
    answer = forms.CharField(
        label=_("answer"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """An answer, and whether everybody may read it."""

    answer = forms.CharField(label=_("answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    publish = forms.BooleanField(label=_("Publish in the question bank"), required=False)


class PartnerForm(forms.Form):
    """A partner."""

    name = forms.CharField(label=_("name"), max_length=80)
    kind = forms.ChoiceField(label=_("kind"), choices=PartnerKind.choices)


class ForwardForm(ReasonForm):
    """To which union an application is passed on."""

    field_order = ["union", "reason"]

    def __init__(self, *args: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"] = UnionField(unions, label=_("union"))
        self.order_fields(self.field_order)


class DecisionForm(forms.Form):
    """When, where and by whom a committee decided."""

    decided_on = forms.DateField(label=_("decided on"), widget=DayInput(), initial=clock.today)
    present = forms.CharField(
        label=_("Who decided"), max_length=300, help_text=_("Names of the committee members present")
    )
    evidence = forms.CharField(
        label=_("Signed minutes"),
        max_length=300,
        help_text=_("Number of the minutes and where they are kept"),
    )

    def __init__(self, *args: Any, union: Union, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = forms.ModelChoiceField(
            Meeting.objects.filter(union=union).order_by("-starts_at"),
            label=_("Meeting"),
            to_field_name="public_id",
            required=False,
            empty_label=_("not on the list"),
        )


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


class ListField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A list of occupations, by its name."""

    def label_from_instance(self, obj: CategorySet) -> str:
        return f"{obj.name} · {obj.version}" if obj.version > 1 else obj.name


class TargetForm(forms.Form):
    """How many joins a year is to bring."""

    year = forms.IntegerField(label=_("year"), min_value=2000, max_value=LAST_YEAR)
    joins = forms.IntegerField(label=_("joins"), min_value=1, max_value=10_000_000)

    def __init__(self, *args: Any, lists: Sequence[CategorySet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"] = ListField(
            CategorySet.objects.filter(pk__in=[one.pk for one in lists]),
            label=_("Which joins"),
            required=False,
            empty_label=_("all"),
        )


class CategorySetForm(forms.Form):
    """A list of occupations, and the document that sets it."""

    name = forms.CharField(label=_("name"), max_length=80)
    basis = forms.CharField(label=_("Document that sets it"), max_length=160)
    occupations = forms.MultipleChoiceField(
        label=_("Occupations"),
        choices=[one for one in Occupation.choices if one[0] != Occupation.OTHER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PeriodForm(forms.Form):
    """A period to be closed: a whole month, quarter or year, or any days."""

    SPANS = (
        ("MONTH", _("A month")),
        ("QUARTER", _("A quarter")),
        ("YEAR", _("A year")),
        ("DAYS", _("From day to day")),
    )

    span = forms.ChoiceField(label=_("period"), choices=SPANS, widget=forms.RadioSelect, initial="MONTH")
    first = forms.DateField(
        label=_("First day"),
        widget=DayInput(),
        help_text=_("Of a month, quarter or year any day in it"),
    )
    last = forms.DateField(
        label=_("Last day"), widget=DayInput(), required=False, help_text=_("Only from day to day")
    )

    def __init__(self, *args: Any, lists: Sequence[CategorySet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"] = ListField(
            CategorySet.objects.filter(pk__in=[one.pk for one in lists]),
            label=_("New forms of employment by which list"),
            initial=lists[0],
            empty_label=None,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("first", "last"):
            if data.get(name) and not FIRST_YEAR <= data[name].year <= LAST_YEAR:
                self.add_error(name, _("There is nothing to count in that year."))
        if data.get("span") == "DAYS" and not data.get("last") and "last" not in self.errors:
            self.add_error("last", _("Please say which day is the last."))
        return data

    def told(self) -> dict[str, Any]:
        """The period for the use case; the end is the day after the last one counted."""
        data = self.cleaned_data
        starts, ends = span_of(data["span"], data["first"], data["last"])
        return {"starts": starts, "ends": ends, "listed": data["listed"]}


def span_of(span: str, first: date, last: date | None) -> tuple[date, date]:
    """The first day of a period and the day after its last."""
    match span:
        case "MONTH":
            months, starts = 1, first.replace(day=1)
        case "QUARTER":
            months, starts = 3, date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
        case "YEAR":
            months, starts = 12, date(first.year, 1, 1)
        case _:
            assert last is not None, "the form has asked for the last day"
            return first, last + timedelta(days=1)
    month = starts.month + months
    return starts, date(starts.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


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
