"""`unionhall verify` and `cosign`: check a result bundle, or witness it, without a server or database."""

from __future__ import annotations

import argparse
import json
import sys
import time
from getpass import getpass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from unionhall.engines.proof import notes, tampering
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.report import page, roots_table, sentence
from unionhall.engines.proof.verify import verify
from unionhall.engines.proof.witness import read_cosignature, witness_file


def add_commands(commands: Any) -> None:
    """Add `verify`, `cosign` and `tamper` to an argparse subparsers object."""
    check = commands.add_parser("verify", help="check a result bundle; exit code 0 only when all of it holds")
    check.add_argument("bundle", help="the bundle, or - for standard input")
    check.add_argument("--key", default="", help="the line name+id+key that the printed rules give")
    check.add_argument("--stage", default="", help="the stage whose bundle it must be")
    check.add_argument(
        "--witness", action="append", default=[], help="the line name+id+key of who must have cosigned it"
    )
    check.add_argument("--receipts", type=int, help="check the signatures of so many receipts, drawn by lot")
    check.add_argument("--roots", action="store_true", help="list every root, as screens showed them")
    check.add_argument("--json", action="store_true", help="one line, one object")
    check.set_defaults(run=run_verify)
    witness = commands.add_parser(
        "cosign", help="check a bundle and sign its last root as a witness, with a key of your own"
    )
    witness.add_argument("bundle")
    witness.add_argument("--key", required=True, help="your Ed25519 key (PEM, as openssl genpkey makes it)")
    witness.add_argument(
        "--name", required=True, help="your name, without blanks: notary.example or 江城公证处"
    )
    witness.add_argument("--log", required=True, help="the line name+id+key that the printed rules give")
    witness.add_argument("--former", default="", help="the file that you last made for this log")
    witness.add_argument("--out", default="", help="the file to make; BUNDLE.cosignature if not given")
    witness.set_defaults(run=run_cosign)
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
        witnesses = [notes.read_vkey(one) for one in arguments.witness]
    except ProofError as problem:
        sys.stderr.write(f"--key or --witness: {sentence(problem)}\n")
        return 2
    verdict = verify(data, key=key, stage=arguments.stage, witnesses=witnesses, receipts=arguments.receipts)
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


def run_cosign(arguments: argparse.Namespace) -> int:
    """Exit code 0: the file is made; 1: the bundle does not hold; 2: something to sign with is missing."""
    data = _read(arguments.bundle)
    pem = _read(arguments.key)
    told = _read(arguments.former) if arguments.former else b""
    if data is None or pem is None or told is None:
        return 2
    try:
        key = _private_key(pem)
        verdict = verify(data, key=notes.read_vkey(arguments.log))
        if not verdict.holds:
            sys.stdout.write(page(verdict, pinned=True) + "\nNothing was signed.\n")
            return 1
        former = read_cosignature(told.decode()) if told else None
        text = witness_file(verdict, arguments.name, key, int(time.time()), former)
    except ProofError as problem:
        sys.stderr.write(f"{sentence(problem)} Nothing was signed.\n")
        return 1 if problem.code == "WITNESS_FORMER" else 2
    except (ValueError, TypeError) as error:
        sys.stderr.write(
            f"{arguments.key} is no Ed25519 key that can be opened ({error}). Nothing was signed.\n"
        )
        return 2
    out = Path(arguments.out or f"{arguments.bundle}.cosignature")
    out.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(page(verdict, pinned=True))
    sys.stdout.write(f"\nSigned as {text.partition(chr(10))[0]}\nGive {out} to the house.\n")
    return 0


def _private_key(pem: bytes) -> Ed25519PrivateKey:
    """The witness's key; one under a password asks for it. Raises ValueError or TypeError."""
    locked = b"ENCRYPTED" in pem
    key = load_pem_private_key(pem, getpass("Password of the key: ").encode() if locked else None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(type(key).__name__)
    return key


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
        sys.stdout.write(f"{way:<32} {tried:>6} tried, {passed} accepted\n")
        accepted += passed
    return 1 if accepted else 0
