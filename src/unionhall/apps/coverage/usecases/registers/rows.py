"""The records of a register as they are kept: only what the agreement covers, under names of our own."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from unionhall.apps.coverage.codes import DeliveryState
from unionhall.apps.coverage.models import Delivery
from unionhall.apps.coverage.usecases.registers import vault
from unionhall.engines.linkage import plain_text, read_codes
from unionhall.engines.linkage.codes import Codes
from unionhall.engines.linkage.files import FIELDS, meaning_of
from unionhall.kernel.sealed import keyed_index

# What is told of an enterprise, in the order of the pages; numbers may stand in several columns.
USED = ("name", "code", "person", "address", "phone", "trade", "staff", "funds")
assert set(USED) - {"funds"} == set(FIELDS) - {"id"}, "the engine and the agreements know the same fields"
# What is not in the standing register: persons' own, and what nobody compares with.
DROPPED = ("person", "phone", "staff", "funds")
# The engine compares no funds, so it does not know how their column is headed.
_FUNDS = frozenset(("工会经费", "工会经费代收", "代收工会经费", "工会经费代收金额", "是否代收工会经费"))


def field_of(heading: str) -> str:
    """What a column of a register usually holds, by its heading; nothing where that is not known."""
    return "funds" if plain_text(heading) in _FUNDS else meaning_of(heading)


@dataclass(slots=True)
class Record:
    """One enterprise as a register tells of it; ``id`` names the register and the file's row."""

    id: str
    name: str
    codes: list[str] = field(default_factory=list)
    person: str = ""
    address: str = ""
    phone: str = ""
    trade: str = ""
    staff: str = ""
    funds: str = ""

    def told(self) -> dict[str, Any]:
        """Itself as JSON knows it."""
        return asdict(self)

    def numbers(self) -> Codes:
        """Its numbers by kind."""
        return read_codes(self.codes)

    def key(self) -> bytes:
        """What stands for it in later runs: its number, or its name and address where it has none."""
        read = self.numbers()
        written = f"{plain_text(self.name)}|{plain_text(self.address)}"
        return keyed_index(read.organisation or read.registration or written, column="linkage.record")


@dataclass(slots=True)
class StandingRecord(Record):
    """An enterprise as the standing register has it, with what stood for it when its register was whole.

    ``partner`` stands likewise for the market's record that it was linked with, if any. ``not_kept`` are the
    fields that the register had and that went with it.
    """

    mark: str = ""
    partner: str = ""
    not_kept: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As JSON knows it, without what stands for something."""
        return {name: value for name, value in asdict(self).items() if name not in ("mark", "partner")}

    def key(self) -> bytes:
        """What stood for it."""
        return bytes.fromhex(self.mark)


def heading(mapped: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns of a kept file."""
    columns = ["id"]
    for name in USED:
        places = mapped.get(name, ())
        columns += [name] if name != "code" and places else [f"code{n}" for n in range(len(places))]
    return columns


def engine_mapping(columns: Sequence[str]) -> dict[str, str | list[str]]:
    """The same columns as the engine is told of them."""
    told: dict[str, str | list[str]] = {one: one for one in columns if one in FIELDS}
    return told | {"code": [one for one in columns if one.startswith("code")]}


def file_name(delivery: Delivery) -> str:
    """Under which name the records of a delivery are sealed."""
    return f"{delivery.public_id}.rows"


def standing_name(delivery: Delivery) -> str:
    """Under which name the records of the standing register are sealed, and with what ending the prepared."""
    return f"{delivery.public_id}.standing"


def records(delivery: Delivery) -> Iterator[Record]:
    """The records of a delivery, in their order; those of the standing register as they are kept."""
    if delivery.state == DeliveryState.KEPT:
        yield from standing_records(delivery)
        return
    with vault.opened(file_name(delivery)) as file:
        rows = csv.reader(file)
        columns = next(rows)
        codes = [place for place, name in enumerate(columns) if name.startswith("code")]
        single = [(place, name) for place, name in enumerate(columns) if not name.startswith("code")]
        for cells in rows:
            told: dict[str, Any] = {name: cells[place] for place, name in single}
            yield Record(codes=[cells[place] for place in codes], **told)


def standing_records(delivery: Delivery) -> Iterator[StandingRecord]:
    """The records of the standing register."""
    lost = [name for name in DROPPED if name in delivery.mapped]
    with vault.opened(standing_name(delivery)) as file:
        for row, mark, partner, name, address, trade, *codes in csv.reader(file):
            yield StandingRecord(
                id=row,
                mark=mark,
                partner=partner,
                name=name,
                address=address,
                trade=trade,
                codes=codes,
                not_kept=lost if name else ["name", *lost],
            )


def unseal_to(delivery: Delivery, path: Path) -> dict[str, str | list[str]]:
    """Write a delivery's records in the open, for as long as a run needs them; its mapping for the engine."""
    with vault.opened(file_name(delivery)) as file, path.open("w", encoding="utf-8", newline="") as plain:
        first = file.readline()
        plain.write(first)
        copyfileobj(file, plain)
    return engine_mapping(next(csv.reader([first])))
