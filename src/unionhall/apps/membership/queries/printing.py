"""What the printed forms of joining hold, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import segno
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from unionhall.apps.membership.codes import ApplicationState, Standing
from unionhall.apps.membership.models import Application, Engagement, Membership, OutreachSession, SourceCode
from unionhall.apps.membership.queries import members
from unionhall.apps.membership.queries.kept import Section
from unionhall.apps.orgs.models import Union
from unionhall.engines.identifiers import masked

# Rows of a register in one file; longer ones are printed part by part.
MOST_ROWS = 2000
ON_REGISTER = (Standing.MEMBER, Standing.RETAINED)


def _applicant(application: Application, plain: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": application.name,
        "sex": application.get_sex_display(),
        "birth": date_format(application.birth, "Y-m") if application.birth else "",
        "document": application.get_identity_kind_display(),
        "identity": plain["identity"],
        "phone": plain["phone"],
        "workplace": application.shown_workplace,
        "employment": application.get_employment_display(),
        "occupation": application.get_occupation_display(),
        "sent": _day(application.submitted_at),
    }


def _day(at: datetime | None) -> str:
    return date_format(localtime(at), "Y-m-d") if at else ""


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "sex": _("Sex"),
        "birth": _("Year and month of birth"),
        "nation": _("Ethnic group"),
        "schooling": _("Schooling"),
        "party": _("Party membership"),
        "document": _("Document"),
        "identity": _("Number of the document"),
        "phone": _("Mobile phone"),
        "workplace": _("Employer"),
        "employment": _("Kind of work"),
        "occupation": _("Occupation"),
        "photo": _("Photo"),
        "signature": _("Applicant's signature"),
        "date": _("Year　　Month　　Day"),
        "number": _("Number"),
        "seal": _("(seal)"),
        "chair": _("Signed"),
    }


def application_form(application: Application, plain: Mapping[str, str]) -> dict[str, Any]:
    """The application as a letter to the union, to be signed; ``plain`` holds number and phone, opened."""
    union = application.union
    assert union is not None, "an application that was sent in has a union"
    words = _labels() | {
        "title": _("All-China Federation of Trade Unions"),
        "subtitle": _("Application to join"),
        "to": _("To %(union)s:") % {"union": union.name},
        "wish": _(
            "I wish, of my own free will, to join the Chinese trade union. I accept its constitution, carry out its decisions, take part in its work, pay my dues, fulfil the duties of a member, and work honestly and lawfully."  # noqa: E501 - one sentence of the form
        ),
        "please": _("I ask the union to accept me."),
        "committee": _("Opinion of the grass-roots committee"),
        "committee_name": _("Grass-roots trade-union committee"),
        "remarks": _("Remarks"),
    }
    return {
        "title": f"{words['title']}{words['subtitle']}",
        "number": application.public_id,
        "words": words,
        "one": _applicant(application, plain),
        "decision": _decision(application),
        "remark": _(
            "Filled in by %(proxy)s for the applicant, confirmed by phone."
        ) % {"proxy": application.proxy} if application.proxy else "",
    }  # fmt: skip


def _decision(application: Application) -> str:
    decision = application.decision
    if decision is None:
        return ""
    words = (
        _("Accepted by the committee on %(day)s. Minutes: %(evidence)s")
        if application.state == ApplicationState.APPROVED
        else _("Not accepted by the committee on %(day)s. Minutes: %(evidence)s")
    )
    return words % {"day": date_format(decision.decided_on, "Y-m-d"), "evidence": decision.evidence}


def registration_form(application: Application, plain: Mapping[str, str]) -> dict[str, Any]:
    """The member's registration form; what the house does not ask for is left to be written in."""
    union = application.union
    assert union is not None, "an application that was sent in has a union"
    membership: Membership | None = (
        getattr(application.person, "membership", None) if application.person else None
    )
    joined = application.decision.decided_on if membership and application.decision else None
    words = _labels() | {
        "title": _("Registration of a union member"),
        "union": _("Grass-roots union"),
        "card": _("Number of the card"),
        "joined": _("Joined on"),
        "address": _("Home address"),
        "skill": _("Skill grade"),
        "history": _("Work and honours"),
        "committee": _("Opinion of the grass-roots committee"),
        "above": _("Opinion of the union above"),
        "transfers": _("Transfers of membership"),
        "day": _("Day"),
        "from": _("Former union"),
        "into": _("New union"),
        "keeper": _("Kept by"),
    }
    return {
        "title": words["title"],
        "number": application.public_id,
        "words": words,
        "one": _applicant(application, plain),
        "union": union.name,
        "card": membership.public_id if membership else "",
        "joined": date_format(joined, "Y-m-d") if joined else "",
        "decision": _decision(application),
    }


def on_register(union: Union) -> QuerySet[Membership]:
    """Who stands on a union's register, in the order of joining."""
    present = Engagement.objects.filter(ends=None).select_related("employer")
    return (
        Membership.objects.filter(union=union, standing__in=ON_REGISTER, person__merged_into=None)
        .select_related("person__employer", "person__particulars")
        .prefetch_related(Prefetch("person__engagements", present, to_attr="present_work"))
        .order_by("joined_on", "pk")
    )


def register(union: Union, rows: list[Membership], first: int, total: int, on: date) -> dict[str, Any]:
    """A union's register of members, numbers masked; ``first`` is the place of the first row."""
    words = {
        "title": _("Register of members"),
        "as_of": _("As of %(day)s, %(total)s members") % {"day": on.isoformat(), "total": total},
        "columns": [
            _("No."), _("Name"), _("Sex"), _("Year and month of birth"), _("Number of the document"),
            _("Mobile phone"), _("Where at work"), _("Occupation"), _("Joined on"), _("Number of the card"),
            _("Remarks"),
        ],
        "signatures": [_("Chair"), _("Drawn up by"), _("Checked by"), _("Day")],
        "masked": _("Numbers are masked. Printed on %(day)s.") % {"day": on.isoformat()},
        "nobody": _("Nobody stands on this register yet."),
    }  # fmt: skip
    return {
        "title": f"{union.name} {words['title']}",
        "union": union.name,
        "words": words,
        "rows": [_register_row(place, one) for place, one in enumerate(rows, first)],
    }


def registers_within(unions: Iterable[int]) -> QuerySet[Union]:
    """Some unions, each with how many stand on its register."""
    standing = Q(memberships__standing__in=ON_REGISTER, memberships__person__merged_into=None)
    return (
        Union.objects.filter(pk__among=unions)
        .annotate(registered=Count("memberships", filter=standing))
        .order_by("-registered", "name")
    )


def _register_row(place: int, one: Membership) -> list[str]:
    person = one.person
    held = getattr(person, "particulars", None)
    work = next(iter(getattr(person, "present_work", [])), None)
    where = person.employer.name if person.employer else (work.workplace if work else "")
    return [
        str(place),
        person.name,
        held.get_sex_display() if held else "",
        held.birth.strftime("%Y-%m") if held and held.birth else "",
        masked(members.number_of(person)),
        masked(members.phone_number_of(person)),
        where,
        work.get_occupation_display() if work else "",
        one.joined_on.isoformat() if one.joined_on else "",
        one.public_id,
        one.get_standing_display() if one.standing == Standing.RETAINED else "",
    ]


def poster(code: SourceCode, address: str) -> dict[str, Any]:
    """An A4 poster for one code; ``address`` is what the code leads to and what is typed without a camera."""
    return _poster(
        address,
        title=_("Join the union"),
        union=code.union.name,
        foot=[code.get_channel_display(), code.label, code.session.title if code.session else ""],
        scan=_("Scan, fill in, send: two minutes"),
        reasons=[
            _("The union stands up for your pay, rest and safety, and helps when there is a dispute."),
            _("Members have legal aid, help in need, training and the union's places to rest."),
            _("Joined once, your membership follows you to the next job; no fee to apply."),
        ],
    )


def check_in_poster(session: OutreachSession, address: str) -> dict[str, Any]:
    """An A4 poster for the door of a session, where whoever comes checks in."""
    starts = date_format(localtime(session.starts_at), "Y-m-d H:i")
    return _poster(
        address,
        title=_("Check in"),
        union=session.union.name,
        foot=[starts, session.place],
        scan=session.title,
        reasons=[
            _("One press and you are counted; no name is asked."),
            _("Give your phone, if you like: when you join later, the union knows that you were here."),
            _("No network? Your phone keeps the check-in and sends it later by itself."),
        ],
    )


def _poster(
    address: str, *, title: str, union: str, foot: list[str], scan: str, reasons: list[str]
) -> dict[str, Any]:
    return {
        "title": title,
        "union": union,
        "foot": " · ".join(dict.fromkeys(one for one in foot if one)),
        "qr": segno.make(address, error="m").svg_inline(border=0),
        "address": address.partition("://")[2],
        "words": {
            "scan": scan,
            "reasons": reasons,
            "typed": _("Or type into the browser:"),
            "hotline": _("Workers' hotline 12351"),
        },
    }


def own_data(sections: list[Section], number: str, on: date) -> dict[str, Any]:
    """Everything that is kept of one person, as a file to read."""
    return {
        "title": _("My data"),
        "said": _("All that unionhall keeps of record %(number)s, as of %(day)s")
        % {"number": number, "day": on.isoformat()},
        "sections": [
            {
                "title": section.title,
                "records": [[[item.label, item.value] for item in record] for record in section.records],
            }
            for section in sections
        ],
    }
