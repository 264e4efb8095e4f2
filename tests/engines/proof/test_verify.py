"""A bundle holds, or a sentence says where it does not."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from tests.engines.proof.conftest import RULES, STAGE, Writer, code
from unionhall.engines import proof
from unionhall.engines.proof import Signer, canonical, second_count, verify
from unionhall.engines.proof.report import SENTENCES, page, sentence
from unionhall.engines.proof.tampering import WAYS, campaign
from unionhall.engines.scoring import parse_rulebook

ALL = ["FORM", "KEY", "TREE", "DISCLOSURE", "ORDER", "RESULT", "RECEIPTS"]


def problem_of(data, **how):
    """The problem's code, after seeing that its sentence can be said and its page written."""
    verdict = verify(data, **how)
    assert not verdict.holds
    said = sentence(verdict.problem)
    assert said in page(verdict, pinned=True)
    assert "{" not in said
    return verdict.problem.code


def rewritten(data, change):
    document = json.loads(data)
    change(document)
    return canonical(document)


def test_a_scrutineers_copy_shows_everything(final, bundle):
    verdict = verify(bundle, key=final.signer.public, stage=STAGE)
    assert (verdict.checks, verdict.counted, verdict.receipts) == (ALL, True, len(final.receipts))
    assert verdict.log.result == final.leaves[-2].event["result"]
    text = page(verdict, pinned=False)
    assert text.startswith("IT HOLDS.")
    assert final.signer.public.fingerprint in text


def test_the_page_names_every_prize_also_those_beside_the_ranking(bundle):
    told = page(verify(bundle), pinned=True)
    assert [told.count(name) for name in ("一等奖", "二等奖", "特等奖")] == [1, 2, 1]


def test_a_public_copy_without_ballots_says_that_it_cannot_be_recounted(final):
    verdict = verify(final.bundle(proof.PUBLIC))
    assert verdict.checks == [check for check in ALL if check != "RESULT"]
    assert (verdict.counted, verdict.log.ballots, verdict.receipts) == (False, 0, 0)
    assert "cannot be recounted" in page(verdict, pinned=True)


def test_a_public_copy_with_ballots_can_be_recounted():
    verdict = verify(Writer(rules=RULES | {"disclosure": "BALLOTS"}).whole().bundle(proof.PUBLIC))
    assert (verdict.checks, verdict.counted) == (ALL, True)


def test_a_jurors_copy_opens_the_own_sheets(final):
    juror = final.jurors["EXPERT"][0]
    verdict = verify(final.bundle(proof.JUROR, juror=juror))
    own = [
        leaf.event for leaf in final.leaves if leaf.event["kind"] == "ballot" and leaf.event["juror"] == juror
    ]
    assert (verdict.holds, verdict.log.ballots) == (True, len(own))


def test_receipts_can_be_sampled(final, bundle):
    assert verify(bundle, receipts=3).receipts == 3


BOTH = {"proposed_by": code("A", 1), "confirmed_by": code("A", 2)}


def corrected(rules=RULES):
    """A published final, of which one sheet was corrected and the result published again; the juror."""
    writer = Writer(rules=rules).whole()
    ballots = [leaf.event for leaf in writer.leaves if leaf.event["kind"] == "ballot"]
    latest = {(event["entry"], event["juror"]): event for event in ballots}
    wrong = latest[ballots[0]["entry"], ballots[0]["juror"]]
    writer.add("reopening", revision=1, **BOTH)
    writer.chance.randrange = lambda *_bounds: 1
    number = writer.number + 1
    writer.add("correction", number=number, replaces=wrong["number"], reason="录入有误", **BOTH)
    writer.ballot(
        wrong["entry"],
        wrong["juror"],
        revision=wrong["revision"] + 1,
        scores=[600, 400],
        source="CORRECTION",
    )
    writer.finish(revision=2)
    return writer, wrong["juror"]


def withdrawn(rules=RULES):
    """A published final, of which a juror was withdrawn and the result published again."""
    writer = Writer(rules=rules).whole()
    writer.add("reopening", revision=1, **BOTH)
    writer.add("juror-withdrawn", juror=writer.jurors["EXPERT"][0], reason="与选手有利害关系", **BOTH)
    writer.finish(revision=2)
    return writer


OPEN_SHEETS = RULES | {"disclosure": "BALLOTS"}


@pytest.mark.parametrize("rules", [RULES, OPEN_SHEETS])
def test_a_correction_by_two_persons_leads_to_another_revision_in_every_copy(rules):
    writer, juror = corrected(rules)
    verdict = verify(writer.bundle())
    assert (verdict.problem, verdict.log.published, verdict.log.recounts) == (None, 2, 2)
    for data in (writer.bundle(proof.PUBLIC), writer.bundle(proof.JUROR, juror=juror)):
        copy = verify(data)
        assert (copy.problem, copy.log.published, copy.counted) == (None, 2, rules is OPEN_SHEETS)
        _bundle, log, _checked = second_count.check(data, "", 0, signatures=False)
        assert log["counts"] == copy.log.recounts


@pytest.mark.parametrize("rules", [RULES, OPEN_SHEETS])
def test_a_copy_in_which_a_withdrawn_juror_is_closed_holds_and_counts_nothing(rules):
    writer = withdrawn(rules)
    for data in (writer.bundle(proof.PUBLIC), writer.bundle(proof.JUROR, juror=writer.jurors["EXPERT"][0])):
        copy = verify(data)
        assert (copy.problem, copy.log.published, copy.counted) == (None, 2, False)
        _bundle, log, _checked = second_count.check(data, "", 0, signatures=False)
        assert log["counts"] == 0


def test_a_juror_withdrawn_by_two_persons_counts_for_nothing_in_either_count():
    before = verify(Writer().whole().bundle()).log.result
    writer = withdrawn()
    verdict = verify(writer.bundle())
    assert (verdict.problem, verdict.log.recounts) == (None, 2)
    present = [line["juries"][0]["present"] for line in before]
    assert sorted(present, reverse=True) != [line["juries"][0]["present"] for line in verdict.log.result]
    assert proof.second_result(writer.bundle()) == verdict.log.result


def test_another_key_contest_and_cut_files_are_named(final, bundle):
    stranger = Signer.from_seed("unionhall", bytes(32))
    assert [
        problem_of(bundle, key=stranger.public),
        problem_of(bundle, stage="ZZZZZZZZZZZZ"),
        problem_of(bundle[:-100]),
        problem_of(b""),
        problem_of(b"\xff\xfe"),
        problem_of(bundle + b"\n"),
        problem_of(json.dumps(json.loads(bundle)).encode()),
        problem_of(b'{"a":1,"a":2}'),
        problem_of(b'{"a":1.5}'),
        problem_of(b'{"a":9007199254740992}'),
        problem_of('{"a":"e\u0301"}'.encode()),
        problem_of(b'{"a":"\\ud800"}'),
        problem_of(b"[" * 5000),
        problem_of(b"{}"),
        problem_of(b"[]"),
    ] == [
        "OTHER_KEY",
        "OTHER_STAGE",
        "NOT_JSON",
        "NOT_JSON",
        "NOT_UTF8",
        "NOT_CANONICAL",
        "NOT_CANONICAL",
        "NAME_TWICE",
        "NOT_AN_INTEGER",
        "TOO_LARGE",
        "NOT_NFC",
        "HALF_CHARACTER",
        "TOO_DEEP",
        "SHAPE",
        "SHAPE",
    ]


def test_what_was_rewritten_with_care_is_found_all_the_same(final, bundle):
    def leaf(document, kind):
        return next(one for one in document["leaves"] if one["event"]["kind"] == kind)

    def unknown_field(document):
        leaf(document, "rules")["event"]["rulebook"]["extra"] = "x"

    def swapped_receipts(document):
        document["receipts"][:2] = document["receipts"][1::-1]

    def one_receipt_less(document):
        document["receipts"].pop()

    def one_checkpoint_less(document):
        document["checkpoints"].pop(2)

    def other_level(document):
        document["disclosure"] = "PUBLIC"

    def nobodys_copy(document):
        document["juror"] = "E00000000001"

    def unsigned_end(document):
        document["checkpoints"].pop()

    found = [
        problem_of(rewritten(bundle, change))
        for change in (
            unknown_field,
            swapped_receipts,
            one_receipt_less,
            one_checkpoint_less,
            other_level,
            nobodys_copy,
            unsigned_end,
        )
    ]
    assert found == [
        "ROOT",
        "RECEIPT_OTHER",
        "RECEIPTS_COUNT",
        "CHECKPOINTS_COUNT",
        "LEAF_OPENED",
        "LEVEL",
        "CHECKPOINTS_COUNT",
    ]


def test_something_withheld_from_a_public_copy_is_missed(final):
    def withheld(document):
        special = next(one for one in document["leaves"] if one.get("event", {}).get("kind") == "special")
        salt, event = special.pop("salt"), special.pop("event")
        special["commitment"] = base64.b64encode(proof.committed(base64.b64decode(salt), event)).decode()

    assert problem_of(rewritten(final.bundle(proof.PUBLIC), withheld)) == "LEAVES_WITHHELD"


def test_a_signed_result_that_does_not_follow_from_the_ballots_is_refused(final):
    writer = Writer().whole()
    result = [dict(line) for line in writer.leaves[-2].event["result"]]
    result[0]["prize"], result[1]["prize"] = result[1]["prize"], result[0]["prize"]
    again = Writer()
    again.begin()
    for entry in again.entries:
        again.speech(entry)
    again.add("points", number=1, entry=again.entries[0], type="BONUS", points="0.25")
    again.add("special", entry=again.entries[1], name="特等奖", ground="全国三等奖")
    again.add("end")
    again.add("review", revision=1, result=result)
    again.add("publication", revision=1, private=0)
    assert problem_of(again.bundle()) == "RESULT_DIFFERS"


def signed_with(**changes):
    """A bundle by a key of one's own, which anybody can upload, with an event or a note changed."""
    writer = Writer()
    writer.begin(entries=1)
    writer.speech(writer.entries[0])
    if "points" in changes:
        writer.add("points", number=1, entry=writer.entries[0], type="BONUS", points=changes["points"])
        return writer.bundle()
    writer.finish()
    if "size" in changes:
        text = f"{writer.origin}\n{changes['size']}\n{base64.b64encode(bytes(32)).decode()}\n"
        writer.checkpoints[0] = writer.signer.sign(text)
    if "receipt" in changes:
        text = f"{writer.origin}/receipt\n{changes['receipt']}\n{base64.b64encode(bytes(32)).decode()}\n"
        document = json.loads(writer.bundle())
        document["receipts"][0] = writer.signer.sign(text)
        return proof.canonical(document)
    return writer.bundle()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"points": "1" * 5000}, "SHAPE"),
        ({"size": "1" * 5000}, "CHECKPOINT_FORM"),
        ({"receipt": "1" * 5000}, "RECEIPT_FORM"),
    ],
)
def test_figures_of_thousands_of_digits_are_refused_and_end_in_no_error(changes, code):
    assert problem_of(signed_with(**changes)) == code


@pytest.mark.parametrize("rules", [RULES, OPEN_SHEETS])
def test_points_that_two_signed_after_the_end_count_in_every_copy(rules):
    writer = Writer(rules=rules).whole()
    writer.add("reopening", revision=1, **BOTH)
    writer.add("late-points", number=2, reason="超时未计", **BOTH)
    writer.add("points", number=2, entry=writer.entries[2], type="PENALTY", points="-3")
    writer.finish(revision=2)
    verdict = verify(writer.bundle())
    assert (verdict.problem, verdict.log.recounts) == (None, 2)
    copy = verify(writer.bundle(proof.PUBLIC))
    assert (copy.problem, copy.counted) == (None, rules is OPEN_SHEETS)
    _bundle, log, _checked = second_count.check(writer.bundle(proof.PUBLIC), "", 0, signatures=False)
    assert log["counts"] == copy.log.recounts


def test_a_log_that_is_not_published_has_no_official_result():
    writer = Writer()
    writer.begin()
    assert problem_of(writer.bundle()) == "NOT_PUBLISHED"


def test_the_tamper_campaign_finds_nothing_that_passes(final, bundle):
    counts = campaign(bundle, 280, seed=3)
    assert set(counts) == set(WAYS)
    assert {accepted for _tried, accepted in counts.values()} == {0}
    assert all(tried > 5 for tried, _accepted in counts.values())
    public = campaign(final.bundle(proof.PUBLIC), 140, seed=4)
    assert {accepted for _tried, accepted in public.values()} == {0}


def test_every_problem_has_a_sentence():
    raised = {
        code
        for path in Path(proof.__file__).parent.glob("*.py")
        for code in re.findall(r'ProofError\(\s*"([A-Z_0-9]+)"', path.read_text())
    }
    assert raised == set(SENTENCES)


def test_the_rule_book_of_these_tests_is_sound():
    assert parse_rulebook(RULES).disclosure == "TOTALS"
