"""`unionhall verify`: check a result bundle without a server or database."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from unionhall.engines.proof import notes, tampering
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.report import page, roots_table, sentence
from unionhall.engines.proof.verify import verify


def add_commands(commands: Any) -> None:
    """Add `verify` and `tamper` to an argparse subparsers object."""
    check = commands.add_parser("verify", help="check a result bundle; exit code 0 only when all of it holds")
    check.add_argument("bundle", help="the bundle, or - for standard input")
    check.add_argument("--key", default="", help="the line name+id+key that the printed rules give")
    check.add_argument("--stage", default="", help="the stage whose bundle it must be")
    check.add_argument("--receipts", type=int, help="check the signatures of so many receipts, drawn by lot")
    check.add_argument("--roots", action="store_true", help="list every root, as screens showed them")
    check.add_argument("--json", action="store_true", help="one line, one object")
    check.set_defaults(run=run_verify)
    tamper = commands.add_parser(
        "tamper", help="spoil a bundle in many ways; exit code 0 when none is accepted"
    )
    tamper.add_argument("bundle")
    tamper.add_argument("--runs", type=int, default=10_000)
    tamper.add_argument("--seed", type=int, default=1)
    tamper.set_defaults(run=run_tamper)


def _read(name: str) -> bytes | None:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        sys.stderr.write(f"{name} cannot be read ({error.strerror}). Nothing was checked.\n")
        return None


def run_verify(arguments: argparse.Namespace) -> int:
    """Exit code 0: it holds; 1: it does not; 2: it could not be checked."""
    data = _read(arguments.bundle)
    if data is None:
        return 2
    try:
        key = notes.read_vkey(arguments.key) if arguments.key else None
    except ProofError as problem:
        sys.stderr.write(f"--key: {sentence(problem)}\n")
        return 2
    verdict = verify(data, key=key, stage=arguments.stage, receipts=arguments.receipts)
    if arguments.json:
        told = {
            "holds": verdict.holds,
            "counted": verdict.counted,
            "checks": verdict.checks,
            "problem": verdict.problem.code if verdict.problem else None,
            "sentence": sentence(verdict.problem) if verdict.problem else None,
            "result": verdict.log.result if verdict.holds and verdict.log else None,
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(page(verdict, pinned=key is not None))
        if arguments.roots:
            sys.stdout.write("\n" + roots_table(verdict))
    return 0 if verdict.holds else 1


def run_tamper(arguments: argparse.Namespace) -> int:
    """Exit code 0 when the bundle holds and none of its spoilt copies does."""
    data = _read(arguments.bundle)
    if data is None:
        return 2
    if not (verdict := verify(data)).holds:
        sys.stdout.write(page(verdict, pinned=False))
        return 2
    accepted = 0
    for way, (tried, passed) in tampering.campaign(data, arguments.runs, arguments.seed).items():
        sys.stdout.write(f"{way:<28} {tried:>6} tried, {passed} accepted\n")
        accepted += passed
    return 1 if accepted else 0
