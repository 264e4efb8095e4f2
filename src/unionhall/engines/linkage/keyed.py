"""A prepared register without its persons: what names or reaches one is replaced through a given function.

So a register can be kept from one day to the next. Equal values stay equal: two registers that went through
the same function are linked as ever, only that persons and phones are alike or not, and never nearly. Whose
function it is, and what it is keyed with, is the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from unionhall.engines.linkage.persons import person_in
from unionhall.engines.linkage.preparing import KEYS, Prepared
from unionhall.engines.linkage.writing import unfinished

# A value to 16 bytes or more that do not tell it.
Keyed = Callable[[str], bytes]

# Replaced in every record.
PERSONAL = ("person", "person_sound", "phone")
# Replaced where the name names a person (`person_in`); each for itself.
NAMES = ("name", "branch")
# These say the same in parts and by sound, and are replaced together.
BRANDS = ("brand", "sound", "core", "core_sound")
# Of numbers those are left out that are a person's identity number but for a slip.
NUMBERS = ("written",)
# What is left as it is, beside the figures of how frequent a value is.
PLAIN = (
    "n", "id", "organisation", "registration", "credit", "trade", "form", "city", "district", "road", "place",
)  # fmt: skip
_MANY = "_many"

_IDENTITY = re.compile(r"\d{6}(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d{3,5}[\dX]?")
_PORTION = 20_000
# A replaced value is written in characters of a private plane, fifteen bits each: none is the beginning of
# another's, the sound of a character, or two slips away from anything.
_FIRST, _BITS, _LENGTH = 0xF0000, 15, 8


def is_keyed(text: str) -> bool:
    """Whether a value was replaced."""
    return text[:1] >= chr(_FIRST)


def key_register(
    register: Prepared, target: Path, keyed: Keyed, tell: Callable[[], object] = lambda: None
) -> Prepared:
    """A prepared register written to ``target`` with everything personal replaced through ``keyed``.

    That is, the legal representative, phones, whatever a sole trader's name has of a person, and the keys by
    which records meet that are made of these. ``tell`` is called after each 20,000 records. Raises ValueError
    for a column of which it is not known whether it is personal.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, ParquetWriter

    source = ParquetFile(register.path)
    schema = source.schema_arrow
    if unknown := unclassed(schema.names):
        raise ValueError(f"not known whether it is personal: {', '.join(unknown)}")
    with unfinished(target) as finished, ParquetWriter(finished, schema, compression="zstd") as writer:
        for portion in source.iter_batches(_PORTION):
            columns = {name: portion.column(name) for name in schema.names}
            columns |= _replaced(columns, keyed)
            arrays = [pa.array(columns[field.name], type=field.type) for field in schema]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            tell()
    return Prepared(target, register.records, register.counts)


def unclassed(columns: list[str]) -> list[str]:
    """Columns of a prepared register that are neither replaced here nor known to be left as they are."""
    known = {*PERSONAL, *NAMES, *BRANDS, *NUMBERS, *PLAIN, *(f"key_{name}" for name in KEYS)}
    return [name for name in columns if name not in known and not name.endswith(_MANY)]


def _replaced(columns: Mapping[str, Any], keyed: Keyed) -> dict[str, list[Any]]:
    """The columns of some records that are not as they were."""
    told = {name: columns[name].to_pylist() for name in (*PERSONAL, *NAMES, *BRANDS, *NUMBERS)}
    asked = (told["name"], told["branch"], told["core"], told["person"])
    found = [_naming(*row) for row in zip(*asked, strict=True)]
    every = [True] * len(found)
    of_name, of_branch, of_brand = (list(one) for one in zip(*found, strict=True))
    where = dict.fromkeys(PERSONAL, every) | dict.fromkeys(BRANDS, of_brand)
    where |= {"name": of_name, "branch": of_branch}
    made: dict[str, list[Any]] = {
        name: [
            _text(keyed(value)) if value and here else value
            for value, here in zip(told[name], here_of, strict=True)
        ]
        for name, here_of in where.items()
    }
    made["written"] = [None if value and _IDENTITY.fullmatch(value) else value for value in told["written"]]
    for name, here_of in (
        *((name, every) for name in keys_of(PERSONAL)),
        *((name, of_brand) for name in keys_of(BRANDS) if name not in keys_of(PERSONAL)),
    ):
        # As it was, a key is a hash without a secret: of a phone or a name it can be found by trying.
        made[name] = [
            int.from_bytes(keyed(str(value))[:8]) >> 1 if value is not None and here else value
            for value, here in zip(columns[name].to_pylist(), here_of, strict=True)
        ]
    return made


def keys_of(columns: tuple[str, ...]) -> list[str]:
    """The columns of keys that are made of some others."""
    word = re.compile(rf"\b(?:{'|'.join(columns)})\b")
    return [f"key_{name}" for name, (value, _most) in KEYS.items() if word.search(value)]


def _naming(name: str, branch: str | None, core: str | None, person: str | None) -> tuple[bool, bool, bool]:
    """Whether a person is named by an enterprise's name, by its branch, and by its brand with its trade."""
    named = person_in(name or "", person or "")
    return bool(named), bool(named) and named in (branch or ""), bool(named) and named in (core or "")


def _text(hashed: bytes) -> str:
    bits = int.from_bytes(hashed[:16])
    return "".join(chr(_FIRST + (bits >> (_BITS * place) & 0x7FFF)) for place in range(_LENGTH))
