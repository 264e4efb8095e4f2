"""A second count of a unionhall result bundle, by another program than the one that made it.

    python3 second_count.py BUNDLE [--key NAME+ID+KEY] [--witness NAME+ID+KEY] [--receipts N] [--count-only]
                            [--json]

One file, Python 3.9 or newer, standard library only; signatures are checked by `openssl` (1.1.1 or newer).
Written from docs/reference/bundle.md and docs/reference/rulebook.md alone: it shares no line with unionhall.
Exit code 0: all of it holds. 1: something does not. 2: it could not be checked.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import unicodedata
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from random import SystemRandom

LARGEST = 2**53 - 1
SEALING = ("freeze", "closing", "end", "review", "publication")
SHEETS = ("ballot", "refusal")
INNER = ("excusal", "excusal-lifted", "correction", "late-points", "juror-withdrawn")
# An Ed25519 public key in DER is these bytes and the 32 of the key.
DER = bytes.fromhex("302a300506032b6570032100")
LOG, WITNESS = b"\x01", b"\x04"


class Wrong(Exception):
    """The bundle does not hold; the text says where."""


def must(holds, text):
    if not holds:
        raise Wrong(text)


# Reading: only the canonical bytes (RFC 8785) are a bundle.


def pairs_once(pairs):
    names = [name for name, _ in pairs]
    must(len(names) == len(set(names)), f"a name stands twice among {names}")
    return dict(pairs)


def not_whole(text):
    raise Wrong(f"{text} is no integer")


def ordered(value):
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {ordered(name): ordered(value[name]) for name in names}
    if isinstance(value, list):
        return [ordered(one) for one in value]
    if isinstance(value, str):
        must(unicodedata.is_normalized("NFC", value), f"{value!r} is not in the normal form NFC")
        return value
    must(not isinstance(value, int) or abs(value) <= LARGEST, f"{value} is beyond 2^53")
    return value


def canonical(value):
    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def read(data):
    try:
        bundle = json.loads(
            data.decode(), object_pairs_hook=pairs_once, parse_float=not_whole, parse_constant=not_whole
        )
    except ValueError as error:
        raise Wrong(f"this is not JSON in UTF-8: {error}") from None
    must(canonical(bundle) == data, "these are not the canonical bytes")
    must(isinstance(bundle, dict) and bundle.get("format") == "unionhall-bundle/1", "this is no bundle")
    must(set(bundle) == set(FILE.split()), f"the file has other names than {FILE}")
    for place, leaf in enumerate(bundle["leaves"]):
        must_be_shaped(leaf, f"leaf {place}")
    return bundle


# All names of the file and of each kind of event: what stands beside them is signed by nobody.
FILE = "format disclosure juror key witnesses leaves checkpoints receipts"
FIELDS = {
    "rules": "stage contest name rulebook",
    "entries": "entries",
    "jury": "jury jurors",
    "freeze": "",
    "withdrawal": "entry",
    "heard": "entry",
    "opening": "entry",
    "excusal": "entry juror why",
    "excusal-lifted": "entry juror",
    "ballot": "number entry juror revision scores source",
    "refusal": "entry juror scores source reason",
    "closing": "entry ballots",
    "time": "entry seconds",
    "points": "number entry type points",
    "points-withdrawn": "number",
    "late-points": "number reason proposed_by confirmed_by",
    "special": "entry name ground",
    "special-withdrawn": "entry",
    "correction": "number replaces reason proposed_by confirmed_by",
    "juror-withdrawn": "juror reason proposed_by confirmed_by",
    "end": "",
    "review": "revision result",
    "reopening": "revision proposed_by confirmed_by",
    "publication": "revision private",
}


def must_be_shaped(leaf, where):
    """A leaf is either opened or closed: an event beside a commitment would be read and never hashed."""
    must(set(leaf) in ({"event", "salt"}, {"commitment"}), f"{where} is neither opened nor closed")
    event = leaf.get("event")
    if event is not None:
        must(event["kind"] in FIELDS, f"{where}: the kind {event['kind']} is unknown")
        names = {"kind", "at", *FIELDS[event["kind"]].split()}
        must(set(event) == names, f"{where}: an event {event['kind']} has other fields")


# The tree: RFC 6962.


def leaf_hash(commitment):
    return hashlib.sha256(b"\x00" + commitment).digest()


class Tree:
    """A tree that grows: roots of its complete parts, each with its size."""

    def __init__(self):
        self.parts = []

    def add(self, node):
        size = 1
        while self.parts and self.parts[-1][0] == size:
            node = hashlib.sha256(b"\x01" + self.parts.pop()[1] + node).digest()
            size *= 2
        self.parts.append((size, node))

    def root(self):
        node = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node


def commitment_of(leaf):
    raw = exact(leaf["commitment" if "commitment" in leaf else "salt"])
    must(len(raw) == 32, "a commitment or a salt is not of 32 bytes")
    return raw if "commitment" in leaf else hashlib.sha256(raw + canonical(leaf["event"])).digest()


# Signatures: C2SP signed notes, checked by openssl.


def exact(coded):
    """The bytes of a text in base64, when it is the one way to write them."""
    raw = base64.b64decode(coded, validate=True)
    must(base64.b64encode(raw).decode() == coded, f"{coded} is not written as base64 should be")
    return raw


def read_key(line, kind, whose):
    name, key_id, coded = line.split("+", 2)
    raw = exact(coded)
    must(raw[:1] == kind and len(raw) == 33, f"a key is no Ed25519 key of {whose}")
    must(name and not any(one.isspace() for one in name), "a key's name is empty or has blanks")
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    must(found.hex() == key_id, f"the id of {name} is not that of its key")
    return name, found, raw[1:], kind


def signed_text(note, key, folder, witnesses=()):
    """(text, its witnesses) of a note that the key has signed; every line must be of a named key and hold."""
    text, gap, lines = note.rpartition("\n\n")
    must(gap and lines.endswith("\n"), "a note has no signatures")
    must(not any(one < " " and one != "\n" for one in note), "a note has control characters")
    text += "\n"
    known = {one[:2]: one for one in (*witnesses, key)}
    seen = []
    for line in lines[:-1].split("\n"):
        dash, who, coded = line.split(" ")
        signature = exact(coded)
        signer = known.get((who, signature[:4]))
        must(dash == "—" and signer, f"a signature is by {who}, whose key is not named")
        must(signer not in seen, f"{who} has signed twice")
        seen.append(signer)
        must(holds(signer, text.encode(), signature[4:], folder), f"a signature of {who} does not hold")
    must(key in seen, f"{key[0]} has not signed")
    return text, [one for one in seen if one != key]


def holds(signer, text, signature, folder):
    if signer[3] == WITNESS:
        # C2SP tlog-cosignature: eight bytes of time, the signature over the time and the checkpoint.
        seconds = int.from_bytes(signature[:8], "big")
        if seconds >= 2**63:
            return False
        text, signature = f"cosignature/v1\ntime {seconds}\n".encode() + text, signature[8:]
    (folder / "key").write_bytes(DER + signer[2])
    (folder / "text").write_bytes(text)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key"]
    command += ["-rawin", "-in", "text", "-sigfile", "signature"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def three_lines(text, what):
    lines = text.split("\n")
    must(len(lines) == 4 and lines[3] == "", f"{what} has not three lines")
    return lines[0], int(lines[1]), exact(lines[2])


# Counting: docs/reference/rulebook.md, with rationals from the first to the last figure.


def rounded(value, rule):
    if rule["mode"] == "NONE":
        return value
    return rounded_to(value, rule["mode"], rule.get("digits", 0))


def rounded_to(value, mode, digits):
    unit = Fraction(1, 10**digits)
    steps, rest = divmod(abs(value), unit)
    half = unit / 2
    if (mode == "HALF_UP" and rest >= half) or (
        mode == "HALF_EVEN" and (rest > half or (rest == half and steps % 2))
    ):
        steps += 1
    return steps * unit if value >= 0 else -steps * unit


def plain(value):
    """A figure as the log writes it: a decimal without trailing zeros, or n/d where none is exact."""
    for digits in range(200):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            return with_digits(value, digits)
    return f"{value.numerator}/{value.denominator}"


def with_digits(value, digits):
    text = str(abs(int(value * 10**digits))).zfill(digits + 1)
    text = text if digits == 0 else text[:-digits] + "." + text[-digits:]
    return "-" + text if value < 0 else text


def written(value, rule):
    if value is None:
        return None
    return plain(value) if rule["mode"] == "NONE" else with_digits(value, rule.get("digits", 0))


def jury_score(rules, jury, sheets):
    """(score, exact, criteria) of one jury's sheets, by juror; Nones when nobody has scored."""
    if not sheets:
        return None, None, {}
    factors = [Fraction(c.get("factor", "1")) / 10 ** c.get("digits", 0) for c in rules["criteria"]]
    trim = jury.get("trim", {})
    high, low = trim.get("highest", 0), trim.get("lowest", 0)
    if "share" in trim:
        high = low = int(Fraction(trim["share"]) * len(sheets) / 100)
    if len(sheets) < trim.get("none_below", 0) or high + low >= len(sheets):
        high = low = 0
    kept_to = len(sheets) - high
    if trim.get("per", "TOTAL") == "TOTAL":

        def total(juror):
            return sum(f * s for f, s in zip(factors, sheets[juror]))

        kept = sorted(sheets, key=lambda juror: (total(juror), juror))[low:kept_to]
        columns = list(zip(*(sheets[juror] for juror in kept)))
    else:
        columns = [sorted(column)[low:kept_to] for column in zip(*sheets.values())]
    criteria = {}
    for criterion, factor, column in zip(rules["criteria"], factors, columns):
        mean = factor * sum(column) / len(column)
        criteria[criterion["code"]] = rounded(mean, rules["rounding"]["criterion"])
    exact = sum(criteria.values(), Fraction(0))
    return rounded(exact, rules["rounding"]["jury"]), exact, criteria


def timing_points(rules, seconds):
    timing = rules.get("timing")
    if not timing or seconds is None:
        return Fraction(0)
    if seconds < timing.get("shortest", 0):
        return Fraction(timing.get("under", "0"))
    points = Fraction(0)
    for step in timing.get("over", []):
        if seconds - timing["longest"] > step["after"]:
            points = Fraction(step["points"])
    return points


def ladder(rules, one):
    """What ranks an entry: tuples, the larger the better."""
    keys = [(one["composite"],)]
    rule = rules["rounding"]["composite"]
    for tie in rules["ties"]:
        if tie["by"] == "MORE_DECIMALS":
            if "digits" not in tie or rule["mode"] == "NONE":
                keys.append((one["exact"],))
            else:
                places = range(rule.get("digits", 0) + 1, tie["digits"] + 1)
                keys.append(tuple(rounded_to(one["exact"], rule["mode"], place) for place in places))
        elif tie["by"] == "JURY":
            score = one["scores"][tie["jury"]]
            keys.append((Fraction(-1) if score is None else score,))
        elif tie["by"] == "CRITERION":
            weighted = [w * criteria.get(tie["criterion"], 0) for w, criteria in one["criteria"]]
            keys.append((sum(weighted, Fraction(0)),))
        elif tie["by"] == "FEWER_PENALTIES":
            keys.append((-one["taken"],))
    return keys


def prize_at(rules, place):
    line = 0
    for prize in rules["prizes"]:
        line += prize["quota"]
        if place <= line:
            return prize["code"]
    return None


def count(log):
    """The lines of a result, as a review states them."""
    rules = log["rules"]
    counted = [one_entry(log, entry) for entry in log["order"] if entry not in log["withdrawn"]]
    yields = rules.get("special", "YIELDS") == "YIELDS"
    ranked = [
        one for one in counted
        if one["composite"] is not None and not (yields and one["line"]["entry"] in log["special"])
    ]  # fmt: skip
    ranked.sort(key=lambda one: one["line"]["entry"])
    ranked.sort(key=lambda one: ladder(rules, one), reverse=True)
    place = 1
    for _, equals in groupby(ranked, key=lambda one: ladder(rules, one)):
        group = list(equals)
        last = place + len(group) - 1
        prize = prize_at(rules, place if rules.get("line_ties", "WIDEN") == "WIDEN" else last)
        for one in group:
            one["line"].update(rank=place, joint=len(group) > 1, prize=prize)
        place = last + 1
    # Sorting in reverse keeps equals in their order, by code.
    rest = [one for one in counted if one["line"]["rank"] is None]
    return [one["line"] for one in ranked + rest]


def one_entry(log, entry):
    rules = log["rules"]
    line = {"entry": entry, "rank": None, "joint": False, "prize": None, "juries": []}
    blend, silent, scores, criteria = Fraction(0), False, {}, []
    for jury in rules["juries"]:
        of_jury = {
            juror: sheet for juror, sheet in log["ballots"].get(entry, {}).items()
            if log["jury_of"][juror] == jury["code"] and juror not in log["out"]
        }  # fmt: skip
        score, exact, means = jury_score(rules, jury, of_jury)
        weight = Fraction(jury["weight"])
        silent = silent or (weight > 0 and score is None)
        blend += weight * (score or 0) / 100
        scores[jury["code"]] = score
        criteria.append((weight, means))
        line["juries"].append(
            {
                "jury": jury["code"],
                "present": len(of_jury),
                "score": written(score, rules["rounding"]["jury"]),
                "exact": None if exact is None else plain(exact),
            }
        )
    given = [points for of, points in log["points"].values() if of == entry]
    given.append(timing_points(rules, log["seconds"].get(entry)))
    exact = None if silent else blend + sum(given)
    composite = None if silent else rounded(exact, rules["rounding"]["composite"])
    line["composite"] = written(composite, rules["rounding"]["composite"])
    line["exact"] = None if exact is None else plain(exact)
    taken = -sum((points for points in given if points < 0), Fraction(0))
    return {
        "line": line, "composite": composite, "exact": exact, "scores": scores, "criteria": criteria,
        "taken": taken,
    }  # fmt: skip


# The order: docs/reference/bundle.md says what can stand where. What is closed cannot be checked.


class Order:
    """What has happened so far, as far as it decides what can come next."""

    def __init__(self, whole):
        self.whole = whole
        self.rules, self.frozen, self.ended = None, False, False
        self.boxes, self.seats, self.jury_of, self.excused = {}, {}, {}, {}
        # By (entry, juror) the number and revision of the latest ballot; by number of whom the ballot is.
        self.latest, self.numbers, self.received, self.permitted = {}, {}, {}, set()
        self.timed, self.points, self.special, self.out = set(), set(), set(), set()
        self.heard = set()
        self.announced, self.veiled = None, 0
        self.reviewed, self.stands, self.published = 0, False, 0

    def take(self, place, event):
        kind = event["kind"]
        step = getattr(self, "on_" + kind.replace("-", "_"), None)
        must(step, f"leaf {place}: the kind {kind} is unknown")
        must(kind == "rules" or self.rules, f"leaf {place}: the rules stand before all else")
        try:
            if "entry" in event:
                must(event["entry"] in self.boxes, "the entry is unknown")
            if "juror" in event:
                must(event["juror"] in self.jury_of, "the juror is unknown")
            if "confirmed_by" in event:
                must(event["proposed_by"] != event["confirmed_by"], "one person has signed twice")
            if kind in LATE:
                must(not self.stands, "the result has been reviewed")
            if kind in EARLY:
                must(not self.ended, "the scoring has ended")
            if self.announced:
                follows = FOLLOWS[self.announced["kind"]], self.announced["number"]
                must((kind, event.get("number")) == follows, "something else was announced")
            step(event)
        except Wrong as wrong:
            raise Wrong(f"leaf {place} ({kind}) cannot stand where it stands: {wrong}") from None
        self.veiled = 0
        self.announced = event if kind in FOLLOWS else None

    def box(self, event, *states):
        state = self.boxes[event["entry"]]
        must(state in states, f"the entry is {state}")

    def on_rules(self, event):
        must(self.rules is None, "the rules stand twice")
        self.rules = event["rulebook"]

    def on_entries(self, event):
        must(not self.boxes and not self.frozen, "the entries stand twice, or too late")
        self.boxes = {one["entry"]: "waiting" for one in event["entries"]}
        must(len(self.boxes) == len(event["entries"]), "an entry stands twice")
        numbers = [one["number"] for one in event["entries"]]
        must(numbers == sorted(set(numbers)), "the numbers do not rise")

    def on_jury(self, event):
        must(event["jury"] in {one["code"] for one in self.rules["juries"]}, "the jury is unknown")
        former = self.seats.get(event["jury"], [])
        must(event["jurors"][: len(former)] == former, "a seat has vanished")
        for juror in event["jurors"][len(former) :]:
            must(juror not in self.jury_of, "a juror sits twice")
            self.jury_of[juror] = event["jury"]
        self.seats[event["jury"]] = event["jurors"]

    def on_freeze(self, _event):
        must(self.boxes and not self.frozen, "there are no entries, or it is frozen already")
        self.frozen = True

    def on_withdrawal(self, event):
        self.box(event, "waiting")
        self.boxes[event["entry"]] = "withdrawn"

    def unheard(self):
        first = list(self.boxes)[: self.rules.get("deferred", 0)]
        return {one for one in first if self.boxes[one] == "waiting"} - self.heard

    def on_heard(self, event):
        must(self.frozen and self.unheard(), "no speech is heard for later")
        self.box(event, "waiting")
        must(event["entry"] not in self.heard, "the speech is heard twice")
        self.heard.add(event["entry"])

    def on_opening(self, event):
        must(self.frozen, "the rules are not frozen")
        must(not self.unheard(), "not all of the first were heard before")
        must("open" not in self.boxes.values(), "another box is open")
        must(not self.ended, "the scoring has ended")
        self.box(event, "waiting")
        self.boxes[event["entry"]] = "open"

    def on_excusal(self, event):
        self.box(event, "waiting", "open", "withdrawn")
        self.excused[event["entry"], event["juror"]] = event["why"]

    def on_excusal_lifted(self, event):
        self.box(event, "waiting", "open", "withdrawn")
        self.excused.pop((event["entry"], event["juror"]), None)

    def on_ballot(self, event):
        whose = event["entry"], event["juror"]
        if event["source"] == "CORRECTION":
            self.box(event, "closed")
            must(self.veiled or self.announced, "nobody has announced the correction")
            if self.announced:
                must(self.numbers.get(self.announced["replaces"]) == whose, "it corrects another ballot")
        else:
            must(not self.announced, "a correction was announced")
            self.box(event, "open")
            must(self.excused.get(whose) != "RECUSED", "the juror is recused")
        must(event["number"] not in self.numbers, f"number {event['number']} stands twice")
        _number, revision = self.latest.get(whose, (0, 0))
        must(event["revision"] == revision + 1, f"revision {event['revision']} follows {revision}")
        scores = tuple(event["scores"])
        if scores not in self.permitted:
            must(permitted(self.rules, scores), "the rules do not permit these scores")
            self.permitted.add(scores)
        self.received[event["entry"]] = self.received.get(event["entry"], 0) + 1
        self.latest[whose] = event["number"], event["revision"]
        self.numbers[event["number"]] = whose

    def on_refusal(self, event):
        pass

    def on_closing(self, event):
        self.box(event, "open")
        found = self.received.get(event["entry"], 0)
        must(not self.whole or found == event["ballots"], f"{event['ballots']} ballots told, {found} found")
        self.boxes[event["entry"]] = "closed"

    def on_time(self, event):
        must(event["entry"] not in self.timed, "the speech is timed twice")
        self.timed.add(event["entry"])

    def on_late_points(self, _event):
        must(self.ended, "the scoring has not ended")

    def on_points(self, event):
        must(not self.ended or self.announced or self.veiled, "one signature is not enough after the end")
        must(event["number"] not in self.points, "these points stand twice")
        self.points.add(event["number"])

    def on_points_withdrawn(self, event):
        must(event["number"] in self.points, "these points were never given")
        self.points.remove(event["number"])

    def on_special(self, event):
        self.special.add(event["entry"])

    def on_special_withdrawn(self, event):
        must(event["entry"] in self.special, "there is no such prize")
        self.special.remove(event["entry"])

    def on_correction(self, event):
        whose = self.numbers.get(event["replaces"])
        must(whose or not self.whole, "the ballot is unknown")
        if whose:
            must(self.boxes[whose[0]] == "closed", "the box is not closed")
            must(self.latest[whose][0] == event["replaces"], "the ballot is not the latest")

    def on_juror_withdrawn(self, event):
        must(self.ended, "the scoring has not ended")
        must(event["juror"] not in self.out, "the juror is withdrawn twice")
        self.out.add(event["juror"])

    def on_end(self, _event):
        must(self.frozen and not self.ended, "it has ended already, or never begun")
        must(set(self.boxes.values()) <= {"closed", "withdrawn"}, "a speech is left")
        self.ended = True

    def on_review(self, event):
        must(self.ended and not self.stands, "it has not ended, or a result stands")
        must(event["revision"] == self.reviewed + 1, "a revision is left out")
        standing = sorted(entry for entry, state in self.boxes.items() if state != "withdrawn")
        must(sorted(line["entry"] for line in event["result"]) == standing, "other entries than are counted")
        self.reviewed, self.stands = event["revision"], True

    def on_reopening(self, event):
        must(self.stands and event["revision"] == self.reviewed, "no such result stands")
        self.stands = False

    def on_publication(self, event):
        must(self.stands and event["revision"] == self.reviewed, "no such result stands")
        must(event["revision"] > self.published, "it is published already")
        self.published = event["revision"]


# What changes a result; after a review only a reopening leads back to it.
LATE = ("points", "correction", "late-points", "juror-withdrawn")
# What one signature does, as long as the scoring has not ended; two are needed afterwards.
EARLY = ("time", "points-withdrawn", "special", "special-withdrawn")
# What two have signed, and what must come next.
FOLLOWS = {"correction": "ballot", "late-points": "points"}


def permitted(rules, scores):
    if len(scores) != len(rules["criteria"]):
        return False
    total = Fraction(0)
    for criterion, units in zip(rules["criteria"], scores):
        last = Fraction(1, 10 ** criterion.get("digits", 0))
        score, least = units * last, Fraction(criterion.get("min", "0"))
        step = Fraction(criterion["step"]) if "step" in criterion else last
        if not least <= score <= Fraction(criterion["max"]) or (score - least) % step:
            return False
        total += score * Fraction(criterion.get("factor", "1"))
    band = rules.get("band")
    return not band or Fraction(band["low"]) <= total <= Fraction(band["high"])


# The log, from its first event to its last.


def follow(bundle, whole):
    """Follow the log; where all ballots are opened (`whole`), count at every review."""
    log = {
        "rules": None, "order": [], "names": {}, "jury_of": {}, "withdrawn": set(), "out": set(),
        "ballots": {}, "points": {}, "special": {}, "seconds": {}, "result": None,
        "revision": 0, "counts": 0, "sheets": 0,
    }  # fmt: skip
    order = Order(whole)
    for place, leaf in enumerate(bundle["leaves"]):
        event = leaf.get("event")
        if event is None:
            order.veiled += 1
            continue
        kind = event["kind"]
        if order.ended and order.veiled > (event.get("source") == "CORRECTION" or kind == "points"):
            # A juror may have been withdrawn in a closed leaf, so that nothing can be counted here.
            whole, log["counts"] = False, 0
        order.take(place, event)
        if kind == "rules":
            log["rules"] = event["rulebook"]
            log["head"] = event
        elif kind == "entries":
            log["order"] = [one["entry"] for one in event["entries"]]
            log["names"] = {one["entry"]: one for one in event["entries"]}
        elif kind == "jury":
            log["jury_of"].update(dict.fromkeys(event["jurors"], event["jury"]))
        elif kind == "withdrawal":
            log["withdrawn"].add(event["entry"])
        elif kind == "ballot":
            log["ballots"].setdefault(event["entry"], {})[event["juror"]] = event["scores"]
            log["sheets"] += 1
        elif kind == "juror-withdrawn":
            log["out"].add(event["juror"])
        elif kind == "time":
            log["seconds"][event["entry"]] = event["seconds"]
        elif kind == "points":
            log["points"][event["number"]] = (event["entry"], Fraction(event["points"]))
        elif kind == "points-withdrawn":
            del log["points"][event["number"]]
        elif kind == "special":
            log["special"][event["entry"]] = event["name"]
        elif kind == "special-withdrawn":
            del log["special"][event["entry"]]
        elif kind == "review":
            log["result"] = event["result"]
            if whole:
                found = count(log)
                log["counts"] += 1
                for mine, stated in zip(found, event["result"]):
                    must(mine == stated, f"leaf {place}: counted {mine}, stated {stated}")
        elif kind == "publication":
            log["revision"] = event["revision"]
            log["private"] = event["private"]
        log["last"] = kind
    return log


def check(data, key_line, receipts, signatures, expected=()):
    bundle = read(data)
    must(not key_line or key_line == bundle["key"], "the bundle is signed by another key")
    key = read_key(bundle["key"], LOG, "a log")
    witnesses = [read_key(line, WITNESS, "a witness") for line in bundle["witnesses"]]
    level, juror = bundle["disclosure"], bundle["juror"]
    must(level in ("SCRUTINEER", "JUROR", "PUBLIC"), f"the level {level} is unknown")
    must((level == "JUROR") == (juror != ""), "a juror's copy names its juror, and no other copy does")
    first = bundle["leaves"][0].get("event", {})
    must(first.get("kind") == "rules", "the log does not begin with the rules")
    origin = "unionhall/" + first["stage"]
    commitments = [commitment_of(leaf) for leaf in bundle["leaves"]]
    kinds = [leaf.get("event", {}).get("kind", "closed") for leaf in bundle["leaves"]]
    sealed = [place + 1 for place, kind in enumerate(kinds) if kind in SEALING]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tree, done, cosigners = Tree(), 0, set()
        for note, size in zip(bundle["checkpoints"], sealed):
            text, last = note.rpartition("\n\n")[0] + "\n", []
            if signatures:
                text, last = signed_text(note, key, folder, witnesses)
                cosigners.update(last)
            who, stated, root = three_lines(text, "a checkpoint")
            must(who == origin, f"a checkpoint is of {who}, not of {origin}")
            must(stated == size, f"a checkpoint is over {stated} leaves, not over {size}")
            for commitment in commitments[done:size]:
                tree.add(leaf_hash(commitment))
            done = size
            must(tree.root() == root, f"the root over the first {size} leaves differs")
        must(len(sealed) == len(bundle["checkpoints"]), "checkpoints do not stand after the closings")
        must(done == len(commitments), f"only {done} of {len(commitments)} leaves are signed")
        for one in witnesses:
            must(
                one in cosigners or not signatures, f"{one[0]} is named as a witness, but has signed no root"
            )
        for line in expected:
            one = read_key(line, WITNESS, "a witness")
            must(one in last, f"the witness {one[0]} has not signed the last root")
        public_sheets = first["rulebook"].get("disclosure") == "BALLOTS"
        log = follow(bundle, public_sheets or bundle["disclosure"] == "SCRUTINEER")
        must(log["last"] == "publication", "nothing has been published")
        must(not juror or juror in log["jury_of"], f"the juror {juror} sits in no jury")
        private = INNER if public_sheets else INNER + SHEETS
        for place, leaf in enumerate(bundle["leaves"]):
            seen = may_see(leaf.get("event", {"kind": "closed"}), bundle, private)
            must(seen == ("event" in leaf), f"leaf {place} is opened or closed against the copy's level")
        found = sum(kind == "closed" or kind in private for kind in kinds)
        must(found == log["private"], f"{log['private']} leaves are not for the public, {found} were found")
        checked = check_receipts(bundle, commitments, origin, key, folder, receipts) if signatures else 0
    return bundle, log, checked


def may_see(event, bundle, private):
    """Whether a leaf stands opened in a copy of this level; of a closed one the event is not known."""
    if bundle["disclosure"] == "SCRUTINEER":
        return True
    if event["kind"] in SHEETS and bundle["disclosure"] == "JUROR":
        return "ballot" not in private or event["juror"] == bundle["juror"]
    return event["kind"] != "closed" and event["kind"] not in private


def check_receipts(bundle, commitments, origin, key, folder, most):
    ballots = [
        (leaf["event"]["number"], commitment)
        for leaf, commitment in zip(bundle["leaves"], commitments)
        if leaf.get("event", {}).get("kind") == "ballot" and leaf["event"]["source"] != "CORRECTION"
    ]
    must(len(ballots) == len(bundle["receipts"]), "there is not one receipt for each ballot")
    drawn = SystemRandom().sample(range(len(ballots)), min(most, len(ballots)))
    for place in drawn:
        found = three_lines(signed_text(bundle["receipts"][place], key, folder)[0], "a receipt")
        must(found == (origin + "/receipt", *ballots[place]), f"receipt {place} is of another ballot")
    return len(drawn)


def main():
    parser = argparse.ArgumentParser(description="Count a unionhall result bundle a second time.")
    parser.add_argument("bundle", help="the file, or - for standard input")
    parser.add_argument("--key", default="", help="the line name+id+key of the printed rules")
    parser.add_argument(
        "--witness", action="append", default=[], help="the line name+id+key of who must have cosigned it"
    )
    parser.add_argument("--receipts", type=int, default=20, help="how many receipts to check, drawn by lot")
    parser.add_argument("--count-only", action="store_true", help="tree and count, without signatures")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    if told.count_only and told.witness:
        parser.error("--count-only checks no witness")
    try:
        data = sys.stdin.buffer.read() if told.bundle == "-" else Path(told.bundle).read_bytes()
    except OSError as error:
        print(f"{told.bundle} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    try:
        bundle, log, checked = check(data, told.key, told.receipts, not told.count_only, told.witness)
    except FileNotFoundError:
        print("openssl is not installed; --count-only does without signatures", file=sys.stderr)
        return 2
    except Wrong as wrong:
        return tell(told.json, {"holds": False, "why": str(wrong)})
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        return tell(told.json, {"holds": False, "why": f"the bundle has not its form: {error!r}"})
    lines = [] if told.json else page(log)
    found = {
        "holds": True, "counted": log["counts"] > 0, "leaves": len(bundle["leaves"]),
        "ballots": log["sheets"], "checkpoints": len(bundle["checkpoints"]), "receipts": checked,
        "witnesses": len(bundle["witnesses"]), "signatures": not told.count_only,
        "revision": log["revision"], "result": log["result"],
    }  # fmt: skip
    return tell(told.json, found, lines)


SHOWN = ("leaves", "ballots", "checkpoints", "receipts", "witnesses")


def tell(as_json, found, lines=()):
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif not found["holds"]:
        print("IT DOES NOT HOLD:", found["why"])
    else:
        counted = (
            "counted again, and equal"
            if found["counted"]
            else "not counted: what counts is closed in this copy"
        )
        print(f"IT HOLDS ({counted}).")
        print(", ".join(f"{name} {found[name]}" for name in SHOWN))
        if not found["signatures"]:
            print("Signatures were not checked.")
        print(*lines, sep="\n")
    return 0 if found["holds"] else 1


def page(log):
    for line in log["result"]:
        entry = log["names"][line["entry"]]
        rank = "-" if line["rank"] is None else line["rank"]
        prizes = ", ".join(filter(None, (line["prize"], log["special"].get(line["entry"]))))
        figures = f"{rank:>4}  {line['composite'] or '-':>8}  {prizes:<8}"
        yield f"{figures}  {entry['number']:>3} {entry['name']}"


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough
        code = 0
        sys.stderr.close()
    sys.exit(code)
