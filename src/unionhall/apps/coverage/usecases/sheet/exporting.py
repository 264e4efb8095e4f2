"""The ledger in an office's own layout, with the columns that it brought along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import IO

from django.db import transaction

from unionhall.apps.coverage import queries, rules
from unionhall.apps.coverage.codes import SheetPurpose
from unionhall.apps.coverage.models import ContactEntry, Enterprise
from unionhall.apps.coverage.queries.enterprises import VISITS
from unionhall.apps.coverage.usecases.sheet.columns import (
    FORM_WORDS,
    FUNDS_WORDS,
    LEDGER,
    PARTY_WORDS,
    STATE_WORDS,
)
from unionhall.apps.orgs.models import Union
from unionhall.engines.hours import in_chinese, read_hours
from unionhall.engines.identifiers import masked
from unionhall.kernel import audit
from unionhall.kernel.imports import write_form
from unionhall.kernel.imports.forms import FormColumn
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.sealed import UnsealError, unseal

PORTION = 500
# Before hours were known here, an office's column of that name was kept as one of its own.
HOURS = LEDGER.column("hours").titles


def export_sheet(
    *, by: Acting, at: datetime, ground: Union, purpose: SheetPurpose, opened: bool, target: IO[bytes]
) -> int:
    """Write the ledger of a ground into ``target``, and note who took it, what for; how many rows.

    Numbers of contact persons are masked unless ``opened``, which only an administrator may ask for.
    """
    require(rules.opens_contacts if opened else rules.keeps_ground, by, ground)
    titles = _own_titles(ground)
    own = tuple(FormColumn(title, (title,), required=False, width=16) for title in titles)
    form = replace(LEDGER, columns=(*LEDGER.columns, *own))
    rows = write_form(form, target, _rows(ground, titles, opened=opened))
    refs: dict[str, str | int] = {"rows": rows, "purpose": str(purpose), "opened": int(opened)}
    with transaction.atomic():
        audit.record(by.actor, "ledger.export", ground, at=at, refs=refs)
    return rows


def _own_titles(ground: Union) -> list[str]:
    """The titles of the office's own columns, in the order in which they were met."""
    kept = Enterprise.objects.filter(ground=ground, gone="").exclude(extra_sealed=None).order_by("pk")
    titles: dict[str, None] = {}
    for row in kept.only("public_id", "extra_sealed").iterator(PORTION):
        titles |= dict.fromkeys(queries.enterprises.kept_columns(row))
    return [title for title in titles if title not in {VISITS, *HOURS}]


def _rows(ground: Union, titles: list[str], *, opened: bool) -> Iterator[list[str]]:
    rows = queries.enterprises.ledger(frozenset({ground.pk})).select_related("contact")
    number = 0
    every = rows.iterator(PORTION)
    while portion := list(islice(every, PORTION)):
        logs: dict[int, list[ContactEntry]] = {}
        entries = ContactEntry.objects.filter(enterprise__among=[row.pk for row in portion])
        for entry in entries.select_related("account__person").order_by("-on", "-pk"):
            if entry.enterprise_id is not None:
                logs.setdefault(entry.enterprise_id, []).append(entry)
        for row in portion:
            number += 1
            yield _row(number, row, logs.get(row.pk, ()), titles, opened=opened)


def _row(
    number: int, row: Enterprise, log: Iterable[ContactEntry], titles: list[str], *, opened: bool
) -> list[str]:
    kept = queries.enterprises.kept_columns(row)
    visits = [*map(queries.enterprises.log_line, log), *kept.get(VISITS, "").splitlines()]
    held = getattr(row, "contact", None)
    name, phone = (_opened(held, "name"), _opened(held, "phone")) if held else ("", "")
    known = {
        "no": str(number),
        "name": row.name,
        "code": row.credit_code or "",
        "address": row.address,
        "hours": in_chinese(read_hours(row.opening_hours))
        if row.opening_hours
        else next((kept[title] for title in HOURS if title in kept), ""),
        "trade": row.trade,
        "legal_form": FORM_WORDS.get(row.legal_form, ""),
        "headcount": "" if row.headcount is None else str(row.headcount),
        "headcount_on": _day(row.headcount_on),
        "contact": name,
        "phone": phone if opened or not phone else masked(phone),
        "party": PARTY_WORDS.get(row.party, ""),
        "state": STATE_WORDS[row.state],
        "state_on": _day(row.state_on),
        "funds": FUNDS_WORDS.get(row.funds, ""),
        "funds_yuan": "" if row.funds_fen is None else f"{row.funds_fen // 100}.{row.funds_fen % 100:02}",
        "new_employment": "" if row.new_employment is None else str(row.new_employment),
        "visits": "\n".join(visits),
        "next_step": row.next_step,
        "next_due": _day(row.next_due),
        "steward": row.steward_words,
    }
    return [known[column.name] for column in LEDGER.columns] + [kept.get(title, "") for title in titles]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _opened(held: object, column: str) -> str:
    value = getattr(held, f"{column}_sealed")
    if not value:
        return ""
    try:
        return unseal(bytes(value), row=getattr(held, "public_id"), column=f"visit_contact.{column}")  # noqa: B009
    except UnsealError:
        return ""
