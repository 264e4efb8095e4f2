"""Ground divided and redrawn: first cut, drift, a leaver, a joiner, beside a fresh cut and plain greedy growth.

Blocks are Voronoi cells of random points, their workload lognormal; neighbours come from the polygons as they would
from a map. The table in docs/reference/territory.md is written anew.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.report import Figure
from unionhall.engines.territory import (
    PLAIN,
    REDRAW_TOLERANCE,
    Block,
    Border,
    Ground,
    Steward,
    divide,
    redraw,
)
from unionhall.engines.territory.geometry import Shape, draw

SIZES = ((100, 5), (1000, 30), (5000, 100))
SEEDS = (1, 2, 3)
DOCUMENT = Path(__file__).parents[1] / "docs" / "reference" / "territory.md"
BEGIN, END = "<!-- measured: make bench-territory -->", "<!-- end of what was measured -->"


def ground(count: int, seed: int) -> tuple[Ground, float]:
    """Invented blocks of about half a kilometre, and how long their polygons took to read."""
    import shapely

    chance = random.Random(seed)
    side = 500 * math.sqrt(count)
    points = shapely.points([(chance.uniform(0, side), chance.uniform(0, side)) for _ in range(count)])
    box = shapely.box(0, 0, side, side)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=box).geoms
    shapes = [
        Shape(f"b{number:05}", shapely.geometry.mapping(cell.intersection(box)), 0)
        for number, cell in enumerate(cells)
    ]
    began = time.process_time()
    drawn = draw(shapes)
    spent = time.process_time() - began
    blocks = tuple(
        Block(shape.block, float(1 + round(chance.lognormvariate(3, 1))), area=area, perimeter=line)
        for shape, area, line in zip(shapes, drawn.areas, drawn.perimeters, strict=True)
    )
    return Ground(blocks, tuple(Border(a, b, length) for a, b, length in drawn.borders)), spent


def held(of: Ground, plan) -> Ground:
    return replace(of, blocks=tuple(replace(b, steward=plan.steward_of[b.id]) for b in of.blocks))


def drifted(of: Ground, seed: int) -> Ground:
    """A tenth of the blocks with half to twice the work."""
    chance = random.Random(seed)
    return replace(
        of,
        blocks=tuple(
            replace(b, workload=max(1.0, float(round(b.workload * 2 ** chance.uniform(-1, 1)))))
            if chance.random() < 0.1
            else b
            for b in of.blocks
        ),
    )


def timed(make):
    """What comes out, wall seconds, CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = make()
    return made, time.perf_counter() - wall, time.process_time() - cpu


def neighbours_of(of: Ground) -> dict[str, list[str]]:
    near = defaultdict(list)
    for border in of.borders:
        near[border.first].append(border.second)
        near[border.second].append(border.first)
    return near


def greedy(of: Ground, count: int, seed: int) -> float:
    """Worst deviation of plain greedy growth: random seeds, the least loaded takes a block beside it."""
    near, load = neighbours_of(of), {block.id: block.workload for block in of.blocks}
    chance = random.Random(seed)
    owner = {block: number for number, block in enumerate(chance.sample(sorted(load), count))}
    sums = [0.0] * count
    edges = [[] for _ in range(count)]
    for block, one in owner.items():
        sums[one] += load[block]
        edges[one] += near[block]
    while any(edges):
        one = min((one for one in range(count) if edges[one]), key=sums.__getitem__)
        block = edges[one].pop(0)
        if block not in owner:
            owner[block] = one
            sums[one] += load[block]
            edges[one] += [beside for beside in near[block] if beside not in owner]
    even = sum(sums) / count
    return max(abs(one / even - 1) for one in sums)


def fresh(of: Ground, count: int, seed: int) -> float:
    """Part of the blocks that a fresh METIS cut moves, its parts named as well as can be (Hungarian)."""
    from ortools.graph.python import linear_sum_assignment
    from pymetis import CSRAdjacency, Options, part_graph

    near = neighbours_of(of)
    place = {block.id: number for number, block in enumerate(of.blocks)}
    starts, beside = [0], []
    for block in of.blocks:
        beside += [place[other] for other in near[block.id]]
        starts.append(len(beside))
    _cut, parts = part_graph(
        count,
        CSRAdjacency(starts, beside),
        vweights=[round(block.workload) for block in of.blocks],
        recursive=False,
        options=Options(contig=1, seed=seed + 100, ufactor=20),
    )
    common = defaultdict(int)
    for block, part in zip(of.blocks, parts, strict=True):
        common[int(block.steward[1:]), int(part)] += 1
    naming = linear_sum_assignment.SimpleLinearSumAssignment()
    for one in range(count):
        for part in range(count):
            naming.add_arc_with_cost(one, part, -common[one, part])
    naming.solve()
    return 1 + naming.optimal_cost() / len(of.blocks)


def one_size(count: int, crew: int) -> dict[str, list[float]]:
    found = defaultdict(list)
    stewards = [Steward(f"s{number:03}") for number in range(crew)]
    for seed in SEEDS:
        blank, read = ground(count, seed)
        found["read"].append(read)
        first, wall, cpu = timed(lambda blank=blank: divide(blank, stewards))
        assert first.report.contiguous
        for name, value in (
            ("cut wall", wall),
            ("cut CPU", cpu),
            ("cut deviation", first.report.max_deviation),
        ):
            found[name].append(value)
        found["cut share"].append(first.report.cut_share)
        plain, _wall, cpu = timed(lambda blank=blank: divide(blank, stewards, method=PLAIN))
        found["plain deviation"].append(plain.report.max_deviation)
        found["plain CPU"].append(cpu)
        found["plain cut share"].append(plain.report.cut_share)
        found["greedy deviation"].append(greedy(blank, crew, seed))
        now = held(blank, first)

        late = drifted(now, seed)
        mended, wall, cpu = timed(lambda late=late: redraw(late, stewards))
        assert mended.report.contiguous
        found["drift within"].append(mended.report.within_tolerance)
        found["drift wall"].append(wall)
        found["drift CPU"].append(cpu)
        found["drift moved"].append(mended.report.moved_blocks_share)
        found["drift plain"].append(redraw(late, stewards, method=PLAIN).report.moved_blocks_share)
        found["drift fresh"].append(fresh(late, crew, seed))

        for leaver in (crew // 4, crew // 2, 3 * crew // 4):
            gone = stewards[leaver].id
            had = sum(block.steward == gone for block in now.blocks)
            left, wall, cpu = timed(
                lambda now=now, gone=gone: redraw(now, [one for one in stewards if one.id != gone])
            )
            assert left.report.contiguous
            found["leaver within"].append(left.report.within_tolerance)
            found["leaver wall"].append(wall)
            found["leaver CPU"].append(cpu)
            found["leaver moved"].append(left.report.moved_blocks / had)
            strict = redraw(now, [one for one in stewards if one.id != gone], tolerance=REDRAW_TOLERANCE)
            found["leaver strict"].append(strict.report.moved_blocks / had)
        joined, wall, cpu = timed(lambda now=now: redraw(now, [*stewards, Steward("new")]))
        assert joined.report.contiguous
        found["joiner within"].append(joined.report.within_tolerance)
        found["joiner CPU"].append(cpu)
        found["joiner moved"].append(joined.report.moved_blocks / (count / (crew + 1)))
    return found


def run() -> list[Figure]:
    """All sizes; targets stand at the largest."""
    # The solver's library takes a second to load, once.
    small, _read = ground(40, 1)
    redraw(held(small, divide(small, [Steward("s000"), Steward("s001")])), [Steward("s000"), Steward("s002")])
    figures, table = [], []
    for count, crew in SIZES:
        found = one_size(count, crew)
        table.append((f"{count:,} / {crew}", found))
        large = (count, crew) == SIZES[-1]
        note = f"{len(SEEDS)} grounds, the worst; load {os.getloadavg()[0]:.1f}"
        within = f"within the tolerance in {sum(found['leaver within'])} of {len(found['leaver within'])}"

        def add(name, value, unit, target=None, note=note, size=f"{count}/{crew}", large=large):
            figures.append(Figure(f"{size}: {name}", value, unit, target if large else None, "lower", note))

        add("first cut, largest deviation", 100 * max(found["cut deviation"]), "%", 3.0)
        add("first cut", max(found["cut wall"]), "s", 2.0)
        add("first cut, CPU", max(found["cut CPU"]), "s CPU")
        add("first cut, pairs of neighbours divided", 100 * max(found["cut share"]), "%")
        add("first cut without extras, largest deviation", 100 * max(found["plain deviation"]), "%")
        add("first cut without extras, CPU", max(found["plain CPU"]), "s CPU")
        add("peer: greedy growth, largest deviation", 100 * max(found["greedy deviation"]), "%")
        kept = f"{note}; within 5 % in {sum(found['drift within'])} of {len(SEEDS)}"
        add("drift of a tenth, blocks moved", 100 * max(found["drift moved"]), "%", 0.5, kept)
        add("drift of a tenth", max(found["drift wall"]), "s", 3.0)
        add("drift of a tenth, CPU", max(found["drift CPU"]), "s CPU")
        add("drift without extras, blocks moved", 100 * max(found["drift plain"]), "%")
        add("peer: fresh METIS with Hungarian names, blocks moved", 100 * max(found["drift fresh"]), "%")
        each = f"{len(found['leaver moved'])} leavers of {len(SEEDS)} grounds, {within}; load {os.getloadavg()[0]:.1f}"
        add("leaver, moved against had, median", median(found["leaver moved"]), "times", 1.5, each)
        add("leaver, moved against had, worst", max(found["leaver moved"]), "times", 1.5, each)
        add("leaver with a tolerance of 5 %, moved against had, worst", max(found["leaver strict"]), "times")
        add("leaver", max(found["leaver wall"]), "s", 10.0, each)
        add("leaver, CPU", max(found["leaver CPU"]), "s CPU", None, each)
        add("joiner, moved against an even share", max(found["joiner moved"]), "times")
        add("joiner, CPU", max(found["joiner CPU"]), "s CPU")
        add("polygons read", max(found["read"]), "s CPU")
    _write(table)
    return figures


def _write(table: list[tuple[str, dict[str, list[float]]]]) -> None:
    """Put the table between its marks."""
    titles = (
        "Blocks / stewards", "First cut: largest deviation, CPU", "Without extras", "Greedy growth",
        "Drift: blocks moved, CPU", "Without extras", "Fresh METIS", "Leaver: median, worst, CPU", "At 5 %", "Joiner, CPU",
    )  # fmt: skip
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for size, found in table:
        cells = [
            size,
            f"{max(found['cut deviation']):.1%}, {max(found['cut CPU']):.2f} s",
            f"{max(found['plain deviation']):.1%}, {max(found['plain CPU']):.2f} s",
            f"{max(found['greedy deviation']):.0%}",
            f"{max(found['drift moved']):.2%}, {max(found['drift CPU']):.1f} s",
            f"{max(found['drift plain']):.2%}",
            f"{max(found['drift fresh']):.0%}",
            f"{median(found['leaver moved']):.2f}, {max(found['leaver moved']):.2f}, {max(found['leaver CPU']):.1f} s",
            f"{max(found['leaver strict']):.2f}",
            f"{max(found['joiner moved']):.2f}, {max(found['joiner CPU']):.1f} s",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _mark, rest = text.partition(BEGIN)
    _old, _mark, tail = rest.partition(END)
    DOCUMENT.write_text(f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{tail}", encoding="utf-8")
