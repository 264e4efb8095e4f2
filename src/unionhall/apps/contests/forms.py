"""Forms of the preparation; whether something may be done is for the use cases to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests import messages
from unionhall.apps.contests.codes import AdjustmentKind, Admission, CueKind, DutyRole, EntryState
from unionhall.apps.contests.models import Contest, Entry, Juror, Stage
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.forms import PersonField
from unionhall.apps.people.models import Account
from unionhall.engines.scoring import RuleBook, ScoringError, read_document


class UnionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Unions by name."""

    def label_from_instance(self, obj: Union) -> str:
        return obj.name


class UnionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several unions by name."""

    def label_from_instance(self, obj: Union) -> str:
        return obj.name


class ContestForm(forms.ModelForm):  # type: ignore[type-arg]
    """A contest; organisers are offered only within the account's reach."""

    class Meta:
        model = Contest
        fields = ["name", "theme", "organiser", "co_organisers"]

    def __init__(self, *args: Any, organisers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"] = UnionField(organisers, label=_("organiser"))
        self.fields["co_organisers"] = UnionsField(
            Union.objects.order_by("level", "name"), label=_("co-organisers"), required=False
        )

    def validate_unique(self) -> None:
        """The use case refuses a second contest of the same name, in words of its own."""


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A stage of a contest."""

    class Meta:
        model = Stage
        fields = ["name", "starts_at", "venue", "pin_required"]
        widgets = {
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        }


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A speaker with a speech."""

    class Meta:
        model = Entry
        fields = ["person", "sent_by", "title", "unit", "trade"]

    def __init__(self, *args: Any, persons: Any, unions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonField(persons, label=_("speaker"))
        self.fields["sent_by"] = UnionField(unions, label=_("sent by"))

    def validate_unique(self) -> None:
        """The use case refuses a speaker who is entered already."""


class JuryForm(forms.Form):
    """A jury."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9_]{0,19}$",
        label=_("code"),
        help_text=_("As in the rule book, for example EXPERT"),
        error_messages={"invalid": _("Capital letters, digits and _ only")},
    )
    name = forms.CharField(label=_("name"), max_length=60)
    admission = forms.ChoiceField(label=_("Who sits there"), choices=Admission.choices)


class SeatsForm(forms.Form):
    """Named seats, one on each line; or a number of unnamed seats."""

    labels = forms.CharField(
        label=_("Named seats"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text=_("One on each line, for example 专家 1"),
    )
    unnamed = forms.IntegerField(
        label=_("Unnamed seats"),
        min_value=0,
        max_value=20_000,
        required=False,
        help_text=_("For the mass jury: so many seat codes can be printed"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lines = [line.strip() for line in (cleaned.get("labels") or "").splitlines() if line.strip()]
        if not lines and not cleaned.get("unnamed"):
            raise forms.ValidationError(_("Enter at least one seat."))
        if any(len(line) > 40 for line in lines):
            raise forms.ValidationError(_("A seat's name has at most 40 characters."))
        return {"labels": lines, "unnamed": cleaned.get("unnamed") or 0}


class CueForm(forms.Form):
    """An interlude or a ceremony."""

    kind = forms.ChoiceField(
        label=_("kind"), choices=[choice for choice in CueKind.choices if choice[0] != CueKind.SPEECH]
    )
    title = forms.CharField(label=_("title"), max_length=120)
    performers = forms.CharField(label=_("performers"), max_length=120, required=False)


class RuleBookForm(forms.Form):
    """The rule book's document."""

    document = forms.CharField(
        label=_("Rule book (JSON)"),
        widget=forms.Textarea(attrs={"rows": 28, "class": "code", "spellcheck": "false"}),
    )

    def clean_document(self) -> Any:
        try:
            return read_document(self.cleaned_data["document"])
        except ScoringError as error:
            raise forms.ValidationError([messages.of_problem(one) for one in error.problems]) from error


class DrawForm(forms.Form):
    """The draw and its witness."""

    seed = forms.CharField(
        label=_("Seed"),
        max_length=40,
        required=False,
        help_text=_("Drawn by the hall, for example from lots; left blank, one is made"),
    )

    def __init__(self, *args: Any, persons: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["witness"] = PersonField(persons, label=_("Witness"))


class DutyForm(forms.Form):
    """Who does what at a stage."""

    role = forms.ChoiceField(label=_("role"), choices=DutyRole.choices)

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"] = AccountField(accounts, label=_("Account"))


class AccountField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Accounts by the person's name."""

    def label_from_instance(self, obj: Account) -> str:
        return obj.shown_name


class SpecialPrizeForm(forms.Form):
    """A prize beside the ranking."""

    name = forms.CharField(label=_("prize"), max_length=40)
    ground = forms.CharField(
        label=_("ground"), max_length=200, help_text=_("The award won elsewhere: which, when, by whom given")
    )
    evidence = forms.CharField(
        label=_("evidence"), max_length=300, help_text=_("What was seen, and where the copy is kept")
    )


class AdjustmentForm(forms.Form):
    """Signed points."""

    kind = forms.ChoiceField(label=_("kind"), choices=AdjustmentKind.choices)
    points = forms.DecimalField(label=_("points"), max_digits=8, decimal_places=4)
    reason = forms.CharField(label=_("reason"), max_length=200)


class JurorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Jurors by jury and seat."""

    def label_from_instance(self, obj: Juror) -> str:
        return f"{obj.jury.name} · {obj.label}"


class EntryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Entries by number, speaker and title."""

    def label_from_instance(self, obj: Entry) -> str:
        return f"{obj.number} {obj.person.name}《{obj.title}》"


class LateChangeForm(forms.Form):
    """What every late change needs: a reason."""

    reason = forms.CharField(label=_("reason"), max_length=200)


class SheetCorrectionForm(LateChangeForm):
    """Other scores for one sheet; whether they are permitted is for the rule book to say."""

    def __init__(self, *args: Any, rulebook: RuleBook, written: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in rulebook.criteria:
            self.fields[criterion.code] = forms.CharField(
                label=criterion.name,
                max_length=20,
                initial=written[criterion.code],
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields([*(c.code for c in rulebook.criteria), "reason"])


class JurorWithdrawalForm(LateChangeForm):
    """A juror whose ballots shall not count."""

    field_order = ("juror", "reason")

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jurors = Juror.objects.filter(jury__stage=stage).select_related("jury")
        self.fields["juror"] = JurorField(jurors.order_by("jury__position", "seat"), label=_("Juror"))
        self.order_fields(self.field_order)


class LatePointsForm(AdjustmentForm):
    """Points for an entry after the scoring has ended."""

    field_order = ("entry", "kind", "points", "reason")

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = stage.entries.filter(state=EntryState.REGISTERED).select_related("person")
        self.fields["entry"] = EntryField(entries.order_by("number"), label=_("speaker"))
        self.order_fields(self.field_order)
