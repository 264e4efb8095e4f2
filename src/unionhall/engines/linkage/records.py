"""Records of enterprises in comparable parts: one by one, or column by column with the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from unionhall.engines.linkage.addresses import address_parts
from unionhall.engines.linkage.codes import NO_CODES, code_parts, codes_parts
from unionhall.engines.linkage.names import name_parts
from unionhall.engines.linkage.phones import read_phone
from unionhall.engines.linkage.sounds import name_pinyins, pinyins, word_pinyin
from unionhall.engines.linkage.text import plain_texts


@dataclass(frozen=True, slots=True)
class Record:
    """An enterprise as it is compared; what is not known is empty. docs/reference/linkage.md tells each part.

    ``form`` is a code (LIMITED, JOINT_STOCK, SOLE_TRADER, SHOP ...), ``code_problem`` too.
    """

    name: str = ""
    region: str = ""
    region_code: str = ""
    origin: str = ""
    brand: str = ""
    trade: str = ""
    form: str = ""
    group: str = ""
    branch: str = ""
    branch_kind: str = ""
    person: str = ""
    brand_pinyin: str = ""
    trade_pinyin: str = ""
    person_pinyin: str = ""
    credit: str = ""
    organisation: str = ""
    tax: str = ""
    registration: str = ""
    code_problem: str = ""
    code_written: str = ""
    area: str = ""
    area_code: str = ""
    town: str = ""
    road: str = ""
    number: str = ""
    phone: str = ""


COLUMNS = tuple(field.name for field in fields(Record))
# So many records at a time are in pieces; with more, the collector of garbage costs a fifth.
_PORTION = 256


def normalise(
    name: str, *, codes: Sequence[str] = (), person: str = "", address: str = "", phone: str = ""
) -> Record:
    """One enterprise. ``codes`` are its numbers of whatever kind, ``person`` its legal representative."""
    columns = _portion([name], [[code] for code in codes], [person], [address], [phone])
    return Record(*(column[0] for column in columns))


def normalise_columns(
    names: Sequence[str],
    *,
    codes: Sequence[Sequence[str]] = (),
    persons: Sequence[str] | None = None,
    addresses: Sequence[str] | None = None,
    phones: Sequence[str] | None = None,
) -> dict[str, list[str]]:
    """Many enterprises: columns in, columns of the fields of `Record` out, in the same order.

    Raises ValueError when the columns are not of one length.
    """
    blank = [""] * len(names)
    given = [column if column is not None else blank for column in (persons, addresses, phones)]
    if any(len(column) != len(names) for column in (*codes, *given)):
        raise ValueError("the columns are not of one length")
    columns: dict[str, list[str]] = {column: [] for column in COLUMNS}
    for first in range(0, len(names), _PORTION):
        part = slice(first, first + _PORTION)
        portion = _portion(
            names[part], [column[part] for column in codes], *(column[part] for column in given)
        )
        for column, values in zip(columns.values(), portion, strict=True):
            column.extend(values)
    return columns


def _portion(
    names: Sequence[str],
    codes: Sequence[Sequence[str]],
    persons: Sequence[str],
    addresses: Sequence[str],
    phones: Sequence[str],
) -> list[Sequence[str]]:
    """The columns of some records, in the order of `Record`."""
    plain = plain_texts(names)
    *parts, found = zip(*map(name_parts, plain), strict=True)
    told = [person or other for person, other in zip(plain_texts(persons), found, strict=True)]
    if len(codes) == 1:
        numbers = [code_parts(text) for text in codes[0]]
    else:
        numbers = [codes_parts(row) for row in zip(*codes, strict=True)] or [NO_CODES] * len(names)
    return [
        plain,
        *parts,
        told,
        pinyins(parts[3]),
        list(map(word_pinyin().__getitem__, parts[4])),
        name_pinyins(told),
        *zip(*numbers, strict=True),
        *zip(*map(address_parts, plain_texts(addresses, dashes=True)), strict=True),
        list(map(read_phone, phones)),
    ]
