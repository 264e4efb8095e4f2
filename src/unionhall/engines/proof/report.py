"""A verdict on paper: one page that a scrutineer can read, and a sentence for every problem."""

from __future__ import annotations

from unionhall.engines.proof.bundle import JUROR, PUBLIC, SCRUTINEER
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.verify import CHECKS, Verdict

SENTENCES = {
    "CHECKPOINTS_COUNT": "{checkpoints} checkpoints do not stand after the {closings} closings.",
    "CHECKPOINT_FORM": "A checkpoint is not written as C2SP's tlog-checkpoint asks.",
    "CHECKPOINT_ORDER": "The checkpoints are not of one log in growing order.",
    "HALF_CHARACTER": "At {path} stands half a character.",
    "KEY_FORM": "A key is not written as name+id+key.",
    "KIND_UNKNOWN": "At {path} stands an event of the unknown kind {kind}.",
    "LEAF_CLOSED": "Leaf {leaf} is closed, but this copy says that everything is opened.",
    "LEAF_OPENED": "Leaf {leaf} is opened beyond what this copy says of itself.",
    "LEAVES_UNSIGNED": "The bundle has {leaves} leaves, but only {signed} are signed.",
    "LEAVES_WITHHELD": "{closed} leaves are closed, {stated} should be: something is withheld.",
    "LEVEL": "A juror's copy names its juror, and no other copy does.",
    "NAME_TWICE": "The name {name} stands twice in one object.",
    "NOTE_FORM": "A signed note is not written as C2SP asks.",
    "NOT_AN_INTEGER": "At {path} stands a number that is no integer: {value}.",
    "NOT_CANONICAL": "These are not the canonical bytes; they differ at byte {byte}.",
    "NOT_INCLUDED": "The proof does not lead from leaf {index} to the signed root.",
    "NOT_JSON": "This is not JSON, at line {line}, column {column} ({why}); is the file cut off?",
    "NOT_NFC": "The text at {path} is not in Unicode's normal form NFC.",
    "NOT_PUBLISHED": "The log does not end with a publication, so there is no official result in it.",
    "NOT_SIGNED": "The key {name} has not signed.",
    "NOT_UTF8": "The file is not UTF-8, from byte {byte} on.",
    "OTHER_KEY": "The bundle is signed by the key {found}, not by {expected}.",
    "OTHER_ORIGIN": "This is of {found}, not of {expected}.",
    "OTHER_STAGE": "This is a bundle of the stage {found}, not of {expected}.",
    "OUT_OF_PLACE": "Leaf {leaf} ({kind}) cannot stand where it stands: {why}.",
    "PROOF_FORM": "The proof is not written as C2SP's tlog-proof asks.",
    "RECEIPT_FORM": "A receipt is not written as it must be.",
    "RECEIPTS_COUNT": "There are {receipts} receipts for {ballots} ballots.",
    "RECEIPT_OTHER": "The receipt is of another ballot: number {number}.",
    "RESULT_DIFFERS": "Counted anew, the result of leaf {leaf} differs: {where}.",
    "ROOT": "The root of checkpoint {checkpoint} is not that of the first {size} leaves.",
    "RULEBOOK": "The rule book of leaf {leaf} has no sense: {why}.",
    "RULES_MISSING": "The log does not begin with the rules.",
    "SHAPE": "At {path}: {why}.",
    "SIGNATURE": "The signature of {name} does not hold.",
    "SIGNER_UNKNOWN": "A signature is by {name}, whose key is not named.",
    "TOO_DEEP": "The file is nested too deeply.",
    "TOO_LARGE": "At {path} stands a number beyond 2^53.",
}

NAMES = {
    "FORM": "the file is a bundle, in its canonical bytes",
    "KEY": "it is signed by the expected key",
    "TREE": "every leaf stands under every signed root",
    "DISCLOSURE": "nothing is opened or closed beyond its level",
    "ORDER": "every event could happen where it stands",
    "RESULT": "every total and prize follows from the ballots",
    "RECEIPTS": "every receipt fits its ballot",
}

LEVELS = {
    SCRUTINEER: "the scrutineer's copy: everything is opened",
    JUROR: "a juror's copy: the own sheets are opened",
    PUBLIC: "the public copy",
}


def sentence(problem: ProofError) -> str:
    """What is wrong and where, in English."""
    place = next((f" (checkpoint {v})" for k, v in problem.data.items() if k == "checkpoint"), "")
    place = next((f" (receipt {v})" for k, v in problem.data.items() if k == "receipt"), place)
    said = SENTENCES[problem.code].format(**problem.data)
    return said if "{checkpoint}" in SENTENCES[problem.code] else said.removesuffix(".") + place + "."


def page(verdict: Verdict, *, pinned: bool) -> str:
    """The verdict as plain text. ``pinned`` says that the key was given by whoever checks."""
    lines = ["IT HOLDS." if verdict.holds else "IT DOES NOT HOLD.", ""]
    bundle, log = verdict.bundle, verdict.log
    if bundle and log:
        lines += [
            f"Contest    {log.contest}, {log.name} ({log.stage})",
            f"Copy       {LEVELS[bundle.disclosure]}",
            f"Key        {bundle.key.fingerprint}",
        ]
        if not pinned:
            lines.append("           compare it with the key in the printed rules, or give it with --key")
    if verdict.checkpoint:
        lines.append(f"Log        {verdict.checkpoint.size} leaves, root {verdict.checkpoint.root.hex()}")
    lines.append("")
    for check in CHECKS:
        if check in verdict.checks:
            lines.append(f"  [x] {NAMES[check]}")
        elif check == "RESULT" and verdict.holds:
            lines.append(
                "  [ ] not shown by this copy: its ballots are closed, so totals cannot be recounted"
            )
        elif not verdict.holds:
            lines.append(f"  [ ] {NAMES[check]}")
    if verdict.problem:
        lines += ["", sentence(verdict.problem)]
    elif log:
        lines += [
            "",
            f"{log.ballots} ballots opened, {log.closed_leaves} leaves closed, {verdict.receipts} receipts.",
            f"Revision {log.published}:",
            "",
            *_result(log.result, log.entries),
        ]
    return "\n".join(lines) + "\n"


def _result(result: list[dict[str, object]], entries: dict[str, dict[str, object]]) -> list[str]:
    lines = []
    for line in result:
        entry = entries[str(line["entry"])]
        rank = "—" if line["rank"] is None else str(line["rank"])
        lines.append(
            f"{rank:>4}  {line['composite'] or '—':>8}  {line['prize'] or '':<8}  "
            f"{entry['number']:>3} {entry['name']} 《{entry['title']}》"
        )
    return lines
