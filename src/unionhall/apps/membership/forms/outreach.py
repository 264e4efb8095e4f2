"""Sessions, codes and questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unionhall.apps.meetings.codes import IssueKind
from unionhall.apps.meetings.forms import PersonsField
from unionhall.apps.membership.codes import (
    Channel,
    PartnerKind,
)
from unionhall.apps.membership.models import OutreachSession, Partner
from unionhall.apps.orgs.forms import UnionField
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.forms import person_label
from unionhall.apps.people.models import Person

# Channels whose codes hang somewhere without a session.
STANDING_CHANNELS = {"STATION", "POSTER", "WORKPLACE", "CHAT_GROUP", "SHORT_VIDEO", "STEWARD_VISIT"}


CHANNELS = [one for one in Channel.choices if one[0] != Channel.UNKNOWN]


# What a slip of the hand makes larger than this is asked again.
MOST_PEOPLE, MOST_YUAN = 1_000_000, 10_000_000


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
