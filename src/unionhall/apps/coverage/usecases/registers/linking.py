"""What the engine makes of the files of a run: links, pairs to decide, and why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unionhall.apps.coverage.models import Delivery, LinkageRun, LinkDecision
from unionhall.apps.coverage.usecases.registers import standing
from unionhall.apps.coverage.usecases.registers.arriving import refused
from unionhall.apps.coverage.usecases.registers.rows import records, unseal_to
from unionhall.apps.coverage.usecases.registers.standing import Step
from unionhall.engines.linkage.duck import Stopped
from unionhall.engines.linkage.problems import RegisterError

if TYPE_CHECKING:
    from unionhall.engines.linkage.runs import Run


class Result:
    """What the engine found: the links of the market's records, and why some are uncertain.

    ``union`` is the register of unions made ready. ``partners`` has what stands for the market's records that
    were linked, by the unions' ids. Of a day's changes ``compared`` is what stands for them, and ``waiting``
    what stands for the pairs of earlier runs that people have not decided.
    """

    def __init__(
        self, folder: Path, done: Run, compared: set[bytes], waiting: set[tuple[bytes, bytes]]
    ) -> None:
        self.report = done.report()
        self.union = done.registers["union"]
        self.compared, self.waiting = compared, waiting
        self.partners: dict[str, bytes] = {}
        # Pairs of ``waiting`` that would be links now, by the market's ids.
        self.held: dict[str, tuple[bytes, bytes]] = {}
        self.linked: dict[str, str] = {}
        self.review: dict[str, tuple[str, int]] = {}
        self.others: dict[str, dict[str, str]] = {"T": {}, "I": {}}
        with (folder / "links.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self._add(row["a"], row["b"], row["probability"], row["outcome"])
        self.steps: dict[tuple[str, str], list[list[Any]]] = {}
        with (folder / "why.csv").open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            next(reader)
            for _left, a, _right, b, question, answer, bits, words, left, right in reader:
                if self.review.get(a, ("", 0))[0] == b:
                    step = [question, answer, round(float(bits), 1), words, left, right]
                    self.steps.setdefault((a, b), []).append(step)

    def _add(self, a: str, b: str, probability: str, outcome: str) -> None:
        if not a.startswith("M"):
            return
        if b.startswith("U") and outcome == "linked":
            self.linked[a] = b
        elif b.startswith("U"):
            self.review[a] = (b, round(float(probability) * 1_000_000))
        elif outcome == "linked":
            self.others[b[0]][a] = b


def link(
    run: LinkageRun,
    deliveries: Mapping[str, Delivery],
    folder: Path,
    step: Step,
    stopped: Stopped,
) -> Result:
    """Link the files of a run in a folder of its own, where they lie in the open; gone with the folder.

    ``stopped`` is asked twice a second from another thread, and ends a comparison in its middle. Refused with
    REGISTER_…, FILE_MISSING, FILE_ALTERED.
    """
    # Heavy and an extra: imported only where it is used.
    from unionhall.engines.linkage.runs import link_files

    paths: list[Path] = []
    mapped: dict[str, dict[str, str | list[str]]] = {}
    with_standing = standing.meets(run)
    compared = {one.key() for one in records(run.market)} if with_standing else set()
    waiting = standing.waiting(run) if with_standing else set()
    for name, delivery in deliveries.items():
        step(0, None, "RUN_OPENING")
        if with_standing and delivery == run.union:
            paths.append(folder / f"{name}.parquet")
            without = standing.out_of_reach(delivery, compared, standing.claims(run, waiting))
            standing.unseal_to(delivery, paths[-1], without)
        else:
            paths.append(folder / f"{name}.csv")
            mapped[name] = unseal_to(delivery, paths[-1])
    try:
        done = link_files(
            paths,
            folder / "links.csv",
            mapped=mapped,
            decided=_decided(run),
            why=folder / "why.csv",
            why_all=False,
            keyed=standing.keyed if with_standing else None,
            work=folder,
            tell=lambda _said: step(0, None, "RUN_LINKING"),
            stopped=stopped,
        )
    except RegisterError as error:
        raise refused(error) from error
    return Result(folder, done, compared, waiting)


def _decided(run: LinkageRun) -> list[tuple[str, str, bool]]:
    """What people have decided in earlier runs, by the records of this one."""
    decisions = {
        (bytes(a), bytes(b)): same
        for a, b, same in LinkDecision.objects.filter(ground=run.ground).values_list("key_a", "key_b", "same")
    }
    if not decisions:
        return []
    left = _ids(run.market, {a for a, _b in decisions})
    right = _ids(run.union, {b for _a, b in decisions})
    return [(left[a], right[b], same) for (a, b), same in decisions.items() if a in left and b in right]


def _ids(delivery: Delivery, keys: set[bytes]) -> dict[bytes, str]:
    return {key: one.id for one in records(delivery) if (key := one.key()) in keys}
