from __future__ import annotations

import pytest

from unionhall.engines.scoring import ScoringError, parse_rulebook, rulebook_digest
from unionhall.engines.scoring.cli import WORDS


def problems(document) -> list[tuple[str, dict]]:
    with pytest.raises(ScoringError) as caught:
        parse_rulebook(document)
    return [(p.code, dict(p.data)) for p in caught.value.problems]


def test_the_example_is_read(document):
    book = parse_rulebook(document)
    assert [(j.code, j.weight) for j in book.juries] == [("EXPERT", 70), ("MODEL", 20), ("WORKER", 10)]
    assert [c.maximum for c in book.criteria] == [40, 30, 15, 15]


def test_weights_must_add_to_100(document):
    document["juries"][2]["weight"] = "9.9"
    assert problems(document) == [("WEIGHTS_NOT_100", {"sum": "999/10"})]


def test_every_problem_is_told_at_once(document):
    document["juries"][0]["code"] = "MODEL"
    document["criteria"][0]["max"] = "40.05"
    document["band"] = {"low": "101", "high": "102"}
    document["ties"].insert(0, {"by": "JOINT"})
    assert problems(document) == [
        ("CODE_TWICE", {"code": "MODEL"}),
        ("CRITERION_DIGITS", {"criterion": "CONTENT", "digits": 1}),
        ("BAND_EMPTY", {"low": "101", "high": "102"}),
        ("TIE_UNKNOWN_JURY", {"jury": "EXPERT"}),
        ("TIE_AFTER_JOINT", {}),
    ]


@pytest.mark.parametrize(("value", "known"), [(2, True), (20, True), (1, False), (21, False), ("5", False)])
def test_from_two_to_twenty_speeches_can_be_heard_first(document, value, known):
    document["deferred"] = value
    if known:
        assert parse_rulebook(document).deferred == value
    else:
        assert [(code, data["path"]) for code, data in problems(document)] == [("SHAPE", "$.deferred")]


def test_without_the_field_scores_are_given_at_once(document):
    document.pop("deferred")
    assert parse_rulebook(document).deferred == 0


@pytest.mark.parametrize("value", [70, 70.0, "7e1", "70%", "", None])
def test_a_decimal_is_a_plain_string(document, value):
    document["juries"][0]["weight"] = value
    assert [(code, data["path"]) for code, data in problems(document)] == [("SHAPE", "$.juries[0].weight")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d["juries"][2]["trim"].update(highest=1), "TRIM_TWO_WAYS"),
        (lambda d: d["juries"][2]["trim"].update(share="50"), "TRIM_SHARE"),
        (lambda d: d["timing"].update(under="0.1"), "TIMING_ADDS_POINTS"),
        (lambda d: d["timing"].update(shortest=481), "TIMING_EMPTY"),
        (lambda d: d["timing"]["over"].reverse(), "OVERTIME_ORDER"),
        (lambda d: d["criteria"][0].update(step="0"), "CRITERION_STEP"),
        (lambda d: d["criteria"][0].update(min="41"), "CRITERION_EMPTY"),
        (lambda d: d["ties"].insert(0, {"by": "CRITERION", "criterion": "X"}), "TIE_UNKNOWN_CRITERION"),
    ],
)
def test_senseless_rules_are_named(document, change, code):
    change(document)
    assert [found for found, _data in problems(document)] == [code]
    assert code in WORDS


def test_the_digest_does_not_depend_on_the_order_of_names(document):
    turned = dict(reversed(list(document.items())))
    assert rulebook_digest(document) == rulebook_digest(turned)
    document["title"] += "。"
    assert rulebook_digest(document) != rulebook_digest(turned)
