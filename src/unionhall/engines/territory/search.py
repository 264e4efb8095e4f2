"""One question to the solver (CP-SAT): who has each block, within the tolerance, grounds in one piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from unionhall.engines.territory.graph import NOBODY, hops, middle, pieces
from unionhall.engines.territory.task import Task

ROUNDS = 40
# Beyond the tolerance is counted in these parts of a target.
FINE = 10_000

Cost = Callable[[Sequence[int]], int]


@dataclass(frozen=True)
class Answer:
    """The best division seen; ``bound`` is a cost that none of those asked about can be below."""

    owner: list[int]
    proved: bool
    bound: float
    effort: float


class Search:
    """A model around a division that is known.

    That a ground is in one piece takes a great many rules. Where all divisions are looked at, few are ever
    needed: the solver is asked without them, and where its answer falls apart the rules that forbid just that
    are added. Near a known division each ground keeps a root, and each block of it must touch one that lies
    nearer to the root: fewer divisions, but every answer holds together.
    """

    def __init__(
        self,
        task: Task,
        start: Sequence[int],
        before: Sequence[int],
        choices: Sequence[set[int]] | None,
    ) -> None:
        from ortools.sat.python import cp_model

        self.task, self.start = task, list(start)
        self.everywhere = choices is None
        self.model = cp_model.CpModel()
        self.hints: list[tuple[Any, Cost]] = []
        self.root = {} if choices is None else roots(task, start, before)
        kept = set(self.root.values())
        # A block with one choice is a plain 1, so that what cannot change costs nothing.
        self.x: list[dict[int, Any]] = []
        for block in task.blocks:
            some = set(task.stewards) if choices is None else choices[block]
            if task.fixed[block] != NOBODY:
                some = {task.fixed[block]}
            elif block in kept:
                some = {self.start[block]}
            self.x.append(self._row(block, sorted(some)))
        self.slack = self._balance()
        if self.everywhere:
            for one in task.stewards:
                self.model.add_at_least_one(row[one] for row in self.x if one in row)
        else:
            self._hang_on_roots()

    def cut(self, block: int, near: int) -> Any:
        """Whether two neighbours lie with two stewards."""
        cut = self.model.new_bool_var("")
        for one in self.x[block].keys() | self.x[near].keys():
            mine, theirs = self.x[block].get(one, 0), self.x[near].get(one, 0)
            self.model.add(cut >= mine - theirs)
            self.model.add(cut >= theirs - mine)
        self.hints.append((cut, lambda owner: owner[block] != owner[near]))
        return cut

    def ask(self, costs: Sequence[Any], cost: Cost, *, effort: float, seed: int) -> Answer:
        """The cheapest division within some deterministic seconds; never a worse one than is known."""
        from ortools.sat.python import cp_model

        task = self.task
        heavy = len(costs) + 1
        self.model.minimize(sum(costs) + heavy * self.slack)
        best, bound, spent, proved = self.start, 0.0, 0.0, False
        for _round in range(ROUNDS):
            self._hint(best)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = seed
            solver.parameters.max_deterministic_time = effort - spent
            status = solver.solve(self.model)
            spent += solver.response_proto.deterministic_time
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                break
            bound = max(bound, solver.best_objective_bound)
            owner = [
                next(one for one, choice in row.items() if solver.boolean_value(choice)) for row in self.x
            ]
            broken = self._forbid(owner)
            if not broken and price(task, owner, cost) <= price(task, best, cost):
                best = owner
                proved = status == cp_model.OPTIMAL
            if not broken or spent >= effort:
                break
        return Answer(best, proved, bound, spent)

    def _row(self, block: int, some: list[int]) -> dict[int, Any]:
        if len(some) == 1:
            return {some[0]: 1}
        row = {one: self.model.new_bool_var("") for one in some}
        self.model.add_exactly_one(row.values())
        self.hints += [(choice, _is_with(block, one)) for one, choice in row.items()]
        return row

    def _balance(self) -> Any:
        """Loads within the tolerance, or as little beyond it as can be where the known division is beyond."""
        task = self.task
        excess = task.excess(self.start)
        slack = self.model.new_int_var(0, int(excess * FINE) + 2, "") if excess else 0
        if excess:
            self.hints.append((slack, lambda owner: int(task.excess(owner) * FINE) + 1))
        for one in task.stewards:
            terms = [(row[one], task.weights[block]) for block, row in enumerate(self.x) if one in row]
            if all(isinstance(choice, int) for choice, _weight in terms):
                continue
            load = sum(choice * weight for choice, weight in terms)
            if not excess:
                self.model.add_linear_constraint(load, task.lower[one], task.upper[one])
                continue
            part = max(1, round(task.targets[one]))
            self.model.add(FINE * load <= FINE * task.upper[one] + slack * part)
            self.model.add(FINE * load >= FINE * task.lower[one] - slack * part)
            if task.limit[one] < sum(task.weights):
                self.model.add(load <= task.limit[one])
        return slack

    def _hang_on_roots(self) -> None:
        """Each block of a ground touches one of it that lies nearer to the root; the known division does."""
        task = self.task
        grounds: list[list[int]] = [[] for _one in task.stewards]
        for block, row in enumerate(self.x):
            for one in row:
                grounds[one].append(block)
        for one, reach in enumerate(grounds):
            own = {block for block in reach if self.start[block] == one}
            depth = hops(task.neighbours, [self.root[one]], own)
            base = max(depth.values())
            for block, far in hops(task.neighbours, own, set(reach)).items():
                depth.setdefault(block, base + far)
            for block in reach:
                if block == self.root[one]:
                    continue
                nearer = [
                    self.x[near][one]
                    for near in task.neighbours[block]
                    if one in self.x[near] and depth.get(near, len(depth)) < depth.get(block, -1)
                ]
                if any(isinstance(choice, int) for choice in nearer):
                    continue
                mine = self.x[block][one]
                self.model.add_bool_or(nearer if isinstance(mine, int) else [*nearer, ~mine])

    def _hint(self, owner: Sequence[int]) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, value in self.hints:
            self.model.add_hint(variable, value(owner))

    def _forbid(self, owner: list[int]) -> bool:
        """Add what forbids the pieces of this answer that hang on nothing; whether there were any."""
        task, found = self.task, False
        grounds: list[list[int]] = [[] for _one in task.stewards]
        for block, mine in enumerate(owner):
            grounds[mine].append(block)
        for one, ground in enumerate(grounds):
            main, *loose = sorted(pieces(task.neighbours, ground), key=lambda part: (-len(part), part))
            found = found or bool(loose)
            for part in loose:
                around = {near for block in part for near in task.neighbours[block]} - set(part)
                bridge = sum(self.x[near][one] for near in sorted(around) if one in self.x[near])
                for block in part:
                    for other in main:
                        self.model.add(bridge >= self.x[block][one] + self.x[other][one] - 1)
        return found


def _is_with(block: int, one: int) -> Cost:
    return lambda owner: int(owner[block] == one)


def price(task: Task, owner: Sequence[int], cost: Cost) -> tuple[int, float, int]:
    """What makes a division better, in order: nobody above a limit, within the tolerance, cheap."""
    loads = task.loads(owner)
    over = sum(max(0, load - limit) for load, limit in zip(loads, task.limit, strict=True))
    return over, task.excess(owner), cost(owner)


def roots(task: Task, start: Sequence[int], before: Sequence[int]) -> dict[int, int]:
    """A block of each steward that stays: a locked one, the home, else the middle of what was kept."""
    kept: list[list[int]] = [[] for _one in task.stewards]
    own: list[list[int]] = [[] for _one in task.stewards]
    locked: dict[int, int] = {}
    for block, mine in enumerate(start):
        own[mine].append(block)
        if before[block] == mine:
            kept[mine].append(block)
        if task.fixed[block] != NOBODY:
            locked.setdefault(mine, block)
    homes = {one: home for one, home in enumerate(task.home) if home != NOBODY and start[home] == one}
    found = homes | locked
    for one in task.stewards:
        if one not in found:
            found[one] = middle(task.neighbours, max(pieces(task.neighbours, kept[one] or own[one]), key=len))
    return found
