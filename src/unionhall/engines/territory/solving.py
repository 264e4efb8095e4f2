"""The solver (CP-SAT): fewest moves within the tolerance, and small first cuts at their best.

That a ground is in one piece takes a great many rules, of which few are ever needed. So the solver is
asked without them, and where its answer falls apart the rules that forbid just that are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from unionhall.engines.territory.graph import NOBODY, hops, middle, pieces
from unionhall.engines.territory.growth import grow
from unionhall.engines.territory.made import Made
from unionhall.engines.territory.plan import CP_SAT
from unionhall.engines.territory.shifting import shift
from unionhall.engines.territory.task import Task

# Up to this many blocks a first cut is left to the solver; up to this many choices it looks at all plans.
SMALL = 200
ALL_CHOICES = 400
# How far beyond a border blocks may change hands, and how far from a trouble stewards may be drawn in.
REACH = 2
RINGS = 2
# Deterministic seconds: the same on every machine, so the same input gives the same plan.
EFFORT = 6.0
ROUND_EFFORT = 2.0
ROUNDS = 40
# Beyond the tolerance is counted in these parts of a target.
FINE = 10_000


def fewest_moves(task: Task, before: Sequence[int], made: Made, seed: int) -> Made:
    """A division with as few blocks as possible with somebody else than before; never worse than ``made``."""
    everywhere = len(task.weights) * len(task.targets) <= ALL_CHOICES
    search = _Search(task, made.owner, seed, everywhere=everywhere, before=before)
    costs = [
        (variable, 1)
        for block, was in enumerate(before)
        if was != NOBODY
        for one, variable in search.x[block].items()
        if one != was
    ]

    def cost(owner: Sequence[int]) -> int:
        return sum(was not in {NOBODY, mine} for mine, was in zip(owner, before, strict=True))

    return search.run(made, costs, cost)


def polished(task: Task, made: Made, seed: int) -> Made:
    """A first cut brought within the tolerance; a small one as round as it can be within it."""
    if len(task.weights) > SMALL:
        if not task.excess(made.owner):
            return made
        better = fewest_moves(task, made.owner, made, seed)
        return replace(better, optimal=False, gap=None)
    everywhere = len(task.weights) * len(task.targets) <= ALL_CHOICES
    search = _Search(task, made.owner, seed, everywhere=everywhere, before=made.owner)
    costs = []
    for block in task.blocks:
        for near in task.neighbours[block]:
            if near > block:
                cut = search.model.new_bool_var("")
                for one in search.x[block].keys() | search.x[near].keys():
                    mine, theirs = search.x[block].get(one, 0), search.x[near].get(one, 0)
                    search.model.add(cut >= mine - theirs)
                    search.model.add(cut >= theirs - mine)
                costs.append((cut, 1))
                search.cuts[block, near] = cut
    return search.run(made, costs, task.cut)


class _Search:
    """A model of one task around a division that is known, and the loop that keeps grounds in one piece."""

    def __init__(
        self, task: Task, start: Sequence[int], seed: int, *, everywhere: bool, before: Sequence[int]
    ) -> None:
        from ortools.sat.python import cp_model

        self.task, self.start, self.seed, self.everywhere = task, list(start), seed, everywhere
        self.model = cp_model.CpModel()
        self.cuts: dict[tuple[int, int], Any] = {}
        self.root: dict[int, int] = {} if everywhere else _roots(task, start, before)
        choices = (
            [set(task.stewards) for _block in task.blocks]
            if everywhere
            else _choices(task, start, before, self.root)
        )
        self.x: list[dict[int, Any]] = []
        for block, some in enumerate(choices):
            lock = task.fixed[block]
            allowed = [lock] if lock != NOBODY else sorted(some)
            if len(allowed) == 1:
                self.x.append({allowed[0]: 1})
                continue
            row = {one: self.model.new_bool_var("") for one in allowed}
            self.model.add_exactly_one(row.values())
            self.x.append(row)
        self.slack = self._balance()
        if everywhere:
            for one in task.stewards:
                self.model.add(sum(row[one] for row in self.x if one in row) >= 1)
        else:
            self._supported(before)

    def _balance(self) -> Any:
        """Loads within the tolerance, or as little beyond it as can be where the known division is beyond."""
        task = self.task
        most = int(task.excess(self.start) * FINE) + 2
        slack = self.model.new_int_var(0, most, "") if task.excess(self.start) else 0
        for one in task.stewards:
            terms = [(row[one], task.weights[block]) for block, row in enumerate(self.x) if one in row]
            if all(isinstance(variable, int) for variable, _weight in terms):
                continue
            load = sum(variable * weight for variable, weight in terms)
            if isinstance(slack, int):
                self.model.add_linear_constraint(load, task.lower[one], task.upper[one])
            else:
                part = max(1, round(task.targets[one]))
                self.model.add(FINE * load <= FINE * task.upper[one] + slack * part)
                self.model.add(FINE * load >= FINE * task.lower[one] - slack * part)
                if task.limit[one] < sum(task.weights):
                    self.model.add(load <= task.limit[one])
        return slack

    def _supported(self, before: Sequence[int]) -> None:
        """A block that comes to a ground touches a block of it that lies nearer to its root."""
        task = self.task
        for one in task.stewards:
            own = {block for block in task.blocks if self.start[block] == one}
            far = hops(task.neighbours, [self.root[one]], own)
            reach = {block for block, row in enumerate(self.x) if one in row}
            base = max(far.values()) + 1
            outside = hops(task.neighbours, sorted(own), reach | own)
            for block in sorted(reach):
                if block in own and before[block] == one:
                    continue
                depth = far.get(block, base + outside.get(block, 0))
                nearer = [
                    self.x[near][one]
                    for near in task.neighbours[block]
                    if one in self.x[near] and far.get(near, base + outside.get(near, 0)) < depth
                ]
                if block != self.root[one] and not any(isinstance(some, int) for some in nearer):
                    self.model.add_bool_or([*nearer, ~self.x[block][one]]) if not isinstance(
                        self.x[block][one], int
                    ) else self.model.add_bool_or(nearer)

    def run(self, made: Made, costs: list[tuple[Any, int]], cost: Any) -> Made:
        """Ask, forbid what falls apart, ask again; the best whole division that was seen."""
        from ortools.sat.python import cp_model

        task = self.task
        heavy = len(task.weights) * max(map(len, task.neighbours), default=1) + 1
        self.model.minimize(sum(variable * weight for variable, weight in costs) + heavy * self.slack)

        def price(owner: Sequence[int]) -> tuple[float, int]:
            over = sum(
                max(0, load - limit) for load, limit in zip(task.loads(owner), task.limit, strict=True)
            )
            return (task.excess(owner) + 10 * over, cost(owner))

        best, bound, spent, proved = list(made.owner), 0.0, 0.0, False
        for _round in range(ROUNDS):
            self._hint(best)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = self.seed
            solver.parameters.max_deterministic_time = min(ROUND_EFFORT, EFFORT - spent)
            status = solver.solve(self.model)
            spent += solver.response_proto.deterministic_time
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                break
            bound = max(bound, solver.best_objective_bound)
            owner = [
                next(one for one, variable in row.items() if solver.boolean_value(variable)) for row in self.x
            ]
            broken = self._forbid(owner)
            if broken:
                owner = self._mended(owner)
            if price(owner) < price(best):
                best = owner
            if not broken and status == cp_model.OPTIMAL:
                proved = price(owner) == price(best)
                break
            if spent >= EFFORT:
                break
        value = cost(best) + (0 if isinstance(self.slack, int) else heavy * round(task.excess(best) * FINE))
        return Made(
            best,
            (*made.by, CP_SAT),
            optimal=proved,
            everywhere=self.everywhere,
            gap=0.0 if proved else max(0.0, (value - bound) / value) if value else 0.0,
        )

    def _hint(self, owner: Sequence[int]) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for row, mine in zip(self.x, owner, strict=True):
            for one, variable in row.items():
                if not isinstance(variable, int):
                    self.model.add_hint(variable, one == mine)
        for (block, near), cut in self.cuts.items():
            self.model.add_hint(cut, owner[block] != owner[near])

    def _forbid(self, owner: list[int]) -> bool:
        """Add what forbids the pieces of this answer that hang on nothing; whether there were any."""
        task, found = self.task, False
        grounds: list[list[int]] = [[] for _one in task.stewards]
        for block, mine in enumerate(owner):
            grounds[mine].append(block)
        for one, ground in enumerate(grounds):
            parts = pieces(task.neighbours, ground)
            if len(parts) < 2:
                continue
            found = True
            parts.sort(key=lambda part: (self.root.get(one) not in part, -len(part), part))
            anchor = parts[0][0]
            for part in parts[1:]:
                inside = set(part)
                around = {near for block in part for near in task.neighbours[block]} - inside
                bridge = [self.x[near][one] for near in sorted(around) if one in self.x[near]]
                for block in part:
                    mine = self.x[block][one]
                    if one in self.root:
                        self.model.add(sum(bridge) >= mine)
                    else:
                        self.model.add(sum(bridge) >= mine + self.x[anchor][one] - 1)
        return found

    def _mended(self, owner: list[int]) -> list[int]:
        """The same with loose pieces given to whoever lies beside, and the loads evened again."""
        task = self.task
        mended = list(owner)
        for one in task.stewards:
            parts = pieces(task.neighbours, [block for block in task.blocks if owner[block] == one])
            parts.sort(key=lambda part: (self.root.get(one) not in part, -len(part), part))
            if any(task.fixed[block] != NOBODY for part in parts[1:] for block in part):
                return self.start
            for part in parts[1:]:
                for block in part:
                    mended[block] = NOBODY
        grow(task, mended)
        shift(task, mended)
        return mended


def _roots(task: Task, start: Sequence[int], before: Sequence[int]) -> dict[int, int]:
    """A block of each steward that stays: the middle of what was and is theirs, a locked one first."""
    kept: list[list[int]] = [[] for _one in task.stewards]
    own: list[list[int]] = [[] for _one in task.stewards]
    locked: dict[int, int] = {}
    for block, mine in enumerate(start):
        own[mine].append(block)
        if before[block] == mine:
            kept[mine].append(block)
        if task.fixed[block] != NOBODY:
            locked.setdefault(mine, block)
    return {
        one: locked.get(
            one, middle(task.neighbours, max(pieces(task.neighbours, kept[one] or own[one]), key=len))
        )
        for one in task.stewards
    }


def _choices(task: Task, start: Sequence[int], before: Sequence[int], root: dict[int, int]) -> list[set[int]]:
    """Who may get each block: whose ground is near, where something is to be mended."""
    drawn_in = _drawn_in(task, start, before)
    roots = set(root.values())
    choices = []
    for block in task.blocks:
        mine = {start[block]} | ({before[block]} - {NOBODY})
        if block in roots or start[block] not in drawn_in:
            choices.append(mine)
            continue
        near = {block}
        for _step in range(REACH):
            near |= {far for one in near for far in task.neighbours[one]}
        choices.append(mine | {one for far in near for one in (start[far], before[far]) if one in drawn_in})
    # Ground that nobody has may go to any steward at its edge.
    for part in pieces(task.neighbours, [block for block in task.blocks if before[block] == NOBODY]):
        edge = {before[near] for block in part for near in task.neighbours[block]} - {NOBODY}
        for block in part:
            if block not in roots:
                choices[block] |= edge
    return choices


def _drawn_in(task: Task, start: Sequence[int], before: Sequence[int]) -> set[int]:
    """The stewards near a trouble: out of tolerance as it was, or changed, and some rings around them."""
    loads = task.loads(before)
    drawn = {one for one in task.stewards if not task.lower[one] <= loads[one] <= task.upper[one]} | {
        start[block] for block in task.blocks if start[block] != before[block]
    }
    for _ring in range(RINGS):
        drawn |= {
            start[near] for block in task.blocks if start[block] in drawn for near in task.neighbours[block]
        }
    return drawn
