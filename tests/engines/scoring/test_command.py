"""The command as somebody with three files uses it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator
from openpyxl import Workbook

from .conftest import EXAMPLES

HEADER = ["entry", "jury", "juror", "criterion", "score"]


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "unionhall.engines.scoring", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def score(*arguments):
    return command("score", EXAMPLES / "rulebook.json", *arguments)


def rows_of_example():
    return [line.split(",") for line in (EXAMPLES / "ballots.csv").read_text().splitlines()[1:]]


def test_the_example_gives_the_stored_result(tmp_path):
    output = tmp_path / "result.json"
    run = score(EXAMPLES / "ballots.csv", "--adjustments", EXAMPLES / "adjustments.csv", "-o", output)
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(output.read_text()) == json.loads((EXAMPLES / "result.json").read_text())


def test_a_workbook_with_merged_cells_and_trailing_blanks_gives_the_same(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["选手", "评审组", "评委", "评分项", "得分"])
    for entry, jury, juror, criterion, mark in rows_of_example():
        sheet.append([int(entry), jury, juror, criterion, float(mark) if mark else None])
    sheet.merge_cells("A2:A5")  # one juror's four rows share the entry's cell
    sheet.cell(sheet.max_row + 20, 1).value = "   "
    book.save(tmp_path / "ballots.xlsx")
    plain, merged = score(EXAMPLES / "ballots.csv"), score(tmp_path / "ballots.xlsx")
    assert merged.stderr == ""
    assert json.loads(merged.stdout) == json.loads(plain.stdout)


def test_a_file_in_the_national_encoding_is_read(tmp_path):
    text = (
        (EXAMPLES / "ballots.csv")
        .read_text()
        .replace("entry,jury,juror,criterion,score", "选手,评审组,评委,评分项,得分")
    )
    (tmp_path / "ballots.csv").write_bytes(text.encode("gb18030"))
    assert score(tmp_path / "ballots.csv").stdout == score(EXAMPLES / "ballots.csv").stdout


def test_every_bad_row_is_named(tmp_path):
    rows = [*HEADER, *()]
    lines = [
        ",".join(rows),
        "1,EXPERT,1,CONTENT,41",
        "1,EXPERT,1,LANGUAGE,",
        "1,EXPERT,1,BEARING,15",
        "1,EXPERT,1,IMPRESSION,15",
        "1,PUBLIC,1,CONTENT,40",
        "1,MODEL,1,POISE,40",
        ",MODEL,1,CONTENT,40",
    ]
    (tmp_path / "bad.csv").write_text("\n".join(lines), encoding="utf-8")
    run = score(tmp_path / "bad.csv")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        "Nothing was counted. Please mend:",
        "  - row 6: jury “PUBLIC” is not in the rule book",
        "  - row 7: criterion “POISE” is not in the rule book",
        "  - row 8: entry, jury and juror must all be filled in",
        "  - row 2: juror 1, entry 1, CONTENT: the score must be 0 to 40",
        "  - row 2: juror 1, entry 1: LANGUAGE is blank while others are not",
    ]


def test_an_entry_without_a_jury_is_told_and_can_be_accepted(tmp_path):
    kept = [row for row in rows_of_example() if row[:2] != ["1", "MODEL"]]
    (tmp_path / "part.csv").write_text("\n".join(map(",".join, [HEADER, *kept])), encoding="utf-8")
    run = score(tmp_path / "part.csv")
    assert run.returncode == 2
    assert run.stderr.splitlines()[1:] == [
        "  - entry 1: jury MODEL has no ballots, so there is no composite score"
    ]
    assert json.loads(score(tmp_path / "part.csv", "--partial").stdout)["entries"][-1]["composite"] is None


@pytest.mark.parametrize("name", ["missing.csv", "broken.xlsx"])
def test_an_unreadable_file_is_no_stack_trace(tmp_path, name):
    if name == "broken.xlsx":
        (tmp_path / name).write_bytes(b"PK no workbook")
    run = score(tmp_path / name)
    assert run.returncode == 2
    assert run.stderr.startswith(f"Nothing was counted. Please mend:\n  - {name} cannot be read: ")
    assert "Traceback" not in run.stderr


def test_the_schema_is_valid_and_accepts_the_example(document):
    schema = json.loads(command("schema", "rulebook").stdout)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
