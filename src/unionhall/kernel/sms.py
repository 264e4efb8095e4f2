"""Short messages to phones, behind an interface: a city plugs its own gateway in.

UNIONHALL_SMS names it: `console` prints messages (the demo), `none` sends nothing, and a dotted path names a
class of the city's own that is made without arguments and has `send`.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import Protocol

from django.utils.module_loading import import_string


class SmsError(Exception):
    """The gateway did not take the message; nothing was sent."""


class Gateway(Protocol):
    """What a gateway can do."""

    def send(self, phone: str, text: str) -> None:
        """Send a message to an 11-digit mobile number; raises SmsError when it was not taken."""


class Console:
    """Prints messages where the server runs."""

    def send(self, phone: str, text: str) -> None:
        """Print it."""
        sys.stderr.write(f"\n  SMS {phone}: {text}\n")


class Outbox:
    """Keeps messages in memory, for tests and rehearsals."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        """Keep it."""
        self.sent.append((phone, text))


_chosen: Gateway | None = None


def use(gateway: Gateway | None) -> None:
    """Use this gateway instead of the one that the environment names; None goes back to that."""
    global _chosen  # noqa: PLW0603 - one gateway for the whole process, set by tests and by the demo
    _chosen = gateway


@lru_cache(maxsize=1)
def _named(name: str) -> Gateway | None:
    if name in ("", "none"):
        return None
    if name == "console":
        return Console()
    made: Gateway = import_string(name)()
    return made


def gateway() -> Gateway | None:
    """The gateway in use; None where messages cannot be sent and an officer confirms phones."""
    return _chosen or _named(os.environ.get("UNIONHALL_SMS", "none"))
