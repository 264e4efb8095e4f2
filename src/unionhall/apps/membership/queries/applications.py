"""Applications: the way back for their applicants, and the queues of those who handle them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from hmac import compare_digest

from django.db.models import Case, Count, QuerySet, When

from unionhall.apps.membership.codes import PENDING, ApplicationState
from unionhall.apps.membership.models import Application, ApplicationStep
from unionhall.apps.orgs.models import Union
from unionhall.engines.identifiers import masked as masked_number
from unionhall.engines.identifiers import read_document
from unionhall.kernel import sealed
from unionhall.kernel.ids import LENGTH

LEAST_AGE = 16


def token(application: Application, secret: str) -> str:
    """What stands in the link with which an applicant returns: the public id and the secret."""
    return f"{application.public_id}{secret}"


def by_token(text: str) -> Application | None:
    """The application that a token leads to; None for any other text."""
    public_id, secret = text[:LENGTH], text[LENGTH:]
    found = (
        Application.objects.select_related("union", "employer", "source__session")
        .filter(public_id=public_id)
        .first()
    )
    shown = hashlib.sha256(secret.encode()).hexdigest()
    if found is None:
        return None
    # Both are compared, whichever fits: the time taken tells nothing.
    fits = [compare_digest(kept, shown) for kept in (found.secret_hash, found.link_hash)]
    return found if any(fits) else None


def steps(application: Application) -> QuerySet[ApplicationStep]:
    """What was done with an application, the newest first."""
    return application.steps.select_related("account__person").order_by("-pk")


def within(unions: Iterable[int]) -> QuerySet[Application]:
    """The applications to some unions: those that wait by what is due, then the rest, newest first."""
    due = Case(When(state__in=PENDING, then="due_on")).asc(nulls_last=True)
    came = Case(When(state__in=PENDING, then="pk")).asc(nulls_last=True)
    return (
        Application.objects.filter(union__among=unions)
        .exclude(state=ApplicationState.DRAFT)
        .select_related("union", "employer", "source__session")
        .order_by(due, came, "-pk")
    )


def waiting(unions: Iterable[int], on: date) -> dict[str, int]:
    """How many applications wait in each state, and how many of them are overdue."""
    pending = Application.objects.filter(union__among=unions, state__in=PENDING)
    counted = dict(pending.values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in PENDING} | {"OVERDUE": overdue(pending, on).count()}


def overdue(rows: QuerySet[Application], on: date) -> QuerySet[Application]:
    """Those that the union should have answered; what was returned waits for the applicant."""
    return rows.filter(due_on__lt=on, state__in=(ApplicationState.SUBMITTED, ApplicationState.ACCEPTED))


def of_phone(phone_index: bytes) -> QuerySet[Application]:
    """The applications that were sent in with a phone, the newest first."""
    return (
        Application.objects.filter(phone_index=phone_index)
        .exclude(state=ApplicationState.DRAFT)
        .select_related("union")
        .order_by("-pk")
    )


def accepted(union: Union) -> QuerySet[Application]:
    """What waits for a union's committee, in the order in which it came."""
    return (
        Application.objects.filter(union=union, state=ApplicationState.ACCEPTED)
        .select_related("employer")
        .order_by("submitted_at", "pk")
    )


def unions_with_accepted(unions: Iterable[int], most: int = 6) -> list[tuple[Union, int]]:
    """Unions whose committee has something to decide, with how much, the fullest first."""
    counted = dict(
        Application.objects.filter(union__among=unions, state=ApplicationState.ACCEPTED)
        .values_list("union_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "union_id")[:most]
    )
    found = Union.objects.in_bulk(list(counted))
    return [(found[key], n) for key, n in counted.items()]


def masked(application: Application) -> dict[str, str]:
    """Number and phone as they stand on screens."""
    row = application.public_id
    values = {}
    for name, value in (
        ("identity", application.identity_sealed),
        ("phone", application.phone_sealed),
    ):
        plain = sealed.unseal(bytes(value), row=row, column=f"application.{name}") if value else ""
        values[name] = masked_number(plain) if plain else ""
    return values


def worth_a_look(application: Application, on: date) -> list[str]:
    """What an officer should compare with the document before accepting: codes of `messages.NOTES`."""
    found: list[str] = []
    if application.identity_sealed:
        number = sealed.unseal(
            bytes(application.identity_sealed), row=application.public_id, column="application.identity"
        )
        found += read_document(number, application.identity_kind).warnings
    if application.birth is not None and under_age(application.birth, on):
        found.append("UNDER_AGE")
    return found


def under_age(birth: date, on: date) -> bool:
    """Whether somebody is younger than anybody may work, by the Labour Law."""
    return (on.year - birth.year, on.month, on.day) < (LEAST_AGE, birth.month, birth.day)


def others_by_identity(application: Application) -> QuerySet[Application]:
    """Other applications with the same identity number that are still pending or were approved."""
    return (
        Application.objects.filter(
            identity_index=application.identity_index,
            state__in=(*PENDING, ApplicationState.APPROVED),
        )
        .exclude(pk=application.pk)
        .select_related("union")
        .order_by("-pk")
        if application.identity_index
        else Application.objects.none()
    )
