"""The engine and its peers over the same registers, each in a process of its own, judged by one evaluator."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.linkage.evaluate import evaluate
from benchmarks.linkage.generate import Made, generate
from benchmarks.report import Figure

ROWS, SEEDS = 1_500_000, "1,2,3"
# recordlinkage keeps all in memory, so it is shown on a part only.
INDICATIVE = 45_000
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "linkage-benchmark.md"
CALLED = {
    "engine": "unionhall link",
    "exact": "exact codes",
    "splink": "Splink, raw fields",
    "recordlinkage": f"recordlinkage ({INDICATIVE:,} rows, indicative)",
}
# The family of registers is valid only while its peers score within these bounds.
VALID = {"exact": (0.50, 0.56), "splink": (0.82, 0.87)}


@dataclass(frozen=True)
class Cost:
    """What a process and all that it started took."""

    cpu: float
    wall: float
    memory: float


def measured(command: list[str]) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it fails."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        peak: list[float] = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-4000:])
    # The kernel knows the largest process, the watcher their sum.
    own = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(usage.ru_utime + usage.ru_stime, wall, max(own, peak[0]) / 1e9)


def _watch(session: int, peak: list[float]) -> None:
    """Sum up the memory of a session's processes until there are none."""
    page = os.sysconf("SC_PAGE_SIZE")
    while Path("/proc").exists():
        whole, alive = 0, False
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session:
                alive = True
                whole += int(fields[21]) * page
        if not alive:
            return
        peak[0] = max(peak[0], whole)
        time.sleep(0.2)


def _command(runner: str, made: Made, links: Path) -> list[str] | None:
    """How a runner is called, or nothing with a word on why not."""
    a, b = map(str, made.registers.values())
    if runner == "engine":
        base = [sys.executable, "-m", "unionhall.site.cli", "link"]
        if subprocess.run([*base, "--help"], capture_output=True, check=False).returncode:
            print("  unionhall link is not part of this version: the engine is left out")
            return None
        return [*base, a, b, "-o", str(links)]
    if runner == "recordlinkage" and importlib.util.find_spec("recordlinkage") is None:
        print("  recordlinkage is not installed (uv sync --group peers): it is left out")
        return None
    return [sys.executable, "-m", "benchmarks.linkage.peers", runner, a, b, str(links)]


def race(rows: int, seeds: list[int], runners: list[str], folder: Path) -> dict[str, list[dict[str, Any]]]:
    """For each runner what it reached and took with each seed."""
    found: dict[str, list[dict[str, Any]]] = {}
    for seed in seeds:
        for size in (rows, INDICATIVE):
            them = [runner for runner in runners if (runner == "recordlinkage") == (size == INDICATIVE)]
            if not them:
                continue
            began = time.process_time()
            made = generate(folder / f"{size}-{seed}", rows=size, seed=seed)
            print(
                f"  {size:,} rows, seed {seed}: made in {time.process_time() - began:.0f} CPU s", flush=True
            )
            for runner in them:
                links = folder / f"{runner}-{seed}.parquet"
                command = _command(runner, made, links)
                if command:
                    cost = measured(command)
                    result = evaluate(links, made.truth)
                    found.setdefault(runner, []).append({"seed": seed, **asdict(cost), **result})
                    print(
                        f"    {CALLED[runner]:<40} F1 {result['pairs']['f1']:.4f}  {cost.cpu:.0f} CPU s",
                        flush=True,
                    )
                    links.unlink()
            for path in (*made.registers.values(), made.truth):
                path.unlink()
    return found


def run(rows: str = str(ROWS), seeds: str = SEEDS, runners: str = ",".join(CALLED)) -> list[Figure]:
    """All figures; the table of the page is written anew for the sizes that it shows."""
    with tempfile.TemporaryDirectory() as folder:
        found = race(int(rows), [int(seed) for seed in seeds.split(",")], runners.split(","), Path(folder))
    details = Path(__file__).parents[1] / "results" / f"linkage-details-{rows}.json"
    details.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _write_table(int(rows), found)
    return [figure for runner, them in found.items() for figure in _figures(runner, int(rows), them)]


def _figures(runner: str, rows: int, them: list[dict[str, Any]]) -> list[Figure]:
    """The median of the seeds, and from where to where they go."""
    goals = _GOALS if runner == "engine" else {}
    large = rows > 2_000_000
    figures = []
    for name, path, unit, better in _MEASURES:
        values = [_at(one, path) for one in them]
        spread = f"{len(values)} seeds from {min(values):.4g} to {max(values):.4g}"
        target = (_LARGE_GOALS if large else goals).get(path) if runner == "engine" else None
        if runner in VALID and path == ("pairs", "f1") and not large:
            low, high = VALID[runner]
            valid = all(low <= value <= high for value in values)
            spread += f"; the family is valid from {low} to {high}: {'yes' if valid else 'NO'}"
        figures.append(
            Figure(f"{CALLED[runner]}: {name}", statistics.median(values), unit, target, better, spread)
        )
    return figures


_MEASURES: list[tuple[str, tuple[str, ...], str, str]] = [
    ("precision", ("pairs", "precision"), "", "higher"),
    ("recall", ("pairs", "recall"), "", "higher"),
    ("F1", ("pairs", "f1"), "", "higher"),
    ("F1 without a usable identifier", ("no usable identifier", "f1"), "", "higher"),
    ("F1 of hard cases", ("hard cases", "f1"), "", "higher"),
    ("B-cubed F1", ("b-cubed", "f1"), "", "higher"),
    ("no-union list, precision", ("no-union list", "precision"), "", "higher"),
    ("no-union list, recall", ("no-union list", "recall"), "", "higher"),
    ("calibration, largest difference in a bin", ("calibration", "largest"), "points", "lower"),
    ("calibration, weighted difference", ("calibration", "weighted"), "points", "lower"),
    ("pairs left to review", ("reviews", "pairs"), "", "lower"),
    ("CPU time", ("cpu",), "s", "lower"),
    ("wall time", ("wall",), "s", "lower"),
    ("memory at its peak", ("memory",), "GB", "lower"),
]
_GOALS: dict[tuple[str, ...], float] = {
    ("pairs", "f1"): 0.985,
    ("no usable identifier", "f1"): 0.97,
    ("hard cases", "f1"): 0.95,
    ("no-union list", "precision"): 0.97,
    ("no-union list", "recall"): 0.99,
    ("calibration", "largest"): 3,
    ("cpu",): 90,
    ("memory",): 1.5,
}
_LARGE_GOALS: dict[tuple[str, ...], float] = {("wall",): 900, ("memory",): 4}


def _at(one: dict[str, Any], path: tuple[str, ...]) -> float:
    for step in path:
        one = one[step]
    return float(one)  # type: ignore[arg-type]


def _write_table(rows: int, found: dict[str, list[dict[str, Any]]]) -> None:
    """Put the medians between the page's marks for this size, if it has any."""
    page = PAGE.read_text("utf-8")
    start, end = f"<!-- {rows} rows -->", "<!-- end -->"
    if start not in page:
        return
    before, _mark, after = page.partition(start)
    columns = (
        "",
        "P",
        "R",
        "F1",
        "F1, no usable id",
        "F1, hard",
        "B³",
        "list P / R",
        "cal.",
        "CPU s",
        "wall s",
        "GB",
    )
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for runner, them in found.items():
        value = {
            path: statistics.median(_at(one, path) for one in them)
            for _name, path, _unit, _better in _MEASURES
        }
        shares = [value[path] for path in (("pairs", "precision"), ("pairs", "recall"), ("pairs", "f1"),
                  ("no usable identifier", "f1"), ("hard cases", "f1"), ("b-cubed", "f1"))]  # fmt: skip
        lists = " / ".join(f"{value['no-union list', one]:.3f}" for one in ("precision", "recall"))
        costs = f"{value['calibration', 'largest']:.1f} | {value[('cpu',)]:.0f} | {value[('wall',)]:.0f} | {value[('memory',)]:.1f}"
        lines.append(
            f"| {CALLED[runner]} | {' | '.join(f'{share:.3f}' for share in shares)} | {lists} | {costs} |"
        )
    seeds = ", ".join(str(one["seed"]) for one in next(iter(found.values()), []))
    lines.append(f"\nMedians over seeds {seeds}; load {os.getloadavg()[0]:.1f} while it ran.")
    rest = after.partition(end)[2]
    PAGE.write_text(f"{before}{start}\n\n" + "\n".join(lines) + f"\n\n{end}{rest}", "utf-8")
