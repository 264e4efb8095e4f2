"""The `unionhall` command. Each part brings its own; what needs no database starts without Django."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from unionhall.engines.identifiers import cli as identifiers
from unionhall.engines.linkage import cli as linkage
from unionhall.engines.proof import cli as proof
from unionhall.engines.scoring import cli as scoring
from unionhall.engines.territory import cli as territory
from unionhall.site import begin, demo, keys, rehearse, serve, work


def add_commands(commands: Any) -> None:
    """Add what is Django's: `migrate`, and `manage` for all the rest."""
    migrate = commands.add_parser("migrate", help="bring the database up to this program")
    migrate.set_defaults(run=lambda _arguments: _django(["migrate"]))
    manage = commands.add_parser("manage", help="run a Django command")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    manage.set_defaults(run=lambda arguments: _django(arguments.arguments))


def _django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["unionhall", *arguments])
    return 0


def build_parser() -> argparse.ArgumentParser:
    """All commands."""
    parser = argparse.ArgumentParser(prog="unionhall", description="The platform of a union federation.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for part in (
        begin,
        demo,
        keys,
        serve,
        work,
        rehearse,
        scoring,
        proof,
        identifiers,
        linkage,
        territory,
        sys.modules[__name__],
    ):
        part.add_commands(commands)
    return parser


def main() -> None:
    """Run the command that was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unionhall.site.settings")
    arguments = build_parser().parse_args()
    sys.exit(arguments.run(arguments))


if __name__ == "__main__":
    main()
