"""Pairs of invented registers with the truth, an evaluator, and the peers: docs/reference/linkage-benchmark.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.report import Figure


def run(**options: str) -> list[Figure]:
    """The race: ``rows``, ``seeds`` and ``runners`` may be given."""
    from benchmarks.linkage.race import run as race

    return race(**options)
