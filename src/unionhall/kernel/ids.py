"""Public identifiers: what stands in URLs, files and QR codes instead of database keys."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import models

# No 0/O, 1/I/L, U/V: codes are read aloud and typed from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 12


_NUMBERS = range(len(ALPHABET) ** LENGTH)
# Ids, codes, days and numbers; a person's name, an address or a sentence does not fit.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}", re.ASCII)


def only_ids(values: Mapping[str, object]) -> dict[str, str | int]:
    """The same values, all of them ids, codes or numbers; anything else is a mistake of whoever calls.

    Facts and jobs are kept for ever and may hold nothing that would have to be erased.
    """
    held: dict[str, str | int] = {}
    for name, value in values.items():
        if not isinstance(value, (str, int)) or (isinstance(value, str) and not _PLAIN.fullmatch(value)):
            raise TypeError(f"{name} holds no id, code or number, but {type(value).__name__}")
        held[name] = value
    return held


def new_public_id() -> str:
    """A random 12-character identifier (58 bits)."""
    # One number for all characters: asking for each costs a large import seconds.
    number, characters = secrets.choice(_NUMBERS), []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """The identifier of a row outside the database; known before INSERT and never changed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"max_length": LENGTH, "unique": True, "default": new_public_id, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "unique", "default", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs
