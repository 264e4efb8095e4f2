"""`python -m unionhall.engines.scoring`: the engine's commands alone."""

from __future__ import annotations

import argparse
import sys

from unionhall.engines.scoring.cli import add_commands

parser = argparse.ArgumentParser(prog="python -m unionhall.engines.scoring")
add_commands(parser.add_subparsers(required=True))
arguments = parser.parse_args()
sys.exit(arguments.run(arguments))
