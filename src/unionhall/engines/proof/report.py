"""A verdict on paper: one page that a scrutineer can read, and a sentence for every problem."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from unionhall.engines.proof.bundle import JUROR, PUBLIC, SCRUTINEER
from unionhall.engines.proof.log import Log
from unionhall.engines.proof.problems import ProofError
from unionhall.engines.proof.verify import CHECKS, Verdict


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext's tools find a text to be translated
    """Mark a text for the catalogue."""
    return text


SENTENCES = {
    "CHECKPOINTS_COUNT": N_("{checkpoints} checkpoints do not stand after the {closings} closings."),
    "CHECKPOINT_FORM": N_("A checkpoint is not written as C2SP's tlog-checkpoint asks."),
    "CHECKPOINT_ORDER": N_("The checkpoints are not of one log in growing order."),
    "HALF_CHARACTER": N_("At {path} stands half a character."),
    "JUROR_UNKNOWN": N_("The juror {juror}, whose copy this is, sits in no jury."),
    "KEY_FORM": N_("A key is not written as name+id+key."),
    "KIND_UNKNOWN": N_("At {path} stands an event of the unknown kind {kind}."),
    "LEAF_CLOSED": N_("Leaf {leaf} is closed, but this copy says that everything is opened."),
    "LEAF_OPENED": N_("Leaf {leaf} is opened beyond what this copy says of itself."),
    "LEAVES_UNSIGNED": N_("The bundle has {leaves} leaves, but only {signed} are signed."),
    "LEAVES_WITHHELD": N_("{closed} leaves are closed, {stated} should be: something is withheld."),
    "LEVEL": N_("A juror's copy names its juror, and no other copy does."),
    "NAME_TWICE": N_("The name {name} stands twice in one object."),
    "NOTE_FORM": N_("A signed note is not written as C2SP asks."),
    "NOT_AN_INTEGER": N_("At {path} stands a number that is no integer: {value}."),
    "NOT_CANONICAL": N_("These are not the canonical bytes; they differ at byte {byte}."),
    "NOT_INCLUDED": N_("The proof does not lead from leaf {index} to the signed root."),
    "NOT_JSON": N_("This is not JSON, at line {line}, column {column}; is the file cut off?"),
    "NOT_NFC": N_("The text at {path} is not in Unicode's normal form NFC."),
    "NOT_PUBLISHED": N_("The log does not end with a publication, so there is no official result in it."),
    "NOT_SIGNED": N_("The key {name} has not signed."),
    "NOT_UTF8": N_("The file is not UTF-8, from byte {byte} on."),
    "OTHER_KEY": N_("The bundle is signed by the key {found}, not by {expected}."),
    "OTHER_ORIGIN": N_("This is of {found}, not of {expected}."),
    "OTHER_STAGE": N_("This is a bundle of the stage {found}, not of {expected}."),
    "OUT_OF_PLACE": N_("Leaf {leaf} ({kind}) cannot stand where it stands: {why}."),
    "PROOF_FORM": N_("The proof is not written as C2SP's tlog-proof asks."),
    "RECEIPT_FORM": N_("A receipt is not written as it must be."),
    "RECEIPTS_COUNT": N_("There are {receipts} receipts for {ballots} ballots."),
    "RECEIPT_OTHER": N_("The receipt is of another ballot: number {number}."),
    "RESULT_DIFFERS": N_("Counted anew, the result of leaf {leaf} differs: {where}."),
    "ROOT": N_("The root of checkpoint {checkpoint} is not that of the first {size} leaves."),
    "RULEBOOK": N_("The rule book of leaf {leaf} has no sense: {why}."),
    "RULES_MISSING": N_("The log does not begin with the rules."),
    "SHAPE": N_("At {path}: {why}."),
    "SIGNATURE": N_("The signature of {name} does not hold."),
    "SIGNER_UNKNOWN": N_("A signature is by {name}, whose key is not named."),
    "TOO_DEEP": N_("The file is nested too deeply."),
    "TOO_LARGE": N_("At {path} stands a number beyond 2^53."),
    "WITNESS_FORM": N_("This is not a witness's file: its key, the checkpoint and its signature."),
    "WITNESS_FORMER": N_("The root over {size} leaves is not the one that the witness signed before."),
    "WITNESS_MISSING": N_("The witness {name} has not cosigned the last root."),
    "WITNESS_SILENT": N_("The witness {name} is named, but has cosigned no root."),
}

NAMES = {
    "FORM": N_("the file is a bundle, in its canonical bytes"),
    "KEY": N_("it is signed by the expected key"),
    "TREE": N_("every leaf stands under every signed root"),
    "DISCLOSURE": N_("nothing is opened or closed beyond its level"),
    "ORDER": N_("every event could happen where it stands"),
    "RESULT": N_("every total and prize follows from the ballots"),
    "RECEIPTS": N_("every receipt fits its ballot"),
}

LEVELS = {
    SCRUTINEER: N_("the scrutineer's copy: everything is opened"),
    JUROR: N_("a juror's copy: the own sheets are opened"),
    PUBLIC: N_("the public copy"),
}


PLACES = {
    "checkpoint": N_("This is at checkpoint {checkpoint}."),
    "receipt": N_("This is at receipt {receipt}."),
}


def sentence(problem: ProofError, say: Callable[[str], str] = str) -> str:
    """What is wrong and where, in English or as ``say`` translates it."""
    main = say(SENTENCES[problem.code])
    places = [name for name in PLACES if name in problem.data and f"{{{name}}}" not in main]
    return " ".join([main, *(say(PLACES[name]) for name in places)]).format(**problem.data)


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
    if verdict.checkpoint:
        lines.append(f"Log        {verdict.checkpoint.size} leaves, root {grouped(verdict.checkpoint.root)}")
    lines += [
        f"Witness    {one.witness.name}, {one.size} leaves, {time_of(one.seconds)}, {one.witness.fingerprint}"
        for one in verdict.cosigned
    ]
    lines.append("")
    for check in CHECKS:
        if check == "KEY" and verdict.bundle and not pinned:
            lines.append("  [ ] its key was compared with none: give the printed one with --key")
        elif check in verdict.checks:
            lines.append(f"  [x] {NAMES[check]}")
        elif check == "RESULT" and verdict.holds:
            lines.append(
                "  [ ] not shown by this copy: what counts is closed in it, so totals cannot be recounted"
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
            *_result(log),
        ]
    return "\n".join(lines) + "\n"


def roots_table(verdict: Verdict) -> str:
    """All roots, to be compared with what was photographed in the hall."""
    return "".join(f"{root.size:>7}  {grouped(root.root)}\n" for root in verdict.roots)


def time_of(seconds: int) -> str:
    """A witness's time in UTC; one beyond the calendar is shown as it stands."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"


def grouped(digest: bytes) -> str:
    """A hash as screens and sheets show it, in groups that can be read out."""
    digits = digest.hex().upper()
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _result(log: Log) -> list[str]:
    names = {prize.code: prize.name for prize in log.rulebook.prizes} if log.rulebook else {}
    lines = []
    for line in log.result:
        entry, special = log.entries[line["entry"]], log.special.get(line["entry"])
        rank = "—" if line["rank"] is None else str(line["rank"])
        prizes = [names.get(line["prize"], line["prize"]), special["name"] if special else None]
        lines.append(
            f"{rank:>4}  {line['composite'] or '—':>8}  {'、'.join(filter(None, prizes)) or '—'}  "
            f"{entry['number']:>3} {entry['name']} 《{entry['title']}》"
        )
    return lines
