"""Loads evened by handing blocks on along chains of stewards: from who has too much to who has room."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from unionhall.engines.territory.graph import NOBODY, holds_without
from unionhall.engines.territory.task import Task

# How many partners a steward beyond the tolerance is tried with, nearest first.
PARTNERS = 12
# How far from the wished workload a block may be, as a part of it, if that spares a change of hands.
DEAR = 0.3


def shift(task: Task, owner: list[int], before: Sequence[int] | None = None) -> None:
    """Bring the loads towards the tolerance, changing ``owner``; each ground stays in one piece.

    Each chain hands one block on at each step and is kept only if the loads come nearer to the tolerance, so
    it ends. Where blocks are too coarse it ends outside. With ``before`` it is lean: the whole tolerance is
    used, and blocks that come back or that nobody had go first; else loads are brought to their targets.
    """
    board = _Board(task, owner, before)
    tried: set[int] = set()
    while True:
        bad = [one for one in task.stewards if one not in tried and board.beyond(one)]
        if not bad:
            return
        worst = max(bad, key=lambda one: (board.beyond(one), -one))
        if board.relieve(worst):
            tried.clear()
        else:
            tried.add(worst)


class _Board:
    """Who has what at this moment."""

    def __init__(self, task: Task, owner: list[int], before: Sequence[int] | None) -> None:
        self.task = task
        self.before = before
        self.lean = before is not None
        self.owner = owner
        self.load = task.loads(owner)
        self.grounds: list[set[int]] = [set() for _one in task.stewards]
        for block, mine in enumerate(owner):
            self.grounds[mine].add(block)

    def beyond(self, one: int) -> float:
        """How far a load lies beyond its tolerance, as a part of its target."""
        load = self.load[one]
        over = max(0, load - self.task.upper[one], self.task.lower[one] - load)
        return over / (self.task.targets[one] or 1)

    def unevenness(self, ones: list[int]) -> float:
        """What a chain must lessen: first what is beyond the tolerance, then the deviations."""
        total = 0.0
        for one in ones:
            target = self.task.targets[one] or 1
            even = (self.load[one] / target - 1) ** 2
            total += self.beyond(one) + even / 1000 if self.lean else 1000 * self.beyond(one) ** 2 + even
        return total

    def room(self, one: int) -> float:
        """How much a taker may get."""
        return (self.task.upper[one] if self.lean else self.task.targets[one]) - self.load[one]

    def spare(self, one: int) -> float:
        """How much a giver may give."""
        return self.load[one] - (self.task.lower[one] if self.lean else self.task.targets[one])

    def relieve(self, one: int) -> bool:
        """Find a chain that helps this steward; whether one was found."""
        gives = self.load[one] > self.task.upper[one]
        best: tuple[float, list[tuple[int, int, int]]] = (1e-12, [])
        for chain in self.chains(one, gives=gives):
            giver, taker = chain[0], chain[-1]
            amount = min(self.spare(giver), self.room(taker))
            if self.lean:
                amount = min(amount, self.beyond(one) * self.task.targets[one])
            before = self.unevenness(chain)
            done = self.hand_on(chain, amount)
            more = sum(self.changes(block, was, self.owner[block]) for block, was in done)
            gain = (before - self.unevenness(chain)) / (1 + max(0, more))
            if done and gain > best[0]:
                best = gain, [(block, self.owner[block], was) for block, was in done]
            for block, was in reversed(done):
                self.give(block, was)
            if best[1] and not self.lean:
                break
        for block, to, _was in best[1]:
            self.give(block, to)
        return bool(best[1])

    def chains(self, one: int, *, gives: bool) -> list[list[int]]:
        """Shortest chains from who has more than the target to who has less, one end being this steward."""
        came = {one: NOBODY}
        waiting = deque([one])
        ends: list[int] = []
        while waiting and len(ends) < PARTNERS:
            here = waiting.popleft()
            for near in self.beside(here):
                if near in came:
                    continue
                came[near] = here
                waiting.append(near)
                if (self.room(near) if gives else self.spare(near)) > 0:
                    ends.append(near)
        found = []
        for end in ends:
            chain, here = [], end
            while here != NOBODY:
                chain.append(here)
                here = came[here]
            found.append(chain[::-1] if gives else chain)
        return found

    def beside(self, one: int) -> list[int]:
        """The stewards whose ground touches this one's."""
        owner = self.owner
        return sorted(
            {owner[near] for block in self.grounds[one] for near in self.task.neighbours[block]} - {one}
        )

    def hand_on(self, chain: list[int], amount: float) -> list[tuple[int, int]]:
        """Hand one block of about this amount from each to the next; nothing at all where that fails."""
        done: list[tuple[int, int]] = []
        for giver, taker in pairwise(chain):
            block = self.fitting(giver, taker, amount)
            if block == NOBODY:
                for moved, was in reversed(done):
                    self.give(moved, was)
                return []
            self.give(block, taker)
            done.append((block, giver))
            amount = self.task.weights[block]
        return done

    def fitting(self, giver: int, taker: int, amount: float) -> int:
        """The block at the border whose workload is nearest to the amount, that keeps both grounds round."""
        task, owner = self.task, self.owner
        found = []
        for block in self.grounds[giver]:
            if task.fixed[block] != NOBODY or not task.weights[block]:
                continue
            there = sum(owner[near] == taker for near in task.neighbours[block])
            if there:
                here = sum(owner[near] == giver for near in task.neighbours[block])
                off = abs(task.weights[block] - amount) / (amount or 1)
                if self.lean and task.weights[block] > amount:
                    off *= 2
                off += DEAR * self.changes(block, giver, taker)
                found.append((off + 0.1 * (here - there), block))
        for _off, block in sorted(found):
            if holds_without(task.neighbours, owner, block):
                return block
        return NOBODY

    def changes(self, block: int, giver: int, taker: int) -> int:
        """How many blocks more are with somebody else than before, if this one is handed on."""
        if self.before is None or self.before[block] == NOBODY:
            return 0
        return (taker != self.before[block]) - (giver != self.before[block])

    def give(self, block: int, to: int) -> None:
        was = self.owner[block]
        weight = self.task.weights[block]
        self.grounds[was].remove(block)
        self.grounds[to].add(block)
        self.load[was] -= weight
        self.load[to] += weight
        self.owner[block] = to
