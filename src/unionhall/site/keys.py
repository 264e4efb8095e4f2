"""`unionhall keys`: what the key ring holds, and a new key for what begins from now on."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add_commands(commands: Any) -> None:
    """Add `keys` to an argparse subparsers object."""
    keys = commands.add_parser("keys", help="list the keys of the key ring, or add one; needs no database")
    keys.add_argument(
        "--new", action="store_true", help="add a key that signs and encrypts from now on; the old ones stay"
    )
    keys.set_defaults(run=run_keys)


def run_keys(arguments: argparse.Namespace) -> int:
    """List ids, purposes and fingerprints, the oldest first; no secret is shown."""
    import django

    django.setup()
    from unionhall.apps.contests import queries
    from unionhall.kernel import keyring

    if arguments.new:
        sys.stdout.write(
            f"Key {keyring.add_key()} was added. Stages that are frozen from now on are signed with it;\n"
            "what is under way keeps its key. Back the key ring up now, apart from the database, and\n"
            "print the new line in the rules.\n\n"
        )
    sys.stdout.write(f"{keyring.location()}\n")
    for key, purposes in keyring.held().items():
        sys.stdout.write(f"{key:>4}  {' '.join(purposes)}\n")
        if "sign" in purposes:
            public = queries.log.signer_of(key).public
            sys.stdout.write(f"      {public.fingerprint}\n      {public.vkey}\n")
    return 0
