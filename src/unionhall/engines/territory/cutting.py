"""The first cut by METIS: contiguous parts of given sizes, the best of several seeds."""

from __future__ import annotations

from unionhall.engines.territory.task import Task

SEEDS = 4
# METIS takes 32-bit numbers, and a tolerance in thousandths: tighter than ours, since it may miss.
LARGEST = 1_000_000_000
UNEVEN = 20


def metis_cut(task: Task, seed: int) -> list[int] | None:
    """The roundest cut within the tolerance, else the most even; none where METIS leaves a part empty."""
    from pymetis import CSRAdjacency, Options, part_graph

    starts, near = [0], []
    for some in task.neighbours:
        near += some
        starts.append(len(near))
    shares = [target / sum(task.targets) for target in task.targets]
    even = len(set(shares)) == 1
    cuts = []
    for number in range(SEEDS):
        options = Options(contig=1, seed=seed * SEEDS + number, ufactor=UNEVEN, niter=20)
        _cut, parts = part_graph(
            len(shares),
            CSRAdjacency(starts, near),
            vweights=task.weights,
            tpwgts=None if even else shares,
            recursive=False,
            options=options,
        )
        owner = [int(part) for part in parts]
        if len(set(owner)) == len(shares):
            cuts.append((task.excess(owner), task.cut(owner), owner))
    return min(cuts)[2] if cuts else None
