"""Results that a stranger can check: a committed log, signed roots, receipts, and one file with all of it.

verdict = verify(Path("final.bundle").read_bytes())
verdict.holds, verdict.counted, verdict.log.result
"""

from unionhall.engines.proof.bundle import (
    BALLOTS,
    FORMAT,
    JUROR,
    PUBLIC,
    SCRUTINEER,
    TOTALS,
    Bundle,
    Leaf,
    disclosed,
    may_see,
    origin_of,
    read_bundle,
    write_bundle,
)
from unionhall.engines.proof.canonical import canonical, parse
from unionhall.engines.proof.events import PRIVATE, SHEETS, commitment, committed, event
from unionhall.engines.proof.log import Log
from unionhall.engines.proof.merkle import Frontier, Tree, inclusion_proof, leaf_hash, tree_root
from unionhall.engines.proof.notes import (
    Checkpoint,
    PublicKey,
    Receipt,
    Signer,
    read_receipt,
    read_vkey,
    signers,
)
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.receipts import LogProof, read_proof, verify_proof, verify_receipt
from unionhall.engines.proof.recount import recount, result_lines
from unionhall.engines.proof.replay import replay
from unionhall.engines.proof.report import LEVELS, NAMES, grouped, page, sentence, time_of
from unionhall.engines.proof.second import second_result, second_script
from unionhall.engines.proof.verify import CHECKS, Cosigned, Verdict, verify
from unionhall.engines.proof.witness import Cosignature, read_cosignature, witness_file, witness_key

__all__ = [
    "BALLOTS",
    "CHECKS",
    "FORMAT",
    "JUROR",
    "LEVELS",
    "NAMES",
    "PRIVATE",
    "PUBLIC",
    "SCRUTINEER",
    "SHEETS",
    "TOTALS",
    "Bundle",
    "Checkpoint",
    "Cosignature",
    "Cosigned",
    "Frontier",
    "Leaf",
    "Log",
    "LogProof",
    "ProofError",
    "PublicKey",
    "Receipt",
    "Signer",
    "Tree",
    "Verdict",
    "canonical",
    "commitment",
    "committed",
    "disclosed",
    "event",
    "grouped",
    "inclusion_proof",
    "leaf_hash",
    "may_see",
    "origin_of",
    "page",
    "parse",
    "read_bundle",
    "read_cosignature",
    "read_proof",
    "read_receipt",
    "read_vkey",
    "recount",
    "replay",
    "result_lines",
    "second_result",
    "second_script",
    "sentence",
    "signers",
    "time_of",
    "tree_root",
    "verify",
    "verify_proof",
    "verify_receipt",
    "witness_file",
    "witness_key",
    "write_bundle",
]
