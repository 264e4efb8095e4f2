"""Pairs of invented registers with the truth, an evaluator, and the peers: docs/reference/linkage-benchmark.md."""
