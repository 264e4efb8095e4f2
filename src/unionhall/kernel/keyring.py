"""Keys kept outside the database: a copy of the database alone can neither be read nor signed for."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
PURPOSES = ("encrypt", "sign", "index")


def _path() -> Path:
    return Path(os.environ.get("UNIONHALL_KEYRING") or settings.VAR / "keyring.json")


def _ring() -> list[dict[str, str]]:
    """All keys, the newest last; made when there is no ring yet, or when the newest lacks a purpose."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring: list[dict[str, str]] = (
            json.loads(path.read_text(encoding="ascii")) if path.exists() else [{"id": "1"}]
        )
        missing = [purpose for purpose in PURPOSES if purpose not in ring[-1]]
        if missing:
            ring[-1] |= {one: base64.b64encode(secrets.token_bytes(32)).decode() for one in missing}
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(json.dumps(ring), encoding="ascii")
            new.replace(path)
    return ring


def _keys(purpose: str) -> dict[str, bytes]:
    """The keys of a purpose, read again only when their file has changed: an import asks a million times."""
    path = os.environ.get("UNIONHALL_KEYRING") or str(settings.VAR / "keyring.json")
    try:
        stamp = os.stat(path)  # noqa: PTH116 - building a Path costs more than looking
    except FileNotFoundError:
        return _of_purpose(_ring(), purpose)
    return _read(path, stamp.st_mtime_ns, stamp.st_ino, purpose)


@lru_cache(maxsize=16)
def _read(_path: str, _changed: int, _inode: int, purpose: str) -> dict[str, bytes]:
    return _of_purpose(_ring(), purpose)


def _of_purpose(ring: list[dict[str, str]], purpose: str) -> dict[str, bytes]:
    return {key["id"]: base64.b64decode(key[purpose]) for key in ring if purpose in key}


def index_key() -> bytes:
    """The key of keyed indexes: the oldest one, for with another no row would be found any more."""
    return next(iter(_keys("index").values()))


def signing_seed() -> bytes:
    """The 32 secret bytes of the newest signing key."""
    return list(_keys("sign").values())[-1]


def encrypt(plain: bytes, bound_to: str) -> bytes:
    """Encrypt with the newest key; the result opens only together with ``bound_to`` (a public id)."""
    name, key = list(_keys("encrypt").items())[-1]
    nonce = secrets.token_bytes(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def decrypt(sealed: bytes, bound_to: str) -> bytes:
    """What was encrypted for ``bound_to``; KeyError for an unknown key, InvalidTag after tampering."""
    name, _, rest = sealed.partition(b":")
    return AESGCM(_keys("encrypt")[name.decode()]).decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode())
