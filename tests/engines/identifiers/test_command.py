"""`unionhall identifiers` as somebody with a spreadsheet uses it."""

from __future__ import annotations

import subprocess
import sys

ROWS = """名称,统一社会信用代码
江城机床厂,91350100M000100Y43
北区合作社,9135O1OOM000100Y43
"某
公司",91350100M000100Y44
空白,
新区公司,91990000M000100Y4N
"""


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "unionhall.site.cli", "identifiers", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_each_row_with_a_problem_is_named_and_no_number_is_printed(tmp_path):
    sheet = tmp_path / "单位.csv"
    sheet.write_text(ROWS, encoding="utf-8-sig")
    run = command(sheet, "--column", "统一社会信用代码", "--kind", "credit")
    assert (run.returncode, run.stderr) == (1, "")
    assert run.stdout.splitlines() == [
        "row,problem,warnings",
        "3,LOOKS_LIKE,",
        "5,CHECK_CHARACTER,",
        "6,LENGTH,",
        "7,,UNKNOWN_REGION",
    ]


def test_warnings_alone_are_no_problem(tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone,number\n16212345678,990000199001010017\n", encoding="utf-8")
    phones = command(sheet, "--column", "phone", "--kind", "mobile")
    assert (phones.returncode, phones.stdout) == (0, "row,problem,warnings\n")
    numbers = command(sheet, "--column", "number", "--kind", "identity")
    assert (numbers.returncode, numbers.stdout.splitlines()[1:]) == (0, ["2,,UNKNOWN_REGION"])


def test_a_file_or_column_that_is_not_there(tmp_path):
    sheet = tmp_path / "people.csv"
    sheet.write_text("phone\n", encoding="utf-8")
    assert command(sheet, "--column", "mobile", "--kind", "mobile").returncode == 2
    assert command(tmp_path / "none.csv", "--column", "mobile", "--kind", "mobile").returncode == 2
