"""The registers are the same for the same seed, hold what they should, and their truth is true."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from benchmarks.linkage import words
from benchmarks.linkage.generate import MARKET_SHARE, generate
from benchmarks.linkage.rates import BESIDE, CARE, UNION

from unionhall.engines.identifiers import read_credit_code, read_registration_number
from unionhall.engines.linkage import normalise_columns, tables

ROWS = 9_000
# The cases in which a name differs from the official one.
OF_NAMES = {
    *(
        "REGION",
        "TRADE",
        "FORM",
        "RENAME",
        "HOMOPHONE",
        "NEAR_SOUND",
        "LOOK_ALIKE",
        "SHOP_SIGN",
        "ABBREVIATION",
    ),
    *("FORMER_NAME", "UNION_SUFFIX", "TRADITIONAL", "FULL_WIDTH", "BLANKS", "TYPING"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("registers"), rows=ROWS, seed=5, others="BCD")


@pytest.fixture(scope="module")
def rows(made):
    return {name: pq.read_table(path).to_pylist() for name, path in made.registers.items()}


@pytest.fixture(scope="module")
def truth(made):
    found = {name: [] for name in made.registers}
    for row in pq.read_table(made.truth).to_pylist():
        found[row["register"]].append(row)
    return found


def test_the_same_seed_gives_the_same_registers_and_another_gives_others(tmp_path):
    first, again, other = (
        generate(tmp_path / name, rows=1_500, seed=seed) for name, seed in (("1", 1), ("2", 1), ("3", 2))
    )
    for name in ("A", "B"):
        one = pq.read_table(first.registers[name])
        assert one.equals(pq.read_table(again.registers[name]))
        assert not one.equals(pq.read_table(other.registers[name]))
    assert pq.read_table(first.truth).equals(pq.read_table(again.truth))


def test_headings_are_the_usual_ones_and_nothing_tells_the_truth(rows):
    assert {name: list(them[0]) for name, them in rows.items()} == {
        "A": [
            "id",
            "企业名称",
            "统一社会信用代码",
            "注册号",
            "法定代表人",
            "住所",
            "联系电话",
            "行业",
            "从业人数",
        ],
        "B": ["id", "单位名称", "纳税人识别号", "负责人", "地址", "联系电话", "行业", "职工人数"],
        "C": ["id", "纳税人名称", "纳税人识别号", "法定代表人", "注册地址", "联系电话", "行业", "从业人数"],
        "D": ["id", "单位名称", "组织机构代码", "负责人", "单位地址", "联系电话", "行业", "参保人数"],
    }


def test_sizes_are_those_asked_for(rows, truth):
    assert len(rows["A"]) == round(ROWS * MARKET_SHARE)
    assert abs(len(rows["A"]) + len(rows["B"]) - ROWS) < ROWS * 0.02
    assert {name: len(them) for name, them in rows.items()} == {
        name: len(them) for name, them in truth.items()
    }


def test_the_market_knows_each_enterprise_once_and_the_others_strangers_too(truth):
    market = [row["entity"] for row in truth["A"]]
    known = set(market)
    assert len(known) == len(market)
    for name, rate in BESIDE.items():
        strangers = [row for row in truth[name] if row["entity"] not in known]
        assert len(strangers) == round(len(market) * rate.strangers)
        assert all("STRANGER" in row["case"].split("|") for row in strangers)


def test_the_market_s_numbers_hold_and_are_unique(rows):
    for row in rows["A"]:
        assert read_credit_code(row["统一社会信用代码"]).warnings == ()
        if row["注册号"]:
            assert read_registration_number(row["注册号"]) == row["注册号"]
    assert len({row["统一社会信用代码"] for row in rows["A"]}) == len(rows["A"])


def test_no_two_enterprises_bear_one_name_but_sole_traders(rows, truth):
    names = [
        row["企业名称"]
        for row, known in zip(rows["A"], truth["A"], strict=True)
        if "SOLE_TRADER" not in known["case"]
    ]
    assert len(names) - len(set(names)) < len(names) * 0.002


def test_several_provinces(rows):
    assert len({row["统一社会信用代码"][2:4] for row in rows["A"]}) == 8


def test_a_usable_number_is_one_that_a_reader_of_check_digits_can_follow(rows, truth):
    """The stratum without usable identifiers is what nobody could find by number."""
    codes = {known["entity"]: row for row, known in zip(rows["A"], truth["A"], strict=True)}
    union = rows["B"]
    read = normalise_columns(
        [row["单位名称"] for row in union], codes=[[row["纳税人识别号"] for row in union]]
    )
    followed = 0
    for n, known in enumerate(truth["B"]):
        own = codes.get(known["entity"])
        if own is None:
            continue
        leads = read["organisation"][n] == own["统一社会信用代码"][8:17] or (
            read["registration"][n] != "" and read["registration"][n] == own["注册号"]
        )
        # A slip may by chance leave a check digit standing; a number that leads is never called unusable.
        assert not leads or known["usable"], union[n]
        followed += leads
    usable = sum(known["usable"] for known in truth["B"] if known["entity"] in codes)
    assert followed > usable * 0.97


def test_rates_are_what_is_documented(rows, truth):
    count = len(truth["B"])
    share = {
        case: sum(case in row["case"].split("|") for row in truth["B"]) / count
        for case in ("NO_CODE", "UNION_SUFFIX", "RENAME", "OTHER_PERSON", "NO_PHONE")
    }
    assert share["NO_CODE"] == pytest.approx(UNION.code_missing, abs=0.03)
    assert share["UNION_SUFFIX"] == pytest.approx(UNION.union_suffix, abs=0.02)
    assert share["RENAME"] == pytest.approx(UNION.renamed, abs=0.01)
    assert share["NO_PHONE"] == pytest.approx(UNION.phone_missing, abs=0.03)
    assert sum(row["纳税人识别号"] == "" for row in rows["B"]) / count == pytest.approx(
        share["NO_CODE"], abs=0.001
    )


def test_the_page_says_the_rates():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "linkage-benchmark.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|[^|]+\| (.+?) \|$", page, re.MULTILINE))
    rates = {
        one.name: " | ".join(f"{100 * getattr(rate, one.name):g} %" for rate in BESIDE.values())
        for one in fields(UNION)
        if one.name != "headings"
    }
    assert told == rates
    for share, factor in CARE:
        assert f"{100 * share:g} %" in page
        assert f"times {factor:g}" in page


def test_cases_say_what_was_done(rows, truth):
    names = {known["entity"]: row["企业名称"] for row, known in zip(rows["A"], truth["A"], strict=True)}
    for row, known in zip(rows["B"], truth["B"], strict=True):
        cases, official = set(known["case"].split("|")) - {""}, names.get(known["entity"])
        if official and not cases & OF_NAMES:
            assert row["单位名称"] == official
        if "FLOAT_CODE" in cases:
            assert "E+" in row["纳税人识别号"]


def test_hard_cases_are_there(truth):
    for case in (
        "BRANCH",
        "SIBLING",
        "AGENT_PHONE",
        "SHARED_ADDRESS",
        "SOLE_TRADER",
        "NAMELESS",
        "CHAIN",
        "GROUP",
        "VENTURE",
        "INSTITUTION",
        "COOPERATIVE",
    ):
        assert sum(case in row["case"].split("|") for row in truth["A"]) > 20, case


def test_the_generator_s_words_are_its_own():
    trades = {word for line in words.lines("trades") for word in line[1:]}
    assert len(trades) > 350
    assert len(trades - tables.trades()) > 100
    assert len(words.surnames().words) >= 150


def test_chances_are_drawn_as_they_are_given():
    drawn = words.Drawn("甲 乙 丙", np.array([6, 3, 1]))
    found = drawn(np.random.default_rng(1), 100_000)
    assert [round(float((found == one).mean()), 1) for one in "甲乙丙"] == [0.6, 0.3, 0.1]
