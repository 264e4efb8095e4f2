"""Public identifiers: what stands in URLs, files and QR codes instead of database keys."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models

# No 0/O, 1/I/L, U/V: codes are read aloud and typed from paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 12


def new_public_id() -> str:
    """A random 12-character identifier (58 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


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
