"""A row of the ledger: held, written with its score; and how names, numbers and places are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from rules.predicates import Predicate

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import CodeKind
from unionhall.apps.coverage.models import Enterprise
from unionhall.apps.coverage.queries.priority import SCORE_FIELDS, Scorer
from unionhall.apps.people.models import Account
from unionhall.engines.hours import HoursError, in_codes, read_hours
from unionhall.engines.linkage import plain_text, read_address, read_codes
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

HOURS_MOST = 200
PLACE_FIELDS = ("address", "area_code", "town", "road", "number", "latitude", "longitude")


def account_of(by: Acting) -> Account | None:
    """The account that acts, or None for the system itself."""
    return by if isinstance(by, Account) else None


def day_of(at: datetime) -> date:
    """The day of a moment in the city."""
    return at.astimezone(CITY).date()


def not_in_future(day: date | None, at: datetime) -> None:
    """Refused with FUTURE when a day lies ahead."""
    if day is not None and day > day_of(at):
        raise Refusal("FUTURE", day=day.isoformat())


def locked(enterprise: Enterprise, by: Acting, rule: Predicate = rules.keeps) -> Enterprise:
    """The row as it is now, held until the transaction ends; refused unless the account keeps its ground."""
    fresh = Enterprise.objects.select_for_update(of=("self",)).select_related("ground").get(pk=enterprise.pk)
    require(rule, by, fresh)
    return fresh


def save(enterprise: Enterprise, fields: Iterable[str], at: datetime) -> None:
    """Write some fields of a row, and its score as it is then."""
    Scorer([enterprise.ground_id], day_of(at)).put(enterprise)
    enterprise.save(update_fields=[*fields, *SCORE_FIELDS])


def place_of(
    address: str, latitude: Decimal | None = None, longitude: Decimal | None = None
) -> dict[str, object]:
    """An address as it was written, with the parts that can be told apart."""
    parts = read_address(plain_text(address, dashes=True))
    return {
        "address": address.strip(),
        "area_code": parts.area_code[:6],
        "town": parts.town[:40],
        "road": parts.road[:60],
        "number": parts.number[:40],
        "latitude": latitude,
        "longitude": longitude,
    }


def read_numbers(codes: Iterable[str]) -> dict[CodeKind, str]:
    """The numbers in some cells by kind; refused with CODE_WRONG when none can be made of one."""
    given = [code for code in codes if code.strip()]
    if not given:
        return {}
    read = read_codes(given)
    found = {CodeKind.CREDIT: read.credit, CodeKind.TAX: read.tax, CodeKind.REGISTRATION: read.registration}
    if read.registration == read.tax:
        # One number that holds both ways; nobody can tell which it is.
        del found[CodeKind.REGISTRATION]
    if not any(found.values()):
        found[CodeKind.ORGANISATION] = read.organisation
    if read.problem and not read.credit:
        raise Refusal("CODE_WRONG", problem=read.problem)
    return {kind: code for kind, code in found.items() if code}


def hours_of(text: str) -> str:
    """Opening hours as they are kept; refused with HOURS_WRONG when they are not understood."""
    if not text.strip():
        return ""
    try:
        kept = in_codes(read_hours(text))
    except HoursError as error:
        raise Refusal("HOURS_WRONG", fault=error.code, piece=error.piece) from error
    if len(kept) > HOURS_MOST:
        raise Refusal("HOURS_WRONG", fault="TOO_LONG", piece="")
    return kept


def exists(enterprise: Enterprise) -> Refusal:
    """That an enterprise is in the ledger already."""
    return Refusal("ENTERPRISE_EXISTS", name=enterprise.name, ground=enterprise.ground.short_name)
