"""What a log says, as far as it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from unionhall.engines.scoring import RuleBook

Event = dict[str, Any]


@dataclass
class Box:
    state: str = "WAITING"
    heard: bool = False
    # The latest ballot of each juror: (number, revision, scores).
    ballots: dict[str, tuple[int, int, tuple[int, ...]]] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    seconds: int | None = None


@dataclass
class Log:
    """What a log says when all of it has been read."""

    counts: bool
    stage: str = ""
    contest: str = ""
    name: str = ""
    rulebook: RuleBook | None = None
    entries: dict[str, Event] = field(default_factory=dict)
    juries: dict[str, list[str]] = field(default_factory=dict)
    published: int = 0
    result: list[Event] = field(default_factory=list)
    recounts: int = 0
    ballots: int = 0
    # Leaves that are closed in this copy, and as many as the publication said were not for the public.
    closed_leaves: int = 0
    private: int = 0
    # Closed leaves right before the present one.
    veiled: int = 0
    last: str = ""
    boxes: dict[str, Box] = field(default_factory=dict)
    jury_of: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, tuple[str, str]] = field(default_factory=dict)
    points: dict[int, Event] = field(default_factory=dict)
    special: dict[str, Event] = field(default_factory=dict)
    # The leaf right before the present one, where it announces what must follow it.
    announced: Event | None = None
    out: set[str] = field(default_factory=set)
    sound: set[tuple[int, ...]] = field(default_factory=set)
    frozen: bool = False
    ended: bool = False
    reviewed: int = 0
    stands: bool = False

    @property
    def open_entry(self) -> str | None:
        """The entry that is being scored."""
        return next((entry for entry, box in self.boxes.items() if box.state == "OPEN"), None)

    @property
    def unheard(self) -> list[str]:
        """The entries whose speeches must still be heard before any is scored."""
        first = list(self.boxes.items())[: self.rulebook.deferred if self.rulebook else 0]
        return [entry for entry, box in first if box.state == "WAITING" and not box.heard]
