"""Refuses a database that could forget an acknowledged ballot when the power fails."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Unsafe(NamedTuple):
    """A setting that is not as it must be."""

    setting: str
    found: str
    needed: str


def unsafe_settings() -> list[Unsafe]:
    """What is unsafe about the default database; empty when all is well."""
    if connection.vendor == "postgresql":
        return _of_postgresql()
    return _of_sqlite()


def _of_postgresql() -> list[Unsafe]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
            " current_setting('server_encoding')"
        )
        fsync, commit, encoding = cursor.fetchone()
    found = [("fsync", fsync, "on"), ("server_encoding", encoding, "UTF8")]
    unsafe = [Unsafe(*one) for one in found if one[1] != one[2]]
    if commit == "off":
        unsafe.append(Unsafe("synchronous_commit", commit, "on"))
    return unsafe


def _of_sqlite() -> list[Unsafe]:
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    unsafe = []
    if journal != "wal":
        unsafe.append(Unsafe("journal_mode", journal, "wal"))
    if synchronous < 2:  # 2 is FULL, 3 is EXTRA
        unsafe.append(Unsafe("synchronous", str(synchronous), "2 (FULL)"))
    return unsafe
