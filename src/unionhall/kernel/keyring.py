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


def location() -> Path:
    """Where the ring lies; it belongs into every backup, apart from the database."""
    return _path()


def _ring(*, new_key: bool = False) -> list[dict[str, str]]:
    """All keys, the newest last; made when there is no ring yet, or when the newest lacks a purpose.

    The index key alone is never made anew: under another one no row would be found any more.
    """
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring: list[dict[str, str]] = (
            json.loads(path.read_text(encoding="ascii")) if path.exists() else [{"id": "1"}]
        )
        if new_key:
            ring.append({"id": str(max(int(key["id"]) for key in ring) + 1)})
        present = ring[-1].keys() | {"index" for key in ring if "index" in key}
        missing = [purpose for purpose in PURPOSES if purpose not in present]
        if missing:
            ring[-1] |= {one: base64.b64encode(secrets.token_bytes(32)).decode() for one in missing}
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            with new.open("w", encoding="ascii") as file:
                json.dump(ring, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
    return ring


def _keys(purpose: str) -> dict[str, bytes]:
    # A large import asks for keys a million times: the file is read again only when it has changed.
    path = os.environ.get("UNIONHALL_KEYRING") or f"{settings.VAR}/keyring.json"
    try:
        file = os.stat(path)  # noqa: PTH116 - to build a Path costs more than to look at the file
    except FileNotFoundError:
        _ring()
        file = os.stat(path)  # noqa: PTH116 - as above
    return _read(purpose, path, file.st_mtime_ns, file.st_ino)


@lru_cache(maxsize=16)
def _read(purpose: str, _path: str, _changed: int, _inode: int) -> dict[str, bytes]:
    return {key["id"]: base64.b64decode(key[purpose]) for key in _ring() if purpose in key}


def add_key() -> str:
    """Add a key, by which everything is signed and encrypted that begins from now on; its id."""
    _ring()
    return _ring(new_key=True)[-1]["id"]


def held() -> dict[str, list[str]]:
    """The ids of all keys, the oldest first, each with what it is for."""
    return {key["id"]: [name for name in key if name != "id"] for key in _ring()}


def signing_key() -> str:
    """The id of the newest signing key."""
    return list(_keys("sign"))[-1]


def signing_seed(key: str) -> bytes:
    """The 32 secret bytes of a signing key; KeyError for one that this ring does not hold."""
    return _keys("sign")[key]


def index_key() -> bytes:
    """The 32 secret bytes under which values are found; the oldest there are."""
    return next(iter(_keys("index").values()))


def encrypt(plain: bytes, bound_to: str) -> bytes:
    """Encrypt with the newest key; the result opens only together with ``bound_to`` (a public id)."""
    name, key = list(_keys("encrypt").items())[-1]
    nonce = secrets.token_bytes(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def decrypt(sealed: bytes, bound_to: str) -> bytes:
    """What was encrypted for ``bound_to``; KeyError for an unknown key, InvalidTag after tampering."""
    name, _, rest = sealed.partition(b":")
    return AESGCM(_keys("encrypt")[name.decode()]).decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode())
