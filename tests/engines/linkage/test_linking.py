"""Registers linked: who is whom, and above all who is not."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.comparisons import COMPARISONS
from unionhall.engines.linkage.preparing import prepare
from unionhall.engines.linkage.problems import RegisterError
from unionhall.engines.linkage.runs import link_files, register_names
from unionhall.engines.linkage.weights import read_weights

HEADINGS = ("id", "企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话")
MARKET = [
    (
        "a1",
        "杭州云栖信息技术有限公司",
        "91330100799655058B",
        "单志明",
        "杭州市西湖区文三路12号",
        "13912345678",
    ),
    ("a2", "杭州云栖信息技术有限公司西湖分公司", "", "陆佳", "杭州市西湖区学院路8号", "13800000002"),
    ("a3", "杭州云栖餐饮管理有限公司", "", "单志明", "杭州市西湖区文三路12号", "13912345678"),
    ("a4", "老王修鞋铺", "", "王大庆", "杭州市拱墅区上塘路101号", "13700000004"),
    ("a5", "宁波恒远物流有限公司", "", "周远", "宁波市鄞州区中山东路5号", "13600000005"),
    ("a6", "绍兴宏达建筑工程有限公司", "", "何宏", "绍兴市越城区解放路77号", "13500000006"),
    ("a7", "嘉兴宏达建筑工程有限公司", "", "马国", "嘉兴市南湖区中环路3号", "13400000007"),
]


def write(path: Path, rows, headings=HEADINGS, encoding="utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


@pytest.fixture
def market(tmp_path):
    return write(tmp_path / "市场监管.csv", MARKET)


def linked(tmp_path, market, rows, **told):
    """What the rows of a union's register are linked with, for sure or not: b to (a, outcome)."""
    union = write(tmp_path / "工会.csv", rows)
    link_files([market, union], tmp_path / "links.csv", **told)
    with (tmp_path / "links.csv").open(encoding="utf-8") as file:
        return {row["b"]: (row["a"], row["outcome"]) for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("union", "market_id"),
    [
        # The number says it, though the name and all else are others: renamed and moved.
        (("杭州新芽信息技术有限公司", "91330100799655058B", "单志明", "", ""), "a1"),
        # Traditional characters, the union's own words behind, full width, no number.
        (("杭州雲棲信息技術有限公司工會委員會", "", "单志明", "文三路１２號", ""), "a1"),
        # The brand by sound.
        (("杭州云西信息技术公司", "", "", "西湖区文三路12号", "13912345678"), "a1"),
        # The branch is not its parent, the sibling with the same boss, phone and address is another.
        (("杭州云栖信息技术有限公司西湖分公司", "", "陆佳", "", ""), "a2"),
        (("杭州云栖餐饮有限公司", "", "单志明", "西湖区文三路12号", "13912345678"), "a3"),
        # A shop by its person and place.
        (("老王修鞋店", "", "王大庆", "上塘路101号", ""), "a4"),
        # Two of one name: where it lies decides.
        (("宏达建筑工程有限公司", "", "", "绍兴市越城区解放路77号", ""), "a6"),
        (("宏达建筑工程有限公司", "", "马国", "嘉兴市", ""), "a7"),
        # Others of other places, or nobody at all.
        (("台州宏达建筑工程有限公司", "", "李四", "台州市椒江区人民路1号", "13300000000"), None),
        (("温州大成鞋业有限公司", "", "赵六", "温州市鹿城区人民路9号", "13200000000"), None),
        (("", "", "", "", ""), None),
    ],
)
def test_who_is_whom(tmp_path, market, union, market_id):
    found = linked(tmp_path, market, [("b1", *union)])
    assert {b: a for b, (a, outcome) in found.items() if outcome == "linked"} == (
        {"b1": market_id} if market_id else {}
    )


def test_each_record_is_linked_once(tmp_path, market):
    rows = [(f"b{n}", *row[1:]) for n, row in enumerate(MARKET)]
    twice = [*rows, ("b9", *MARKET[0][1:])]
    found = linked(tmp_path, market, twice)
    assert sorted(a for a, _outcome in found.values()) == [row[0] for row in MARKET]
    assert found["b0"] == ("a1", "linked")


def test_the_order_of_rows_says_nothing(tmp_path, market):
    rows = [(f"b{n}", *row[1:]) for n, row in enumerate(MARKET)]
    assert linked(tmp_path, market, rows) == linked(tmp_path, market, rows[::-1])


def test_what_is_decided_holds(tmp_path, market):
    row = ("b1", *MARKET[4][1:])
    decided = [("a5", "b1", False), ("a1", "b1", True)]
    assert linked(tmp_path, market, [row]) == {"b1": ("a5", "linked")}
    assert linked(tmp_path, market, [row], decided=decided[:1]) == {}
    assert linked(tmp_path, market, [row], decided=decided) == {"b1": ("a1", "linked")}


@pytest.mark.parametrize("kind", ["gb18030", "xlsx", "parquet", "ready"])
def test_any_kind_of_file_says_the_same(tmp_path, market, kind):
    rows = [(f"b{n}", *row[1:]) for n, row in enumerate(MARKET)]
    wanted = linked(tmp_path, market, rows)
    if kind == "gb18030":
        other = write(tmp_path / "other.csv", MARKET, encoding="gb18030")
    elif kind == "xlsx":
        other = tmp_path / "other.xlsx"
        import openpyxl

        book = openpyxl.Workbook()
        for row in [HEADINGS, *MARKET]:
            book.active.append(row)
        book.save(other)
    elif kind == "parquet":
        other = tmp_path / "other.parquet"
        import pyarrow as pa
        import pyarrow.parquet

        columns = zip(*MARKET, strict=True)
        pa.parquet.write_table(pa.table(dict(zip(HEADINGS, map(list, columns), strict=True))), other)
    else:
        other = tmp_path / "other.parquet"
        prepare(market, other)
    assert linked(tmp_path, other, rows) == wanted


def test_nothing_but_the_prepared_register_is_left(tmp_path, market):
    here = {market.name, "ready.parquet"}
    prepare(market, tmp_path / "ready.parquet")
    assert {path.name for path in tmp_path.iterdir()} == here
    with pytest.raises(RegisterError):
        prepare(write(tmp_path / market.name, []), tmp_path / "ready.parquet")
    assert {path.name for path in tmp_path.iterdir()} == here


def test_a_row_without_an_id_is_named_by_its_number(tmp_path):
    rows = [row[1:] for row in MARKET]
    market = write(tmp_path / "甲.csv", rows, HEADINGS[1:])
    found = linked(tmp_path, market, [("b1", *MARKET[3][1:])])
    assert found == {"b1": ("5", "linked")}


def test_three_registers_are_linked_each_with_each(tmp_path, market):
    tax = write(tmp_path / "税务.csv", [("t1", *MARKET[0][1:])])
    union = write(tmp_path / "工会.csv", [("u1", *MARKET[0][1:]), ("u2", *MARKET[4][1:])])
    link_files([market, tax, union], tmp_path / "links.csv")
    with (tmp_path / "links.csv").open(encoding="utf-8") as file:
        rows = [tuple(row.values())[:4] for row in csv.DictReader(file)]
    assert rows == [
        ("市场监管", "工会", "a1", "u1"),
        ("市场监管", "工会", "a5", "u2"),
        ("市场监管", "税务", "a1", "t1"),
        ("税务", "工会", "t1", "u1"),
    ]


def test_registers_of_one_name_are_told_apart():
    assert register_names([Path("x/甲.csv"), Path("y/甲.csv"), Path("乙.xlsx")]) == ["甲", "甲 2", "乙"]


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "unionhall.site.cli", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_columns_are_told_by_a_mapping(tmp_path, market):
    other = write(tmp_path / "手工.csv", [("b1", *MARKET[0][1:])], ("编号", "甲方", "乙码", "丙", "丁", "戊"))
    mapping = tmp_path / "map.json"
    mapping.write_text('{"手工": {"id": "编号", "name": "甲方", "code": ["乙码"], "person": "丙"}}', "utf-8")
    run = command("link", market, other, "-o", tmp_path / "l.csv", "--map", mapping)
    assert (run.returncode, (tmp_path / "l.csv").read_text("utf-8").splitlines()[1].split(",")[:2]) == (
        0,
        ["a1", "b1"],
    )
    mapping.write_text('{"*": {"name": "甲方"}}', "utf-8")
    run = command("link", market, other, "-o", tmp_path / "l.csv", "--map", mapping)
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        1,
        "市场监管.csv: the mapping wants a column headed 甲方; the headings are " + "、".join(HEADINGS) + ".",
    )
    mapping.write_text("[]", "utf-8")
    run = command("link", market, other, "-o", tmp_path / "l.csv", "--map", mapping)
    assert (run.returncode, run.stderr) == (
        1,
        "map.json is not what it should be: it is no mapping of registers to columns.\n",
    )


def test_a_bad_register_is_refused_and_earlier_links_stay(tmp_path, market):
    links = tmp_path / "links.csv"
    links.write_text("of yesterday", "utf-8")
    bad = tmp_path / "坏.csv"
    bad.write_text("企业名称,住所\n甲,乙\n丙,丁,戊\n", "utf-8")
    run = command("link", market, bad, "-o", links)
    assert (run.returncode, run.stderr.splitlines()[-1], links.read_text("utf-8")) == (
        1,
        "坏.csv: row 3 has 3 cells under 2 headings; quote a cell that holds a comma.",
        "of yesterday",
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links.csv", "坏.csv", "市场监管.csv"]


def test_a_register_with_itself_and_one_alone(tmp_path, market):
    run = command("link", market, "-o", tmp_path / "l.csv")
    assert (run.returncode, run.stderr) == (2, "Linking needs two registers at least.\n")


def test_each_link_has_its_reasons_and_a_run_its_figures(tmp_path, market):
    union = write(tmp_path / "工会.csv", [("b1", *MARKET[0][1:]), ("b2", "", "", "", "", "")])
    why, report = tmp_path / "why.csv", tmp_path / "report.json"
    run = command("link", market, union, "-o", tmp_path / "l.csv", "--why", why, "--report", report)
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        0,
        "市场监管 (7) and 工会 (2): 1 linked, 0 to review, 6 of 市场监管 without a partner.",
    )
    with why.open(encoding="utf-8-sig") as file:
        steps = [(row["question"], row["words"]) for row in csv.DictReader(file)]
    assert steps == [
        ("number", "机构代码相同"),
        ("name", "字号和行业相同，很少有重名"),
        ("branch", "都不是分支机构"),
        ("form", "组织形式相同"),
        ("person", "负责人相同，很少有重名"),
        ("place", "门牌相同，此处企业很少"),
        ("area", "同一区县"),
        ("phone", "电话相同，很少有别家使用"),
    ]
    told = json.loads(report.read_text("utf-8"))
    assert told["registers"]["工会"] == {"RECORDS": 2, "NO_NAME": 1, "NO_CODE": 1, "REPEATED": 0}
    assert told["pairs"][0]["figures"]["met"] == 1.0
    assert told["pairs"][0]["figures"]["unlinkable"] == {"a": 0, "b": 1}
    assert told["drift"] == []
    told["shares"]["工会 NO_CODE"] = 0.1
    report.write_text(json.dumps(told), "utf-8")
    run = command("link", market, union, "-o", tmp_path / "l.csv", "--before", report)
    assert run.stderr.splitlines()[-1] == "工会 NO_CODE was 10.0% and is 50.0% now."


def test_every_answer_has_words_and_a_weight():
    known = {(one.name, code) for one in COMPARISONS for code in (*one.codes, "UNKNOWN")}
    lines = [line.split(" ", 2) for line in tables.lines("answers.txt")]
    assert {(question, answer) for question, answer, _words in lines} == known
    weighed = {(name, code) for name, answers in read_weights().answers.items() for code in answers}
    assert weighed == {pair for pair in known if pair[1] != "UNKNOWN"}


def test_the_probability_rises_with_the_weight():
    points = read_weights().calibration
    assert points[0] == (0.0, 0.0)
    assert points[-1][0] == 1.0
    assert 0.99 < points[-1][1] <= 1.0
    assert list(points) == sorted(points)
    assert [y for _x, y in points] == sorted(y for _x, y in points)


PERSONS = [
    (f"p{n}", given, family, born, f"{n} high street")
    for n, (given, family, born) in enumerate(
        (given, family, f"19{40 + (7 * one + 3 * other) % 50}{1 + one:02}{10 + other}")
        for one, given in enumerate(("anna", "bruno", "clara", "david", "emma", "frank", "greta", "hugo"))
        for other, family in enumerate(
            ("miller", "novak", "olsen", "parker", "quinn", "rossi", "singh", "tanaka")
        )
    )
]


def test_records_of_any_kind_are_linked_by_their_common_columns(tmp_path):
    heading = ("id", "given", 'family "name"', "born", "street")
    left = write(tmp_path / "a.csv", PERSONS, heading)
    slipped = [(f"q{n}", given[:-1], *rest) for n, (_id, given, *rest) in enumerate(PERSONS)]
    right = write(tmp_path / "b.csv", slipped[:40][::-1], heading)
    run = command("link", "--plain", left, right, "-o", tmp_path / "l.csv")
    assert (run.returncode, run.stderr) == (0, "a.csv and b.csv: 40 linked, 0 to review.\n")
    with (tmp_path / "l.csv").open(encoding="utf-8") as file:
        pairs = {(row["a"][1:], row["b"][1:]) for row in csv.DictReader(file)}
    assert pairs == {(str(n), str(n)) for n in range(40)}
    other = write(tmp_path / "c.csv", [("x", "y")], ("id", "given"))
    run = command("link", "--plain", left, other, "-o", tmp_path / "l.csv")
    headings = "、".join(heading[1:])
    sentence = f"fewer than two columns are headed alike ({headings} and given); rename them."
    assert (run.returncode, run.stderr) == (1, f"a.csv, c.csv: {sentence}\n")
