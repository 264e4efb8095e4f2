"""Bundles spoilt on purpose, to see that none is accepted.

Some ways spoil the file blindly; others rewrite it as somebody would who knows the format but not the key:
the bytes stay canonical and only what was signed gives the change away.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any

from unionhall.engines.proof.canonical import canonical
from unionhall.engines.proof.events import commitment
from unionhall.engines.proof.verify import verify

Document = dict[str, Any]
DRAWS = 20


def campaign(data: bytes, runs: int, seed: int) -> dict[str, tuple[int, int]]:
    """For each way of spoiling: (bundles tried, bundles accepted).

    A copy that came out equal to the original is drawn again; a bundle that a way cannot spoil (a score,
    where no ballot is opened) is tried by the other ways only.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    counts = dict.fromkeys(WAYS, (0, 0))
    names = list(WAYS)
    for run in range(runs):
        way = names[run % len(names)]
        drawn = (WAYS[way](data, chance) for _attempt in range(DRAWS))
        spoilt = next((one for one in drawn if one != data), None)
        if spoilt is not None:
            tried, accepted = counts[way]
            counts[way] = tried + 1, accepted + verify(spoilt).holds
    return counts


def _bit(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _rewritten(change: Callable[[Document, random.Random], None]) -> Callable[[bytes, random.Random], bytes]:
    def spoil(data: bytes, chance: random.Random) -> bytes:
        document = json.loads(data)
        change(document, chance)
        return canonical(document)

    return spoil


def _swap(document: Document, chance: random.Random) -> None:
    leaves = document["leaves"]
    a, b = chance.randrange(len(leaves)), chance.randrange(len(leaves))
    leaves[a], leaves[b] = leaves[b], leaves[a]


def _drop(document: Document, chance: random.Random) -> None:
    del document["leaves"][chance.randrange(len(document["leaves"]))]


def _double(document: Document, chance: random.Random) -> None:
    place = chance.randrange(len(document["leaves"]))
    document["leaves"].insert(place, document["leaves"][place])


def _reorder(document: Document, chance: random.Random) -> None:
    start = chance.randrange(len(document["leaves"]))
    part = document["leaves"][start : start + 12]
    chance.shuffle(part)
    document["leaves"][start : start + 12] = part


def _close(document: Document, chance: random.Random) -> None:
    leaf = chance.choice(document["leaves"])
    leaf.clear()
    leaf["commitment"] = base64.b64encode(chance.randbytes(32)).decode()


def _events(document: Document, kind: str) -> list[Document]:
    return [leaf["event"] for leaf in document["leaves"] if leaf.get("event", {}).get("kind") == kind]


def _score(document: Document, chance: random.Random) -> None:
    if ballots := _events(document, "ballot"):
        scores = chance.choice(ballots)["scores"]
        scores[chance.randrange(len(scores))] += chance.choice((-1, 1))


def _juror(document: Document, chance: random.Random) -> None:
    if ballots := _events(document, "ballot"):
        a, b = chance.choice(ballots), chance.choice(ballots)
        a["juror"], b["juror"] = b["juror"], a["juror"]


def _rule(document: Document, chance: random.Random) -> None:
    rulebook = _events(document, "rules")[0]["rulebook"]
    a, b = rulebook["juries"][0], rulebook["juries"][-1]
    chance.choice(
        (
            lambda: rulebook["rounding"]["composite"].update(digits=chance.randrange(2)),
            lambda: rulebook["prizes"][0].update(quota=chance.randrange(20, 30)),
            lambda: (a.update(weight=b["weight"]), b.update(weight=a["weight"])),
            lambda: rulebook.update(extra="x"),
        )
    )()


def _result(document: Document, chance: random.Random) -> None:
    lines = chance.choice(_events(document, "review"))["result"]
    a, b = chance.choice(lines), chance.choice(lines)
    a["prize"], b["prize"], a["rank"], b["rank"] = b["prize"], a["prize"], b["rank"], a["rank"]


def _note(document: Document, chance: random.Random) -> None:
    names = [name for name in ("checkpoints", "receipts") if document[name]]
    lines = document[chance.choice(names)]
    way = chance.randrange(3)
    place = chance.randrange(len(lines))
    if way == 0:
        del lines[place]
    elif way == 1:
        lines.insert(place, lines[place])
    else:
        other = chance.randrange(len(lines))
        lines[place], lines[other] = lines[other], lines[place]


def _salt(document: Document, chance: random.Random) -> None:
    opened = [leaf for leaf in document["leaves"] if "salt" in leaf]
    chance.choice(opened)["salt"] = base64.b64encode(chance.randbytes(32)).decode()


def _beside(document: Document, chance: random.Random) -> None:
    """Keep a leaf's commitment and put another event beside it: the tree stays whole, not what is read."""
    leaf = chance.choice([leaf for leaf in document["leaves"] if "salt" in leaf])
    right = commitment(base64.b64decode(leaf["salt"]), canonical(leaf["event"]))
    leaf["commitment"] = base64.b64encode(right).decode()
    leaf["event"]["at"] = "2026-01-01T00:00:00Z"


def _added(document: Document, chance: random.Random) -> None:
    """Add a name that nobody signed, to the file or to a leaf."""
    chance.choice([document, *document["leaves"]])["note"] = "x"


def _level(document: Document, chance: random.Random) -> None:
    document["disclosure"] = chance.choice(("PUBLIC", "JUROR", "SCRUTINEER"))


WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "a bit flipped": _bit,
    "the file cut off": _cut,
    "two leaves swapped": _rewritten(_swap),
    "a leaf dropped": _rewritten(_drop),
    "a leaf doubled": _rewritten(_double),
    "leaves reordered": _rewritten(_reorder),
    "a leaf replaced": _rewritten(_close),
    "a score altered": _rewritten(_score),
    "jurors swapped": _rewritten(_juror),
    "a rule altered": _rewritten(_rule),
    "ranks and prizes swapped": _rewritten(_result),
    "notes dropped or moved": _rewritten(_note),
    "a salt replaced": _rewritten(_salt),
    "an event beside its commitment": _rewritten(_beside),
    "a name added": _rewritten(_added),
    "another level claimed": _rewritten(_level),
}
