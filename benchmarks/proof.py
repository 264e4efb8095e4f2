"""How long a result bundle takes to make, to verify and to count a second time; and what passes when spoilt."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.proof.conftest import RULES, Writer

from benchmarks.report import Figure
from unionhall.engines import proof
from unionhall.engines.proof import second_count, tampering

SAMPLE = 1000


def final(jurors: int) -> Writer:
    """A whole final of 22 speeches before so many jurors."""
    writer = Writer(rules={**RULES, "prizes": [{"code": "FIRST", "name": "一等奖", "quota": 3}]})
    writer.begin(entries=22, jurors=(9, jurors - 9))
    for entry in writer.entries:
        writer.speech(entry)
    writer.finish()
    return writer


def timed(work) -> tuple[float, object]:
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def run() -> list[Figure]:
    """22 speeches by 21 and by 10,000 jurors, and 10,000 spoilt bundles."""
    return [*_small(), *_large(), *_spoilt()]


def _small() -> list[Figure]:
    writer = final(21)
    commitments = [leaf.commitment for leaf in writer.leaves]

    def all_proofs() -> None:
        tree = proof.Tree(proof.leaf_hash(one) for one in commitments)
        for place in range(len(commitments)):
            tree.proof(place)

    def written() -> bytes:
        return writer.bundle()

    tree = sorted(timed(all_proofs)[0] for _ in range(5))[2]
    making, data = timed(written)
    proof.verify(data)
    checking = sorted(timed(lambda: proof.verify(data))[0] for _ in range(5))[2]
    note = f"{len(writer.leaves)} leaves, {len(data)} bytes, median of five"
    return [
        Figure(
            "22 x 21: tree, all proofs, verification with all receipts",
            tree + checking,
            "s",
            0.3,
            "lower",
            note,
        ),
        Figure("22 x 21: tree and all proofs alone", tree, "s", None, "lower"),
        Figure("22 x 21: writing the bundle", making, "s", None, "lower"),
        Figure(
            "22 x 21: second count, a process of its own",
            _second(data),
            "s",
            None,
            "lower",
            "20 receipts by openssl",
        ),
    ]


def _large() -> list[Figure]:
    writer = final(10_000)
    commitments = [leaf.commitment for leaf in writer.leaves]
    tree, _root = timed(lambda: proof.tree_root(proof.leaf_hash(one) for one in commitments))
    making, data = timed(writer.bundle)
    checking, verdict = timed(lambda: proof.verify(data, receipts=SAMPLE))
    assert verdict.problem is None
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{len(writer.leaves)} leaves, {len(data) / 1e6:.0f} MB, {SAMPLE} receipts by lot"
    return [
        Figure("22 x 10,000: tree and verification", tree + checking, "s", 20, "lower", note),
        Figure("22 x 10,000: tree alone", tree, "s", None, "lower"),
        Figure("22 x 10,000: writing the bundle", making, "s", None, "lower", "receipts are signed before"),
        Figure("22 x 10,000: second count, a process of its own", _second(data), "s", None, "lower"),
        Figure("22 x 10,000: memory at most", memory, "MB", None, "lower", "generator included"),
    ]


def _second(data: bytes) -> float:
    with tempfile.NamedTemporaryFile(suffix=".bundle") as file:
        Path(file.name).write_bytes(data)
        command = [sys.executable, "-I", second_count.__file__, file.name]
        seconds, _done = timed(lambda: subprocess.run(command, check=True, capture_output=True))
    return seconds


def _spoilt() -> list[Figure]:
    data = Writer().whole().bundle()
    seconds, counts = timed(lambda: tampering.campaign(data, 10_000, 1))
    tried = sum(one for one, _accepted in counts.values())
    accepted = sum(one for _tried, one in counts.values())
    note = f"{tried} tried in {seconds:.0f} s, {len(counts)} ways"
    return [Figure("spoilt bundles accepted", accepted, "bundles", 0, "lower", note)]
