"""Everything that is kept of one person, in words: for the person's own page and file.

Capabilities above add what they keep with `add_source`; the wiring of the house does that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from unionhall.apps.coverage.models import Founding, Stewardship
from unionhall.apps.meetings.models import Issue, Meeting
from unionhall.apps.membership.codes import WishField, WishState
from unionhall.apps.membership.models import (
    Application,
    CheckIn,
    CorrectionWish,
    OutreachSession,
    PhoneCode,
    Touch,
)
from unionhall.apps.membership.queries import members, rolls
from unionhall.apps.people.codes import IdentityKind, Sex
from unionhall.apps.people.models import Account, Particulars, Person
from unionhall.engines.identifiers import masked
from unionhall.kernel import sealed
from unionhall.kernel.audit import action_name
from unionhall.kernel.models import AuditLine


class Item(NamedTuple):
    """One value: its code in files, its label, what of it can be corrected, whether it stands masked, and
    whether its correction has been asked for.
    """

    code: str
    label: str
    value: str
    wish: str = ""
    hidden: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Section:
    """Records of one kind."""

    code: str
    title: str
    records: list[list[Item]]


Source = Callable[[Person], list[Section]]
_sources: list[Source] = []
ALL = frozenset({"identity", "phone"})


def add_source(source: Source) -> None:
    """Let a capability above tell what it keeps of a person."""
    if source not in _sources:
        _sources.append(source)


def moment(at: datetime | None) -> str:
    """A time as it stands on pages."""
    return localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def day(on: date | None) -> str:
    """A day as it stands on pages."""
    return on.isoformat() if on else ""


def of(person: Person, shown: frozenset[str] = ALL) -> list[Section]:
    """All that is kept of a person; number and phone masked unless named in ``shown``."""
    applications = list(members.applications_of(person))
    sections = [
        Section("PERSON", _("Your record"), [_person(person, shown)]),
        Section("MEMBERSHIP", _("Your membership"), _membership(person)),
        Section("LEDGER", _("Ledger of memberships"), _ledger(person)),
        Section("WORK", _("Your work"), _work(person)),
        Section("APPLICATIONS", _("Your applications"), [_application(one, shown) for one in applications]),
        Section("STEPS", _("Steps of your applications"), _steps(applications)),
        Section("CONTACTS", _("Contacts of your phone with the union"), _contacts(person)),
        Section("WISHES", _("What you asked to have corrected"), _wishes(person)),
        Section("POSTS", _("Posts and honours"), _posts(person)),
        Section("MEETINGS", _("Meetings, issues and sessions"), _meetings(person)),
        Section("CARE", _("Blocks and foundings in your care"), _care(person)),
        Section("REVEALS", _("Who opened your numbers, and why"), _reveals(person)),
        *(section for source in _sources for section in source(person)),
        Section("TRAIL", _("What was done with your record"), _trail(person, applications)),
    ]
    return [section for section in sections if section.records]


def _care(person: Person) -> list[list[Item]]:
    """The blocks that a person looks or looked after, and the unions that a person sees to being founded."""
    held = Stewardship.objects.filter(person=person).select_related("block__ground").order_by("starts", "pk")
    founded = Founding.objects.filter(owner=person).order_by("opened_at", "pk")
    records = [
        [
            Item("block", _("block"), f"{one.block.ground.short_name} · {one.block.name}"),
            Item("starts", _("from"), day(one.starts)),
            Item("ends", _("until"), day(one.ends)),
        ]
        for one in held
    ]
    records += [
        [
            Item("founding", _("union"), one.name),
            Item("starts", _("from"), day(localtime(one.opened_at).date())),
        ]
        for one in founded
    ]
    return [_told(one) for one in records]


def _told(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.value]


def _sealed(code: str, label: str, plain: str, shown: frozenset[str], wish: str = "") -> Item:
    hidden = code not in shown
    return Item(code, label, masked(plain) if hidden else plain, wish, hidden)


def _person(person: Person, shown: frozenset[str]) -> list[Item]:
    held: Particulars | None = getattr(person, "particulars", None)
    items = [
        Item("name", _("Name"), person.name, WishField.NAME),
        Item("number", _("Number of the record"), person.public_id),
        Item("union", _("union"), person.union.name if person.union else ""),
        Item("employer", _("Employer or platform"), members.workplace_of(person) or "—", WishField.EMPLOYER),
        Item("trade", _("trade"), person.trade),
    ]
    if held:
        kind = IdentityKind(held.id_kind).label if held.id_kind else ""
        items += [
            Item("document", _("Document"), str(kind)),
            _sealed("identity", _("Number of the document"), members.number_of(person), shown),
            _sealed("phone", _("Mobile phone"), members.phone_number_of(person), shown, WishField.PHONE),
            Item("birth", _("Date of birth"), day(held.birth) or "—", _birth_wish(person)),
            Item("sex", _("Sex"), str(Sex(held.sex).label) if held.sex else ""),
        ]
    asked = {wish.field for wish in members.wishes_of(person) if wish.state == WishState.WAITING}
    return [item._replace(asked=item.wish in asked) for item in _told(items)]


def _birth_wish(person: Person) -> str:
    return "" if members.birth_in_number(person) else WishField.BIRTH


def _membership(person: Person) -> list[list[Item]]:
    held = members.membership_of(person)
    if held is None:
        return []
    return [
        _told(
            [
                Item("number", _("Number of the card"), held.public_id),
                Item("standing", _("Standing"), held.get_standing_display()),
                Item("union", _("union"), held.union.name if held.union else ""),
                Item("joined", _("Joined on"), day(held.joined_on)),
                Item("since", _("With this standing since"), day(held.since)),
                Item("card", _("Card issued"), moment(held.card_issued_at)),
                Item("consent_withdrawn", _("Consent withdrawn"), moment(held.consent_withdrawn_at)),
            ]
        )
    ]


def _ledger(person: Person) -> list[list[Item]]:
    return [
        _told(
            [
                Item("on", _("Day"), day(event.on)),
                Item("kind", _("Entry"), event.get_kind_display()),
                Item("union", _("union"), event.union.name),
                Item("occupation", _("Occupation"), event.get_occupation_display()),
                Item("reason", _("Reason"), event.reason),
                Item("written", _("Written"), moment(event.at)),
            ]
        )
        for event in rolls.entries(person)
    ]


def _work(person: Person) -> list[list[Item]]:
    return [
        _told(
            [
                Item("from", _("Begun on"), day(one.starts)),
                Item("until", _("Ended on"), day(one.ends)),
                Item("employment", _("Kind of work"), one.get_employment_display()),
                Item(
                    "workplace",
                    _("Employer or platform"),
                    one.employer.name if one.employer else one.workplace,
                ),
                Item("site", _("Station or site"), one.site),
                Item("occupation", _("Occupation"), one.get_occupation_display()),
            ]
        )
        for one in rolls.engagements(person)
    ]


def _application(one: Application, shown: frozenset[str]) -> list[Item]:
    def opened(value: bytes | memoryview | None, name: str) -> str:
        return sealed.unseal(bytes(value), row=one.public_id, column=f"application.{name}") if value else ""

    met = getattr(one, "attribution", None)
    return _told(
        [
            Item("number", _("Number"), one.public_id),
            Item("state", _("State"), one.get_state_display()),
            Item("union", _("union"), one.union.name if one.union else ""),
            Item("name", _("Name"), one.name),
            _sealed("identity", _("Number of the document"), opened(one.identity_sealed, "identity"), shown),
            _sealed("phone", _("Mobile phone"), opened(one.phone_sealed, "phone"), shown),
            Item("birth", _("Date of birth"), day(one.birth)),
            Item("sex", _("Sex"), one.get_sex_display()),
            Item("workplace", _("Employer or platform"), one.shown_workplace),
            Item("occupation", _("Occupation"), one.get_occupation_display()),
            Item("filled_by", _("Filled in"), one.get_filled_by_display()),
            Item("proxy", _("Who filled it in"), one.proxy),
            Item("channel", _("How we met"), met.get_channel_display() if met else ""),
            Item("submitted", _("Sent in"), moment(one.submitted_at)),
            Item("consented", _("Consent given"), moment(one.consented_at)),
            Item("consent_withdrawn", _("Consent withdrawn"), moment(one.consent_withdrawn_at)),
            Item("confirmed", _("Phone confirmed"), moment(one.confirmed_at)),
        ]
    )


def _steps(applications: list[Application]) -> list[list[Item]]:
    return [
        _told(
            [
                Item("at", _("Time"), moment(step.at)),
                Item("application", _("Application"), one.public_id),
                Item("step", _("Step"), step.get_step_display()),
                Item("reason", _("Reason"), step.reason),
            ]
        )
        for one in applications
        for step in one.steps.all()
    ]


def _contacts(person: Person) -> list[list[Item]]:
    held: Particulars | None = getattr(person, "particulars", None)
    if held is None or not held.phone_index:
        return []
    index = bytes(held.phone_index)
    touches = Touch.objects.filter(phone_index=index).select_related("session").order_by("-pk")
    came = CheckIn.objects.filter(phone_index=index).select_related("session").order_by("-pk")
    codes = PhoneCode.objects.filter(phone_index=index).order_by("-pk")
    rows = [
        (one.at, _("Contact"), one.session.title if one.session else one.get_channel_display())
        for one in touches
    ]
    rows += [(one.scanned_at, _("Checked in"), one.session.title) for one in came]
    rows += [(one.sent_at, _("Code for the phone"), _("kept for a day")) for one in codes]
    return [
        [Item("at", _("Time"), moment(at)), Item("kind", _("What"), kind), Item("where", _("Where"), where)]
        for at, kind, where in sorted(rows, reverse=True)
    ]


def _wishes(person: Person) -> list[list[Item]]:
    return [
        _told(
            [
                Item("made", _("Time"), moment(wish.made_at)),
                Item("field", _("What"), wish.get_field_display()),
                Item("value", _("It should say"), _wished(wish)),
                Item("ground", _("Ground"), wish.ground),
                Item("state", _("State"), wish.get_state_display()),
                Item("answer", _("Answer"), wish.answer),
            ]
        )
        for wish in members.wishes_of(person)
    ]


def _wished(wish: CorrectionWish) -> str:
    """What a wish that awaits its answer says."""
    value = wish.value_sealed
    return sealed.unseal(bytes(value), row=wish.public_id, column="wish.value") if value else ""


def _posts(person: Person) -> list[list[Item]]:
    posts = [
        _told(
            [
                Item("from", _("Begun on"), day(post.starts)),
                Item("until", _("Ended on"), day(post.ends)),
                Item("post", _("Post"), f"{post.union.name} · {post.get_role_display()}"),
            ]
        )
        for post in person.posts.select_related("union").order_by("-starts")
    ]
    honours = [
        [Item("year", _("Year"), str(one.year)), Item("honour", _("Honour"), one.title)]
        for one in person.honours.order_by("-year")
    ]
    accounts = [
        [Item("account", _("Account"), one.username)] for one in Account.objects.filter(person=person)
    ]
    return [*posts, *honours, *accounts]


def _meetings(person: Person) -> list[list[Item]]:
    rows = [
        (one.meeting.starts_at, _("Was at the meeting"), one.meeting.title)
        for one in person.meetings_attended.select_related("meeting")
    ]
    rows += [
        (one.starts_at, _("Chaired the meeting"), one.title) for one in Meeting.objects.filter(chair=person)
    ]
    parts = {
        "raised_by": _("Raised the issue"),
        "owner": _("Saw to the issue"),
        "claimed_by": _("Reported the issue done"),
        "closed_by": _("Closed the issue"),
    }
    about = Q(*((name, person) for name in parts), _connector=Q.OR)
    rows += [
        (issue.raised_at, kind, issue.title)
        for issue in Issue.objects.filter(about)
        for name, kind in parts.items()
        if getattr(issue, f"{name}_id") == person.pk
    ]
    rows += [
        (one.starts_at, _("Was at the desk"), one.title)
        for one in OutreachSession.objects.filter(staff=person)
    ]
    return [
        [Item("at", _("Time"), moment(at)), Item("kind", _("What"), kind), Item("where", _("Which"), title)]
        for at, kind, title in sorted(rows, reverse=True)
    ]


def _reveals(person: Person) -> list[list[Item]]:
    return [
        [
            Item("at", _("Time"), moment(one.at)),
            Item("column", _("What"), one.get_column_display()),
            Item("reason", _("Reason"), one.get_reason_display()),
            Item("words", _("In words"), one.words),
        ]
        for one in person.reveals.order_by("-pk")
    ]


def _trail(person: Person, applications: list[Application]) -> list[list[Item]]:
    about = Q(subject_type="people.person", subject=person.public_id)
    if held := members.membership_of(person):
        about |= Q(subject_type="membership.membership", subject=held.public_id)
    if applications:
        ids = [one.public_id for one in applications]
        about |= Q(subject_type="membership.application", subject__in=ids)
    return [
        [
            Item("at", _("Time"), moment(line.at)),
            Item("action", _("What"), action_name(line.action)),
            Item("by", _("By"), _who(line.actor)),
        ]
        for line in AuditLine.objects.filter(about).order_by("-id")
    ]


def _who(actor: str) -> str:
    kind = actor.partition(":")[0]
    if kind == "ACCOUNT":
        return _("a union officer")
    return _("the system") if kind == "SYSTEM" else _("yourself")
