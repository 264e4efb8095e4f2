"""Figures as measured: `make bench` prints them and writes benchmarks/results/<name>.json."""
