"""A register kept without its persons links as the plain one does."""

from __future__ import annotations

import csv
import hmac

import pyarrow.parquet as pq
import pytest
from benchmarks.linkage.generate import generate

from unionhall.engines.linkage import preparing
from unionhall.engines.linkage.keyed import (
    BRANDS,
    NAMES,
    NUMBERS,
    PERSONAL,
    PLAIN,
    is_keyed,
    key_register,
    keys_of,
    unclassed,
)
from unionhall.engines.linkage.preparing import prepare
from unionhall.engines.linkage.runs import link_files

HEADINGS = ("id", "企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话")
ROWS = [
    (
        "1",
        "杭州云栖信息技术有限公司",
        "91330100799655058B",
        "单志明",
        "杭州市西湖区文三路12号",
        "13912345678",
    ),
    ("2", "西湖区王大庆修鞋店", "", "王大庆", "杭州市西湖区上塘路101号", "13700000004"),
    ("3", "老李建军面馆", "", "李建军", "杭州市西湖区学院路8号", "13800000002"),
    ("4", "陈静", "", "", "杭州市西湖区古翠路9号", "13800000003"),
    ("5", "鼎鲜便利店（张三丰）", "", "", "杭州市西湖区翠苑街1号", "057188880000"),
    ("6", "宁波恒远物流有限公司", "330106199202301234", "", "宁波市鄞州区中山东路5号", ""),
]
PERSONS = (
    "单志明",
    "王大庆",
    "李建军",
    "陈静",
    "张三丰",
    "shanzhiming",
    "wangdaqing",
    "chenjing",
    "13912345678",
)


def keyed(value):
    return hmac.digest(b"key", value.encode(), "sha256")[:16]


def prepared(tmp_path, rows=ROWS, name="register"):
    source = tmp_path / f"{name}.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return prepare(source, tmp_path / f"{name}.parquet")


def columns(path):
    return pq.read_table(path).to_pydict()


def test_nothing_of_a_person_is_left_and_what_is_an_enterprises_stays(tmp_path):
    plain = prepared(tmp_path)
    made = key_register(plain, tmp_path / "keyed.parquet", keyed)
    before, after = columns(plain.path), columns(made.path)
    told = str(after)
    assert [one for one in PERSONS if one in str(before)] == list(PERSONS)
    assert [one for one in PERSONS if one in told] == []
    assert [is_keyed(name) for name in after["name"]] == [False, True, True, True, True, False]
    assert (after["brand"][0], after["brand"][4], after["core"][0]) == ("云栖", "鼎鲜", "云栖信息技术")
    assert before["written"][5] == "330106199202301234"
    assert after["written"] == [None] * 6
    for name in PLAIN:
        assert after[name] == before[name]
    # Who has no phone meets nobody by it, and a phone's key cannot be found by trying phones.
    for name in keys_of(PERSONAL):
        was, now = before[name], after[name]
        assert [one is None for one in now] == [one is None for one in was]
        assert [one for one in now if one is not None and one in was] == []
    assert after["key_brand_here"][0] == before["key_brand_here"][0]
    assert after["key_brand_here"][1] != before["key_brand_here"][1]


def test_it_is_known_of_every_column_whether_it_is_personal(tmp_path, monkeypatch):
    plain = prepared(tmp_path)
    names = pq.read_schema(plain.path).names
    counted = [f"{name}_many" for name in preparing._COUNTED]
    keys = [f"key_{name}" for name in preparing.KEYS]
    assert sorted(names) == sorted((*PERSONAL, *NAMES, *BRANDS, *NUMBERS, *PLAIN, *counted, *keys))
    assert (unclassed(names), unclassed([*names, "owner"])) == ([], ["owner"])
    # Every key that a personal column has a part in is replaced.
    assert keys_of(PERSONAL) == ["key_phone", "key_person", "key_person_sign"]
    assert set(keys) - {*keys_of(PERSONAL), *keys_of(BRANDS)} == {
        "key_organisation", "key_registration", "key_place",
    }  # fmt: skip
    monkeypatch.setattr(
        preparing, "_FEATURES", preparing._FEATURES.replace("SELECT n,", "SELECT n, area AS owner,", 1)
    )
    with pytest.raises(ValueError, match="owner"):
        key_register(prepared(tmp_path, name="more"), tmp_path / "keyed.parquet", keyed)


def test_equal_values_stay_equal_and_others_are_nowhere_near(tmp_path):
    rows = [(str(n), f"甲{n}厂", "", f"王建{chr(0x4E00 + n)}", "", f"138{n:08}") for n in range(300)]
    made = key_register(prepared(tmp_path, rows), tmp_path / "a.parquet", keyed)
    again = key_register(prepared(tmp_path, rows[::-1], "turned"), tmp_path / "b.parquet", keyed)
    one, other = columns(made.path), columns(again.path)
    for name in (*PERSONAL, "key_phone", "key_person"):
        assert one[name] == other[name][::-1]
    assert len({text[0] for text in one["phone"]}) > 290
    assert {len(text) for text in one["phone"]} == {8}


def links(path):
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["a"], row["b"]) for row in csv.DictReader(file) if row["outcome"] == "linked"}


def test_two_keyed_registers_are_linked_as_the_plain_ones_are(tmp_path):
    left, right = generate(tmp_path, rows=9000, seed=7).registers.values()
    link_files([left, right], tmp_path / "plain.csv")
    kept = key_register(prepare(right, tmp_path / "B2.parquet"), tmp_path / "kept.parquet", keyed)
    link_files([left, kept.path], tmp_path / "keyed.csv", keyed=keyed, work=tmp_path)
    plain, found = links(tmp_path / "plain.csv"), links(tmp_path / "keyed.csv")
    assert len(plain) > 2000
    # Of ten thousand some twenty differ: those where a slip in a person's name or phone decides.
    assert len(plain ^ found) <= 0.003 * len(plain)
    assert is_keyed(columns(tmp_path / "0.keyed.parquet")["person"][0])
