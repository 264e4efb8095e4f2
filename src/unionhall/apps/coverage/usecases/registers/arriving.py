"""A register on its way in: what the agreement does not cover is left out before anything is stored."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.codes import DeliveryState
from unionhall.apps.coverage.models import Delivery, RegisterSource
from unionhall.apps.coverage.usecases.enterprises import not_in_future
from unionhall.apps.coverage.usecases.registers import standing, vault
from unionhall.apps.coverage.usecases.registers.rows import USED, Record, field_of, file_name, heading
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.apps.people.models import Account
from unionhall.engines.linkage import plain_text
from unionhall.engines.linkage.files import PORTION, RegisterFile
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.sources import open_source
from unionhall.kernel import audit
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import UNDER_WAY
from unionhall.kernel.ids import new_public_id
from unionhall.kernel.jobs import enqueue
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal

READ = "REGISTER_READ"
KEPT = timedelta(days=7)
# The officer says on the next page which column is which.
_MENDED_BY_MAPPING = ("NO_NAME_COLUMN", "COLUMN_TWICE")
# No column is headed by a telephone or a number of an enterprise: that is a first row without headings.
_VALUE = re.compile(r"\d{9}|[0-9A-Z]{15}")
_SPOILED = ("IDENTITY_NUMBER", "PLACEHOLDER")

Step = Callable[[int, int | None], object]


@transaction.atomic
def add_source(*, by: Acting, at: datetime, agreement: Agreement, name: str) -> RegisterSource:
    """Enter a register that is given under an agreement."""
    require(rules.keeps_ground, by, agreement.ground)
    source = RegisterSource.objects.create(agreement=agreement, name=name.strip(), created_at=at)
    audit.record(by.actor, "register.add", source, at=at, refs={"agreement": agreement.public_id})
    return source


def take_in(
    *, by: Account, at: datetime, source: RegisterSource, name: str, path: Path, as_of: date
) -> Delivery:
    """Take a file of a register. Columns that the agreement does not cover are never stored.

    Refused with AGREEMENT_OVER, REGISTER_TOO_LARGE, FUTURE, and REGISTER_… for a file that is no register.
    """
    require(rules.keeps_ground, by, source.agreement.ground)
    must_hold(source.agreement, at)
    not_in_future(as_of, at)
    size = path.stat().st_size
    if size > settings.REGISTER_MOST_BYTES:
        raise Refusal("REGISTER_TOO_LARGE", most=settings.REGISTER_MOST_BYTES >> 20)
    public_id = new_public_id()
    try:
        headings, dropped, mapped = _keep(source, path, f"{public_id}.arrived")
    except RegisterError as error:
        raise refused(error) from error
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                public_id=public_id,
                source=source,
                file_name=name[-100:],
                size=size,
                digest=digest,
                as_of=as_of,
                headings=headings,
                dropped=dropped,
                mapped=mapped,
                account=by,
                at=at,
            )
            audit.record(by.actor, "delivery.arrive", delivery, at=at, refs={"source": source.public_id})
    except BaseException:
        vault.forget(f"{public_id}.arrived")
        raise
    return delivery


def refused(error: RegisterError) -> Refusal:
    """What is wrong with a register, as a refusal."""
    return Refusal(f"REGISTER_{error.code}", **error.data)


def must_hold(agreement: Agreement, at: datetime) -> None:
    """Refused with AGREEMENT_OVER on days that an agreement does not cover."""
    if not agreement.holds(at.astimezone(CITY).date()):
        raise Refusal("AGREEMENT_OVER", starts=str(agreement.starts), ends=str(agreement.ends or "…"))


def _keep(source: RegisterSource, path: Path, name: str) -> tuple[list[str], list[str], dict[str, list[str]]]:
    """Seal the columns that may be kept; their headings, those left out, and what they seem to hold."""
    try:
        RegisterFile(path)
    except RegisterError as error:
        if error.code not in _MENDED_BY_MAPPING:
            raise
    read = open_source(path)
    number, first = read.first()[0]
    titles = [title.strip() for title in first]
    if any(map(_VALUE.search, titles)):
        raise RegisterError("NO_HEADINGS", row=number)
    told = _told(source, titles)
    may = allowed_fields(source.agreement)
    kept = [place for place, title in enumerate(titles) if title and (told[place] in may or not told[place])]
    with vault.sealed(name) as file:
        out = csv.writer(file)
        for portion in read.portions(PORTION):
            for number, cells in portion:
                if len(cells) > len(titles) and any(map(str.strip, cells[len(titles) :])):
                    raise RegisterError("LONG_ROW", row=number, cells=len(cells), columns=len(titles))
                out.writerow((number, *(cells[place] if place < len(cells) else "" for place in kept)))
    mapped: dict[str, list[str]] = {}
    for place in kept:
        if told[place] and (told[place] == "code" or told[place] not in mapped):
            mapped.setdefault(told[place], []).append(titles[place])
    dropped = [title for place, title in enumerate(titles) if title and place not in set(kept)]
    return [titles[place] for place in kept], dropped, mapped


def _told(source: RegisterSource, titles: Sequence[str]) -> list[str]:
    """What each column holds: as confirmed for the last file, else by its usual heading."""
    before = {title: name for name, known in source.mapped.items() for title in known}
    fields = [before.get(title, field_of(title)) for title in titles]
    # Of a heading that stands twice the first column counts, as it does for the engine.
    return [
        "" if name and title in titles[:place] else name
        for place, (title, name) in enumerate(zip(titles, fields, strict=True))
    ]


def allowed_fields(agreement: Agreement) -> tuple[str, ...]:
    """The fields that an agreement covers."""
    return tuple(name for name in USED if name.upper() in agreement.fields)


@transaction.atomic
def confirm_columns(
    *, by: Acting, at: datetime, delivery: Delivery, mapped: Mapping[str, Sequence[str]]
) -> Delivery:
    """Say which column holds what; a job reads the file then. It is remembered for the register's next file.

    Refused with DELIVERY_STATE, NAME_COLUMN, COLUMN_TWICE_USED, COLUMN_NOT_COVERED.
    """
    held = Delivery.objects.select_for_update(of=("self",)).select_related("source__agreement__ground")
    delivery = held.get(pk=delivery.pk)
    agreement = delivery.source.agreement
    require(rules.keeps_ground, by, agreement.ground)
    must_hold(agreement, at)
    if delivery.state not in (DeliveryState.ARRIVED, DeliveryState.READING) or _under_way(delivery):
        raise Refusal("DELIVERY_STATE")
    told = {name: list(titles) for name, titles in mapped.items() if titles}
    if len(told.get("name", ())) != 1:
        raise Refusal("NAME_COLUMN")
    titles = [title for known in told.values() for title in known]
    if len(set(titles)) < len(titles) or not set(titles) <= set(delivery.headings):
        raise Refusal("COLUMN_TWICE_USED")
    if set(told) - set(allowed_fields(agreement)) or any(
        len(known) > 1 for name, known in told.items() if name != "code"
    ):
        raise Refusal("COLUMN_NOT_COVERED")
    delivery.mapped, delivery.state = told, DeliveryState.READING
    delivery.save(update_fields=["mapped", "state"])
    source = delivery.source
    source.mapped = told
    source.save(update_fields=["mapped"])
    audit.record(by.actor, "delivery.columns", delivery, at=at, fields=["mapped"])
    enqueue(
        READ,
        by=by,
        at=at,
        subject=delivery.public_id,
        union=agreement.ground_id,
        delivery=delivery.public_id,
    )
    return delivery


def _under_way(delivery: Delivery) -> bool:
    return Job.objects.filter(subject=delivery.public_id, state__in=UNDER_WAY).exists()


def read_delivery(*, by: Acting, at: datetime, delivery: Delivery, step: Step) -> dict[str, int]:
    """Keep what was confirmed, each enterprise once, and count what there is. Safe to repeat."""
    agreement = delivery.source.agreement
    require(rules.keeps_ground, by, agreement.ground)
    if delivery.state == DeliveryState.READING:
        profile = _read(delivery, step)
        with transaction.atomic():
            fresh = Delivery.objects.select_for_update().get(pk=delivery.pk)
            if fresh.state != DeliveryState.READING:
                raise Refusal("DELIVERY_STATE")
            fresh.profile, fresh.state = profile, DeliveryState.READY
            # In the file's order: PostgreSQL gives the fields of a mapping in an order of its own.
            held = {title for titles in fresh.mapped.values() for title in titles}
            fresh.headings = [title for title in fresh.headings if title in held]
            fresh.save(update_fields=["profile", "state", "headings"])
            audit.record(by.actor, "delivery.read", fresh, at=at, refs={"rows": profile["rows"]})
            transaction.on_commit(lambda: vault.forget(f"{delivery.public_id}.arrived"))
        delivery = fresh
    elif delivery.state != DeliveryState.READY:
        raise Refusal("DELIVERY_STATE")
    return {"rows": delivery.profile["rows"], "duplicates": delivery.profile["duplicates"]}


def _read(delivery: Delivery, step: Step) -> dict[str, Any]:
    places = {title: place for place, title in reversed(list(enumerate(delivery.headings, 1)))}
    columns = [
        (name, [places[title] for title in delivery.mapped.get(name, ())])
        for name in USED
        if delivery.mapped.get(name)
    ]
    letter = delivery.source.agreement.register[0]
    blanks: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    # Where the office finds the first of each.
    first: dict[str, int] = {}
    # Eight bytes of a hash for each enterprise: a few million fit into memory.
    seen: set[int] = set()
    rows = duplicates = 0
    with vault.opened(f"{delivery.public_id}.arrived") as file, vault.sealed(file_name(delivery)) as kept:
        out = csv.writer(kept)
        out.writerow(heading(delivery.mapped))
        for rows, cells in enumerate(csv.reader(file), 1):
            told = {name: [cells[place].strip() for place in found] for name, found in columns}
            record = _record(f"{letter}{cells[0]}", told)
            read = record.numbers()
            empty = [name for name, values in told.items() if not any(values)]
            blanks.update(empty)
            if read.problem:
                problems[read.problem] += 1
                first.setdefault(read.problem, int(cells[0]))
            for name in empty:
                first.setdefault(name, int(cells[0]))
            same = (
                read.organisation
                or read.registration
                or "|".join(map(plain_text, (record.name, record.address, record.person, record.phone)))
            )
            mark = int.from_bytes(hashlib.blake2b(same.encode(), digest_size=8).digest())
            if mark in seen:
                duplicates += 1
                first.setdefault("duplicates", int(cells[0]))
            else:
                seen.add(mark)
                if read.problem in _SPOILED:
                    told["code"] = [""] * len(told["code"])
                out.writerow((record.id, *(value for values in told.values() for value in values)))
            if rows % 500 == 0:
                step(rows, None)
    return {
        "rows": rows,
        "duplicates": duplicates,
        "blanks": {name: blanks[name] for name, _places in columns},
        "problems": dict(problems),
        "first": first,
    }


def _record(row: str, told: Mapping[str, Sequence[str]]) -> Record:
    single = {name: values[0] for name, values in told.items() if name != "code"}
    return Record(id=row, codes=list(told.get("code", ())), **single)


@transaction.atomic
def discard(*, by: Acting, at: datetime, delivery: Delivery) -> None:
    """Delete the file of a delivery. Refused with DELIVERY_IN_USE while a job works on it."""
    fresh = Delivery.objects.select_for_update().get(pk=delivery.pk)
    require(rules.keeps_ground, by, delivery.source.agreement.ground)
    if _under_way(fresh) or in_run(fresh):
        raise Refusal("DELIVERY_IN_USE")
    if fresh.state != DeliveryState.DELETED:
        delete([fresh], at)
        audit.record(by.actor, "delivery.discard", fresh, at=at)


def in_run(delivery: Delivery) -> bool:
    """Whether a run that uses it is under way."""
    from unionhall.apps.coverage import queries

    runs = queries.registers.runs_with(delivery).filter(written_at=None).values("public_id")
    return Job.objects.filter(subject__in=runs, state__in=UNDER_WAY).exists()


def delete(deliveries: Sequence[Delivery], at: datetime) -> None:
    """Delete the files of some deliveries; their figures stay."""
    keys = [one.pk for one in deliveries]
    Delivery.objects.filter(pk__in=keys).update(state=DeliveryState.DELETED, deleted_at=at, headings=[])
    names = [name for one in deliveries for name in (*whole_files(one), *standing.files(one))]
    transaction.on_commit(lambda: vault.forget(*names))


def whole_files(delivery: Delivery) -> tuple[str, str]:
    """Under which names all that a delivery tells may be sealed."""
    return f"{delivery.public_id}.arrived", file_name(delivery)


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Delete files that nobody used within seven days, what broken runs left, and standing registers.

    These when the agreement is over under which they came. How many files.
    """
    today = at.astimezone(CITY).date()
    held = Delivery.objects.filter(deleted_at=None).select_related("source__agreement")
    late = list(held.filter(at__lt=at - KEPT).exclude(state=DeliveryState.KEPT))
    late += [one for one in held.filter(state=DeliveryState.KEPT) if not one.source.agreement.holds(today)]
    late = [one for one in late if not in_run(one)]
    delete(late, at)
    vault.sweep(at=at)
    return len(late)


def ground_of(delivery: Delivery) -> Union:
    """In whose ground the enterprises of a delivery lie."""
    return delivery.source.agreement.ground
