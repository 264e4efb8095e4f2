"""`unionhall normalise` as somebody with a register uses it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

ROWS = """企业名称,统一社会信用代码/纳税人识别号,组织机构代码,法定代表人（负责人）,住所,联系电话,行业,从业人数
杭州云栖科技有限公司,91330100799655058B,,单志明,杭州市西湖区文三路12号,0571-88881234,软件,31

老王修鞋铺,9.11E+17,79965505-8,王五,,13912345678.0,,1
,,,,,,,2
"""


def command(*arguments, name="normalise"):
    return subprocess.run(
        [sys.executable, "-m", "unionhall.site.cli", name, *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def parts(text):
    return [{name: said for name, said in row.items() if said} for row in csv.DictReader(io.StringIO(text))]


FOUND = [
    {
        "row": "2", "name": "杭州云栖科技有限公司", "region": "浙江省杭州市", "region_code": "330100",
        "brand": "云栖", "trade": "科技", "form": "LIMITED", "person": "单志明",
        "brand_pinyin": "yun qi", "trade_pinyin": "ke ji",
        "person_pinyin": "shan zhi ming", "credit": "91330100799655058B", "organisation": "799655058",
        "area": "浙江省杭州市西湖区", "area_code": "330106", "road": "文三路", "number": "12",
        "phone": "057188881234",
    },
    {
        "row": "4", "name": "老王修鞋铺", "brand": "老王", "trade": "修鞋", "form": "SHOP", "person": "王五",
        "brand_pinyin": "lao wang", "trade_pinyin": "xiu xie", "person_pinyin": "wang wu",
        "organisation": "799655058",
        "code_problem": "FLOAT", "phone": "13912345678",
    },
    {"row": "5"},
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_register_is_taken_apart(tmp_path, encoding):
    register, out = tmp_path / "市场监管.csv", tmp_path / "parts.csv"
    register.write_text(ROWS, encoding=encoding)
    run = command(register, "-o", out)
    assert (run.returncode, run.stdout, run.stderr) == (
        0,
        "",
        "3 records, 1 without a name, 1 numbers FLOAT.\n",
    )
    assert parts(out.read_text("utf-8-sig")) == FOUND


def test_tabs_and_standard_output(tmp_path):
    register = tmp_path / "税务.csv"
    register.write_text("纳税人名称\t纳税人识别号\n老王修鞋铺\t330100799655058\n", encoding="utf-8")
    run = command(register)
    assert run.returncode == 0
    assert parts(run.stdout) == [
        {
            "row": "2", "name": "老王修鞋铺", "brand": "老王", "trade": "修鞋", "form": "SHOP",
            "brand_pinyin": "lao wang", "trade_pinyin": "xiu xie", "organisation": "799655058",
            "tax": "330100799655058",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty."),
        (b"\n,,\n", "the file is empty."),
        ("企业名称,住所\n", "there are headings and no rows below them."),
        (
            "序号,联系电话\n1,2\n",
            "no column is headed 企业名称, 单位名称 or 纳税人名称; the headings are 序号、联系电话.",
        ),
        (
            "2026年企业名单,,\n企业名称,住所\n甲,乙\n",
            "the headings stand in row 2; delete what is above them.",
        ),
        (
            "2026年企业名单,,\n填报单位：某街道,,\n\n企业名称,住所\n甲,乙\n",
            "the headings stand in row 4; delete what is above them.",
        ),
        (
            "id,企业名称\n7,甲\n8,乙\n7,丙\n",
            "rows 2 and 4 both have the id 7; give each row its own, or rename the column.",
        ),
        (
            "企业名称,住所,从业人数\n单位名称,地址,人\n甲,乙,3\n",
            "row 2 is a second row of headings; keep one row of headings.",
        ),
        (
            "企业名称 统一社会信用代码 住所\n甲 1 乙\n",
            "row 1: all headings stand in one cell; separate the columns by commas or tabs.",
        ),
        (
            "企业名称,单位名称\n甲,乙\n",
            "the columns 企业名称、单位名称 mean the same; keep one of them or rename the others.",
        ),
        (
            "企业名称,住所\n甲,乙\n丙,丁,戊\n",
            "row 3 has 3 cells under 2 headings; quote a cell that holds a comma.",
        ),
        (b"PK\x03\x04....", "it is a broken workbook, not a table; save it as CSV (UTF-8)."),
        (b"\x00\x01\x02", "it is a binary file, not a table; save it as CSV (UTF-8)."),
        (
            "企业名称\n".encode() + "甲商店\n".encode() * 200 + b"\xe4\x00\n",
            "row 202 is neither UTF-8 nor GB18030 (1 such rows); mend them or save as CSV (UTF-8).",
        ),
        (
            "企业名称\n甲\n".encode() + b"\xff\xff\xfe\n",
            "row 3 is neither UTF-8 nor GB18030 (1 such rows); mend them or save as CSV (UTF-8).",
        ),
        (
            "企业名称\n".encode() + (b"\xff\xff\xfe\n" + "甲\n".encode()) * 3,
            "row 2 is neither UTF-8 nor GB18030 (3 such rows); mend them or save as CSV (UTF-8).",
        ),
        (
            "企业名称\n甲\n乙\n".encode("utf-16") + b"\x00",
            "row 4 is neither UTF-8 nor GB18030 (1 such rows); mend them or save as CSV (UTF-8).",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, content, sentence):
    register = tmp_path / "坏.csv"
    register.write_bytes(content if isinstance(content, bytes) else content.encode())
    run = command(register)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", f"坏.csv: {sentence}\n")


def test_a_column_of_lists_in_parquet_is_no_hindrance(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    register = tmp_path / "名册.parquet"
    table = pa.table({"企业名称": ["杭州云栖科技有限公司", "老王修鞋铺"], "标签": [["甲"], None]})
    parquet.write_table(table, register)
    run = command(register)
    assert (run.returncode, run.stderr) == (0, "2 records, 0 without a name.\n")


def test_a_parquet_file_that_breaks_off_further_on_is_refused(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    register = tmp_path / "名册.parquet"
    names = [f"第{n}号商店" for n in range(5000)]
    parquet.write_table(pa.table({"企业名称": names}), register, compression="zstd", use_dictionary=False)
    damaged = bytearray(register.read_bytes())
    damaged[100:400] = bytes(300)
    register.write_bytes(damaged)
    run = command(register)
    assert (run.returncode, run.stderr) == (
        1,
        "名册.parquet: it is a broken Parquet file, not a table; save it as CSV (UTF-8).\n",
    )


def test_linking_says_what_a_register_lacks_and_in_which_row(tmp_path):
    pytest.importorskip("splink")
    market, union = tmp_path / "市场.csv", tmp_path / "工会.csv"
    market.write_text("企业名称,统一社会信用代码\n杭州云栖科技有限公司,91330100799655058B\n", "utf-8")
    union.write_text(
        "企业名称,统一社会信用代码\n杭州云栖科技有限公司,91330100799655058B\n老王修鞋铺,9.11E+17\n,1\n"
        "云栖科技,91330100799655058B\n小李面馆,\n小李面馆,\n",
        "utf-8",
    )
    run = command(market, union, "-o", tmp_path / "links.csv", name="link")
    assert run.returncode == 0
    told = [line.split(": ")[1] for line in run.stderr.splitlines() if line.startswith("工会: ")]
    assert told == [
        "1 numbers were rounded by a table program, the first in row 3",
        "1 rows have no name, the first in row 4",
        "2 rows repeat an enterprise, the first in row 5",
    ]


def test_a_file_given_twice_is_not_linked_with_itself(tmp_path):
    register = tmp_path / "甲.csv"
    register.write_text("企业名称\n杭州云栖科技有限公司\n", "utf-8")
    run = command(register, tmp_path / "." / "甲.csv", "-o", tmp_path / "links.csv", name="link")
    assert (run.returncode, run.stderr) == (
        2,
        "One file is given twice; all of it would be linked with itself.\n",
    )


def test_a_file_that_is_not_there(tmp_path):
    missing = command(tmp_path / "none.csv")
    assert (missing.returncode, missing.stderr) == (
        1,
        "none.csv: it cannot be read: No such file or directory.\n",
    )
    register = tmp_path / "甲.csv"
    register.write_text("企业名称\n甲\n", encoding="utf-8")
    unwritten = command(register, "-o", tmp_path / "none" / "out.csv")
    assert unwritten.returncode == 1
    assert unwritten.stderr == f"{tmp_path}/none/out.csv cannot be written: No such file or directory.\n"
