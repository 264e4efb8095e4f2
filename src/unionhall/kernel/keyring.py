"""Keys kept outside the database: what is encrypted cannot be read from a copy of the database alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


def _path() -> Path:
    return Path(os.environ.get("UNIONHALL_KEYRING") or settings.VAR / "keyring.json")


def _keys() -> dict[str, bytes]:
    """All keys by id, the newest last; the ring is made with one key when there is none yet."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump([{"id": "1", "encrypt": base64.b64encode(secrets.token_bytes(32)).decode()}], file)
    ring = json.loads(path.read_text(encoding="ascii"))
    return {key["id"]: base64.b64decode(key["encrypt"]) for key in ring}


def encrypt(plain: bytes, bound_to: str) -> bytes:
    """Encrypt with the newest key; the result opens only together with ``bound_to`` (a public id)."""
    name, key = list(_keys().items())[-1]
    nonce = secrets.token_bytes(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def decrypt(sealed: bytes, bound_to: str) -> bytes:
    """What was encrypted for ``bound_to``; KeyError for an unknown key, InvalidTag after tampering."""
    name, _, rest = sealed.partition(b":")
    return AESGCM(_keys()[name.decode()]).decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode())
