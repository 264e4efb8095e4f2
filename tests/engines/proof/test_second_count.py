"""The second count and the commands of the specification: strangers to our code, with the same verdict."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.proof.conftest import RULES, Writer
from unionhall.engines import proof
from unionhall.engines.proof import second_count, tampering

SCRIPT = Path(second_count.__file__)
SPECIFICATION = Path(__file__).parents[3] / "docs" / "reference" / "bundle.md"
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


def second(data, *options):
    """What the script says of a bundle, run as a stranger runs it: alone, without our packages."""
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, "-", "--json", *options], input=data, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


@needs_openssl
def test_both_programs_say_the_same_of_the_same_final(final, bundle):
    code, told = second(bundle, "--receipts", "1000", "--key", final.signer.public.vkey)
    verdict = proof.verify(bundle)
    assert (code, told["holds"], told["counted"]) == (0, True, True)
    assert told["result"] == verdict.log.result
    assert (told["leaves"], told["receipts"]) == (len(verdict.bundle.leaves), verdict.receipts)


@needs_openssl
@pytest.mark.parametrize(
    ("level", "juror", "counted"), [(proof.PUBLIC, "", False), (proof.JUROR, "E00000000001", False)]
)
def test_both_programs_accept_every_level(final, level, juror, counted):
    data = final.bundle(level, juror)
    code, told = second(data)
    assert (code, told["counted"], proof.verify(data).counted) == (0, counted, counted)


@needs_openssl
def test_a_public_bundle_with_ballots_is_counted_by_both():
    data = Writer(rules={**RULES, "disclosure": "BALLOTS"}).whole().bundle(proof.PUBLIC)
    assert (second(data)[1]["counted"], proof.verify(data).counted) == (True, True)


@needs_openssl
@pytest.mark.parametrize("way", sorted(tampering.WAYS))
def test_what_is_spoilt_is_refused_by_both(bundle, way):
    chance = random.Random(way)
    spoilt = tampering.WAYS[way](bundle, chance)
    while spoilt == bundle:
        spoilt = tampering.WAYS[way](bundle, chance)
    assert not proof.verify(spoilt).holds
    code, told = second(spoilt, "--receipts", "1000")
    assert (code, told["holds"]) == (1, False)


def test_another_result_beside_the_commitments_is_refused_by_both_and_by_node(bundle, tmp_path):
    """What is read must be what is hashed: the first prize is given away, every signature is right."""
    document = json.loads(bundle)
    for leaf in document["leaves"]:
        event = leaf["event"]
        right = proof.commitment(base64.b64decode(leaf["salt"]), proof.canonical(event))
        leaf["commitment"] = base64.b64encode(right).decode()
        if event["kind"] == "review":
            event["result"][0]["prize"], event["result"][1]["prize"] = "SECOND", "FIRST"
    forged = proof.canonical(document)
    assert proof.verify(forged).problem.code == "SHAPE"
    code, told = second(forged, "--count-only")
    assert (code, told["why"]) == (1, "leaf 0 is neither opened nor closed")
    if shutil.which("node"):
        done = node(tmp_path, forged)
        assert (done.returncode, b"neither opened nor closed" in done.stderr) == (1, True)


@pytest.mark.parametrize("change", [{"juror": "E00000000001"}, {"disclosure": "ALL"}, {"note": "x"}])
def test_a_head_that_nobody_signed_is_refused_by_both(bundle, change):
    spoilt = proof.canonical({**json.loads(bundle), **change})
    assert (proof.verify(spoilt).holds, second(spoilt, "--count-only")[0]) == (False, 1)


def test_a_copy_of_a_juror_who_sits_nowhere_is_refused_by_both(final):
    public = final.bundle(proof.PUBLIC)
    spoilt = proof.canonical({**json.loads(public), "disclosure": "JUROR", "juror": "ZZZZZZZZZZZZ"})
    assert (proof.verify(spoilt).problem.code, second(spoilt, "--count-only")[0]) == ("JUROR_UNKNOWN", 1)


@needs_openssl
def test_another_key_is_refused(bundle):
    other = proof.Signer.from_seed("unionhall", bytes(32)).public.vkey
    assert second(bundle, "--key", other)[1] == {"holds": False, "why": "the bundle is signed by another key"}


modes = st.sampled_from(["HALF_UP", "HALF_EVEN", "DOWN", "NONE"])
roundings = st.builds(lambda mode, digits: {"mode": mode, "digits": digits}, modes, st.integers(0, 3))
trims = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"highest": st.integers(0, 3), "lowest": st.integers(0, 3)},
        optional={"per": st.sampled_from(["TOTAL", "CRITERION"]), "none_below": st.integers(0, 6)},
    ),
    st.fixed_dictionaries({"share": st.sampled_from(["5", "20", "33.3", "49"])}),
)
rungs = st.sampled_from(
    [
        {"by": "MORE_DECIMALS"},
        {"by": "MORE_DECIMALS", "digits": 4},
        {"by": "JURY", "jury": "WORKER"},
        {"by": "CRITERION", "criterion": "BEARING"},
        {"by": "FEWER_PENALTIES"},
    ]
)


@st.composite
def rule_books(draw):
    """Rule books over the same criteria and juries, in all that decides a result."""
    expert = draw(st.sampled_from(["100", "70", "33.5", "0"]))
    worker = {"100": "0", "70": "30", "33.5": "66.5", "0": "100"}[expert]
    criteria = [{**c, "factor": draw(st.sampled_from(["1", "0.5", "1.25"]))} for c in RULES["criteria"]]
    return {
        **RULES,
        "criteria": criteria,
        "juries": [
            {"code": "EXPERT", "name": "专家评审", "weight": expert, "trim": draw(trims)},
            {"code": "WORKER", "name": "职工评审", "weight": worker, "trim": draw(trims)},
        ],
        "rounding": {at: draw(roundings) for at in ("criterion", "jury", "composite")},
        "ties": [*draw(st.lists(rungs, max_size=3)), *draw(st.sampled_from([[], [{"by": "JOINT"}]]))],
        "prizes": [
            {"code": "FIRST", "name": "一等奖", "quota": draw(st.integers(1, 3))},
            {"code": "SECOND", "name": "二等奖", "quota": draw(st.integers(1, 3))},
        ],
        "line_ties": draw(st.sampled_from(["WIDEN", "NARROW"])),
        "special": draw(st.sampled_from(["KEEPS", "YIELDS"])),
    }


@given(rule_books(), st.integers(0, 10_000), st.sampled_from([1, 20, 100]))
@settings(max_examples=150, deadline=None)
def test_the_two_counts_agree_to_the_last_digit_under_every_rule_book(rules, seed, grain):
    writer = Writer(seed, rules)
    writer.begin()
    for entry in writer.entries:
        writer.add("opening", entry=entry)
        sent = 0
        for juror in [juror for jury in writer.jurors.values() for juror in jury]:
            # Coarse marks make ties; a jury of weight 0 may be silent or give nothing but zeros.
            if writer.chance.random() < 0.85 or juror.endswith("1"):
                scores = [writer.chance.randrange(0, 4) * grain, writer.chance.randrange(0, 4) * grain]
                writer.ballot(entry, juror, scores=scores)
                sent += 1
        writer.add("closing", entry=entry, ballots=sent)
        writer.add("time", entry=entry, seconds=writer.chance.randrange(340, 500))
    writer.add("special", entry=writer.entries[seed % 4], name="特等奖", ground="全国三等奖")
    writer.finish()
    data = writer.bundle()
    assert proof.verify(data, receipts=0).problem is None
    _bundle, log, _checked = second_count.check(data, "", 0, signatures=False)
    assert log["counts"] == 1


def code_of(language):
    """The block of a language in the specification."""
    return re.search(rf"```{language}\n(.*?)```", SPECIFICATION.read_text(encoding="utf-8"), re.DOTALL)[1]


def node(folder, data):
    """What the specification's program for Node says of a bundle."""
    (folder / "final.bundle").write_bytes(data)
    (folder / "root.js").write_text(code_of("js"))
    return subprocess.run(["node", "root.js", "final.bundle"], cwd=folder, capture_output=True, check=False)


@needs_node
@needs_openssl
@pytest.mark.parametrize("level", [proof.SCRUTINEER, proof.PUBLIC])
def test_the_commands_of_the_specification_work_as_printed(final, level, tmp_path):
    (tmp_path / "final.bundle").write_bytes(final.bundle(level))
    (tmp_path / "root.js").write_text(code_of("js"))
    told = subprocess.run(
        ["node", "root.js", "final.bundle"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    size = len(final.leaves)
    assert told.stdout == f"{size} leaves, {len(final.checkpoints)} roots, all as stated\n"
    done = subprocess.run(code_of("sh"), shell=True, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, b"Signature Verified Successfully")


@needs_node
def test_node_refuses_a_bundle_whose_score_was_altered(bundle, tmp_path):
    done = node(tmp_path, tampering.WAYS["a score altered"](bundle, random.Random(1)))
    assert (done.returncode, b"root over" in done.stderr) == (1, True)


def test_it_can_be_read_by_older_pythons():
    import ast

    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_a_missing_file_and_a_file_that_is_no_bundle_are_told_in_words(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, tmp_path / "none"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (
        2,
        f"{tmp_path / 'none'} cannot be read: No such file or directory\n",
    )
    for data in (
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"format":"unionhall-bundle/1"}',
        b'{"a":1,"a":1}',
        b'{"a":9007199254740992}',
        '{"a":"e\u0301"}'.encode(),
        b"1e5",
        b"\xff",
    ):
        assert second(data)[0] == 1
