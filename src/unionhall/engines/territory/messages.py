"""Problems, warnings and explanations in plain English, for the command line."""

from __future__ import annotations

from unionhall.engines.territory.explaining import Explanation
from unionhall.engines.territory.plan import Plan
from unionhall.engines.territory.problems import Problem

WORDS = {
    "BEYOND_TOLERANCE": "steward {steward} has {load:,.6g}, {deviation:+.1%} against an even share of {share:,.6g}",
    "BLOCKS_OVERLAP": "block {block} and block {other} overlap by {part:.0%}; one of the two is drawn wrong",
    "BLOCK_TWICE": "block {block} stands there more than once; keep one row of it",
    "BLOCK_WITHOUT_ID": "a block has no id; give it one",
    "CAPACITY_NOT_A_NUMBER": "steward {steward}: the capacity “{typed}” is no number",
    "CAPACITY_NOT_POSITIVE": "steward {steward}: capacity and limit must be above 0, not {capacity}; whoever gets no ground is left out, or has the state LEAVING",
    "COLUMN_MISSING": "{file} has no column “{column}”; its columns are {found}",
    "FILE_UNREADABLE": "{file} cannot be read: {why}",
    "GEOMETRY_KIND": "block {block} is a {kind}; a block is a Polygon or a MultiPolygon",
    "GEOMETRY_MISSING": "block {block} has no polygon; draw it, or leave polygons away and use --neighbours",
    "HOME_UNKNOWN": "steward {steward}: the home {block} is no block",
    "ISLAND": "block {block} and what hangs on it ({blocks} blocks) touch no other ground, and there is less than half of an even share to do; name a pair of neighbours across (--neighbours), or use --allow-islands",
    "ISLAND_WITHOUT_STEWARD": "block {block} and what hangs on it ({blocks} blocks) touch no other ground, and no steward is left for them; name a pair of neighbours across (--neighbours), or add a steward whose home lies there",
    "LIMITS_SHORT": "all limits together are {limits:,.6g}, and there is {workload:,.6g} to be done; raise limits or add a steward",
    "LIMIT_EXCEEDED": "no plan was found that keeps steward {steward} within the limit {limit:,.6g} ({load:,.6g}); raise the limit, or unlock blocks",
    "LIMIT_NOT_A_NUMBER": "steward {steward}: the limit “{typed}” is no number",
    "LOCKED_UNCLEAR": "block {block}: “{typed}” is neither yes nor no",
    "LOCKS_APART": "block {block} is locked for steward {steward} and cannot be joined to the rest of that ground; unlock it, or name a pair of neighbours (--neighbours)",
    "LOCKS_LEAVE_NO_ROOM": "locked blocks leave no block for steward {steward}; unlock some",
    "LOCK_OF_LEAVER": "block {block} is locked for steward {steward}, who leaves; unlock it or lock it for another",
    "LOCK_UNKNOWN_STEWARD": "block {block} is locked for {steward}, who is not among the staff; add the steward or unlock the block",
    "LOCK_WITHOUT_STEWARD": "block {block} is locked for nobody; name its steward or unlock it",
    "LONG_ROW": "{file}: {cells} cells under {columns} headings; quote a cell that holds a comma",
    "MORE_STEWARDS_THAN_BLOCKS": "{stewards} stewards for {blocks} blocks; everybody needs at least one, so take stewards out or divide blocks",
    "NEIGHBOURS_MISSING": "{file} has no polygons, so a table of neighbours is needed: --neighbours PAIRS with the columns block and neighbour",
    "NEIGHBOUR_UNKNOWN": "the pair {block} – {other} names {block}, which is no block; correct the pair or take it out",
    "PAIR_HALF": "{file} names one block only; name both, or take the row out",
    "NOBODY_HOLDS": "no block lies with any of these stewards, so there is nothing to redraw; make a first cut",
    "NOT_GEOJSON": "{file} is no GeoJSON FeatureCollection",
    "NOT_TEXT": "{file} holds characters that are neither UTF-8 nor GB18030; mend that row, or save the file as CSV (UTF-8)",
    "NO_BLOCKS": "there are no blocks",
    "NO_MAP": "a plan as GeoJSON needs blocks with polygons; name it .csv",
    "NO_ROOM": "no block can be freed for steward {steward}; unlock some",
    "NO_ROWS": "{file} has no rows below its headings",
    "NO_STEWARDS": "nobody is left among whom the ground could be divided",
    "NO_WORKLOAD": "the workload of all blocks is 0; name another column (--workload)",
    "RING_MENDED": "block {block}: its outline was mended ({why}); look at it on the map",
    "SEPARATE_GROUND": "block {block} and what hangs on it ({blocks} blocks) touch no other ground and were divided by themselves among {stewards} stewards",
    "SHAPELY_MISSING": "polygons need shapely (pip install 'unionhall[territory]'); without it, use CSV and --neighbours",
    "STATE_UNKNOWN": "steward {steward}: the state “{state}” is neither ACTIVE (在岗) nor LEAVING (离岗)",
    "STEWARD_TWICE": "steward {steward} stands there more than once; keep one row",
    "STEWARD_WITHOUT_ID": "a steward has no id; give one",
    "WORKLOAD_MISSING": "block {block}: {column} is empty; write 0 where there is nothing to do",
    "WORKLOAD_NEGATIVE": "block {block}: the workload {workload} is no amount of work",
    "WORKLOAD_NOT_A_NUMBER": "block {block}: {column} “{typed}” is no number",
}  # fmt: skip

WHY = {
    "APART": "it lay apart from the rest of its steward's ground",
    "BALANCE": "the loads had become uneven",
    "DIVIDED_ANEW": "all the ground was divided anew",
    "JOINER": "who has it now had nothing",
    "LEAVER": "who had it leaves",
    "NEW": "nobody had it",
}

AGAINST = {
    "AS_GOOD": "it would be as good there",
    "GIVER_LIGHT": "{here} would have too little ({giver:+.1%})",
    "KEPT": "nothing speaks against it, but it would be one more block to change hands",
    "LOCKED": "it is locked",
    "LONGER_BORDER": "fewer of its neighbours lie there ({neighbours})",
    "TAKER_HEAVY": "{there} would have too much ({taker:+.1%})",
    "TORN": "the ground of {here} would fall apart",
}

METHODS = {
    "CP_SAT": "the solver looked for better ones",
    "GROWTH": "grown block by block",
    "METIS": "cut by METIS",
    "SHIFTS": "blocks handed on along chains",
}


def sentence(problem: Problem) -> str:
    """A problem with its row, where it has one."""
    row = f"row {problem.data['row']}: " if problem.data.get("row") else ""
    return row + WORDS[problem.code].format_map(problem.data)


def summary(plan: Plan) -> str:
    """What came out, in some lines."""
    report = plan.report
    how = ", ".join(METHODS[step] for step in report.made_by) or "as it was"
    best = {True: f"; none of {report.searched} plans is better", False: ""}[report.optimal]
    shape = "Polsby-Popper" if report.compactness_by == "POLSBY_POPPER" else "hops from the middle"
    whole = "every ground is in one piece" if report.contiguous else "A GROUND IS IN PIECES"
    moved = f"{report.moved_blocks_share:.1%}, {report.moved_workload_share:.1%} of the workload"
    even = f"(tolerance {report.tolerance:.0%}), variation {report.variation:.1%}"
    lines = [
        f"{len(plan.steward_of)} blocks, {len(plan.loads)} stewards: {how}{best}",
        f"largest deviation {report.max_deviation:.1%} {even}",
        f"{whole}; {report.cut_share:.1%} of neighbours are divided; compactness {report.compactness:.2f} ({shape})",
        f"{report.moved_blocks} blocks change hands ({moved}); {report.locks_kept} of {report.locks} locks kept",
    ]
    return "".join(f"{line}.\n" for line in lines)


def told(explanation: Explanation) -> str:
    """An explanation, in some lines."""
    load = explanation.load
    has = f"{load.blocks} blocks and {load.load:,.6g} ({load.deviation:+.1%})"
    lines = [
        f"Block {explanation.block} (workload {explanation.workload:,.6g}) lies with {load.steward}, who has {has}",
        f"{explanation.neighbours} of its neighbours lie with the same steward",
    ]
    if explanation.move:
        before = explanation.move.before or "nobody"
        lines.append(f"It was with {before}, and changes hands because {WHY[explanation.move.why]}")
    for other in explanation.alternatives:
        against = AGAINST[other.against].format(
            here=load.steward,
            there=other.steward,
            giver=other.giver_deviation,
            taker=other.taker_deviation,
            neighbours=other.neighbours,
        )
        lines.append(f"Not with {other.steward}: {against}")
    return "".join(f"{line}.\n" for line in lines)
