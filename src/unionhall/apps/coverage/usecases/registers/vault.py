"""Files of registers in the data folder, sealed in pieces: of any size, and read without a plain copy.

Each piece opens only in its place of its own file, and an empty one ends the file, so that neither a piece
moved nor a file cut short goes unnoticed.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import TextIO

from cryptography.exceptions import InvalidTag
from django.conf import settings

from unionhall.kernel import keyring
from unionhall.kernel.refusals import Refusal

PIECE = 1 << 20
_LENGTH = struct.Struct(">I")
# What a broken upload or run leaves behind is nobody's after a day.
_LEFT = timedelta(days=1)


def folder() -> Path:
    """Where the files lie; nobody but the program's own account looks in."""
    path = Path(settings.VAR) / "registers"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def sealed(name: str) -> Iterator[TextIO]:
    """Text to write, sealed under a name; it appears when it is whole."""
    path, part = folder() / name, folder() / f"{name}.part"
    try:
        with part.open("wb") as file:
            pieces = _Writer(file, name)
            with io.TextIOWrapper(io.BufferedWriter(pieces, PIECE), encoding="utf-8", newline="") as text:
                yield text
                text.flush()
                pieces.put(b"")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(name: str) -> Iterator[TextIO]:
    """The text that was sealed under a name. Refused with FILE_MISSING or, while reading, FILE_ALTERED."""
    try:
        file = (folder() / name).open("rb")
    except FileNotFoundError:
        raise Refusal("FILE_MISSING") from None
    pieces = io.BufferedReader(_Reader(file, name), PIECE)
    with file, io.TextIOWrapper(pieces, encoding="utf-8", newline="") as text:
        yield text


def seal_file(name: str, path: Path) -> None:
    """A file, whatever it holds, sealed under a name."""
    part = folder() / f"{name}.part"
    try:
        with path.open("rb") as plain, part.open("wb") as file:
            pieces = _Writer(file, name)
            copyfileobj(plain, pieces, PIECE)
            pieces.put(b"")
        part.replace(folder() / name)
    finally:
        part.unlink(missing_ok=True)


def open_file(name: str, path: Path) -> None:
    """The file that was sealed under a name, in the open. Refused with FILE_MISSING, FILE_ALTERED."""
    try:
        file = (folder() / name).open("rb")
    except FileNotFoundError:
        raise Refusal("FILE_MISSING") from None
    with file, path.open("wb") as plain:
        copyfileobj(io.BufferedReader(_Reader(file, name), PIECE), plain, PIECE)


def forget(*names: str) -> None:
    """Delete some files."""
    for name in names:
        (folder() / name).unlink(missing_ok=True)


def sweep(*, at: datetime) -> None:
    """Delete what was begun and never finished."""
    for path in folder().glob("*.part"):
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - _LEFT:
            if path.is_dir():
                rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


class _Writer(io.RawIOBase):
    def __init__(self, file: io.BufferedWriter, name: str) -> None:
        self._file, self._name, self._number = file, name, 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        plain = bytes(data)  # type: ignore[call-overload]
        for start in range(0, len(plain), PIECE):
            self.put(plain[start : start + PIECE])
        return len(plain)

    def put(self, piece: bytes) -> None:
        piece = keyring.encrypt(piece, f"register:{self._name}:{self._number}")
        self._file.write(_LENGTH.pack(len(piece)) + piece)
        self._number += 1


class _Reader(io.RawIOBase):
    def __init__(self, file: io.BufferedReader, name: str) -> None:
        self._file, self._name, self._number = file, name, 0
        self._rest = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        if not self._rest and not self._ended:
            self._rest = self._next()
            self._ended = not self._rest
        room = memoryview(buffer)  # type: ignore[arg-type]
        given = self._rest[: len(room)]
        room[: len(given)] = given
        self._rest = self._rest[len(given) :]
        return len(given)

    def _next(self) -> bytes:
        length = self._file.read(_LENGTH.size)
        try:
            piece = self._file.read(*_LENGTH.unpack(length))
            plain = keyring.decrypt(piece, f"register:{self._name}:{self._number}")
        except (struct.error, KeyError, InvalidTag, ValueError):
            raise Refusal("FILE_ALTERED") from None
        self._number += 1
        return plain
