"""`unionhall territory` as somebody in a street office uses it."""

from __future__ import annotations

import csv
import json
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.territory.test_files import square, write
from unionhall.engines.territory import messages
from unionhall.engines.territory.problems import Problem


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "unionhall.site.cli", "territory", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.fixture
def office(tmp_path):
    """Four by three blocks of one kind of work and two stewards."""
    cells = [(x, y) for y in range(3) for x in range(4)]
    (tmp_path / "blocks.csv").write_text(
        "地块编号,名称,工作量\n" + "".join(f"{x}{y},第{x}{y}块,10\n" for x, y in cells), encoding="gb18030"
    )
    (tmp_path / "pairs.csv").write_text(
        "block,neighbour\n"
        + "".join(f"{x}{y},{x + 1}{y}\n" for x, y in cells if x < 3)
        + "".join(f"{x}{y},{x}{y + 1}\n" for x, y in cells if y < 2),
        encoding="utf-8",
    )
    (tmp_path / "staff.csv").write_text("工号,姓名\n01,王\n02,李\n", encoding="utf-8")
    return tmp_path


def plan(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["block"]: row for row in csv.DictReader(file)}


def test_a_first_cut_and_a_leaver(office):
    pairs = ("--neighbours", office / "pairs.csv")
    out, report = office / "plan.csv", office / "report.json"
    run = command(
        office / "blocks.csv", office / "staff.csv", "-o", out, *pairs, "--report", report, "--explain", "00"
    )
    assert run.returncode == 0
    assert out.read_bytes().startswith(
        b"\xef\xbb\xbfblock,block_name,workload,steward,steward_name,locked,before,why\r\n"
    )
    rows = plan(out)
    assert sorted(rows) == sorted(f"{x}{y}" for x in range(4) for y in range(3))
    assert sorted(row["steward"] for row in rows.values()) == ["01"] * 6 + ["02"] * 6
    assert {(row["steward"], row["steward_name"]) for row in rows.values()} == {("01", "王"), ("02", "李")}
    assert (
        "largest deviation 0.0% (tolerance 3%), variation 0.0%.\nevery ground is in one piece" in run.stderr
    )
    assert run.stdout.startswith(
        f"Block 00 (workload 10) lies with {rows['00']['steward']}, who has 6 blocks and 60 (+0.0%).\n"
    )
    document = json.loads(report.read_text(encoding="utf-8"))
    assert (document["max_deviation"], document["contiguous"], document["moves"]) == (0.0, True, [])
    assert [(one["steward"], one["load"]) for one in document["loads"]] == [("01", 60.0), ("02", 60.0)]

    (office / "staff.csv").write_text(
        "工号,姓名,状态\n01,王,在岗\n02,李,离岗\n03,赵,在岗\n", encoding="utf-8"
    )
    again = command(out, office / "staff.csv", "-o", office / "next.csv", *pairs)
    assert again.returncode == 0
    moved = {
        block: (row["before"], row["steward"])
        for block, row in plan(office / "next.csv").items()
        if row["before"]
    }
    assert moved == {block: ("02", "03") for block, row in rows.items() if row["steward"] == "02"}
    assert "6 blocks change hands (50.0%, 50.0% of the workload)" in again.stderr


def test_a_former_plan_and_locks(office):
    pairs = ("--neighbours", office / "pairs.csv")
    (office / "old.csv").write_text(
        "block,steward\n"
        + "".join(f"{x}{y},{'01' if x < 2 else '02'}\n" for x in range(4) for y in range(3)),
        encoding="utf-8",
    )
    still = command(
        office / "blocks.csv",
        office / "staff.csv",
        "-o",
        office / "p.csv",
        *pairs,
        "--before",
        office / "old.csv",
    )
    assert still.returncode == 0
    assert "0 blocks change hands" in still.stderr
    assert {block for block, row in plan(office / "p.csv").items() if row["steward"] == "01"} == {
        f"{x}{y}" for x in (0, 1) for y in range(3)
    }


def test_a_map_in_and_out(office):
    blocks = write(
        office / "b.geojson", *(square(f"{x}", 1000.0 * x, 0.0, workload=2, 街道="甲") for x in range(4))
    )
    out = office / "plan.geojson"
    run = command(blocks, office / "staff.csv", "-o", out)
    assert run.returncode == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    stewards = [one["properties"]["steward"] for one in document["features"]]
    assert stewards in (["01", "01", "02", "02"], ["02", "02", "01", "01"])
    first = document["features"][0]
    assert (first["type"], first["id"], first["properties"]["街道"]) == ("Feature", "0", "甲")
    assert first["geometry"] == json.loads(blocks.read_text(encoding="utf-8"))["features"][0]["geometry"]
    assert "compactness 0.70 (Polsby-Popper)" in run.stderr
    again = command(out, office / "staff.csv", "-o", office / "again.csv")
    assert again.returncode == 0
    assert {row["why"] for row in plan(office / "again.csv").values()} == {""}


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "blocks.csv",
            "00,第00块,10",
            "00,第00块,-3",
            "row 2: block 00: the workload -3.0 is no amount of work.",
        ),
        (
            "blocks.csv",
            "10,第10块",
            "00,第10块",
            "row 2: block 00 stands there more than once; keep one row of it.",
        ),
        (
            "blocks.csv",
            "工作量",
            "活",
            "blocks.csv has no column “workload”; its columns are 地块编号、名称、活.",
        ),
        (
            "pairs.csv",
            "00,10",
            "00,99",
            "row 2: the pair 99 – 00 names 99, which is no block; correct the pair or take it out.",
        ),
        ("staff.csv", "02,李", "01,李", "row 2: steward 01 stands there more than once; keep one row."),
    ],
)
def test_bad_rows_are_named_with_the_cure(office, file, old, new, sentence):
    encoding = "gb18030" if file == "blocks.csv" else "utf-8"
    text = (office / file).read_text(encoding=encoding)
    (office / file).write_text(text.replace(old, new), encoding=encoding)
    run = command(
        office / "blocks.csv",
        office / "staff.csv",
        "-o",
        office / "p.csv",
        "--neighbours",
        office / "pairs.csv",
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("No plan was made, and nothing was written. Please mend:\n")
    assert f"  - {sentence}\n" in run.stderr
    assert not (office / "p.csv").exists()


def test_what_cannot_be_written_or_found(office):
    base = (office / "blocks.csv", office / "staff.csv", "--neighbours", office / "pairs.csv", "-o")
    there = command(*base, office / "no" / "p.csv")
    assert (there.returncode, there.stderr.splitlines()[-1]) == (
        1,
        f"{office}/no/p.csv cannot be written: No such file or directory.",
    )
    no_map = command(*base, office / "p.geojson")
    assert (
        no_map.returncode,
        "a plan as GeoJSON needs blocks with polygons; name it .csv." in no_map.stderr,
    ) == (1, True)
    nobody = command(*base, office / "p.csv", "--explain", "zz")
    assert (nobody.returncode, nobody.stderr) == (1, "zz is no block.\n")
    missing = command(office / "none.csv", office / "staff.csv", "-o", office / "p.csv")
    assert "  - none.csv cannot be read: No such file or directory.\n" in missing.stderr


def test_broken_characters_and_half_a_pair_are_told_with_their_row(office):
    pairs, broken = office / "half.csv", office / "broken.csv"
    pairs.write_text("block,neighbour\n007,008\n008,\n", "utf-8")
    broken.write_bytes("block,neighbour\n007,008\n008,\u4e59".encode() + b"\xff\xff\n")
    for file, sentence in (
        (pairs, "row 3: half.csv names one block only; name both, or take the row out"),
        (broken, "row 3: broken.csv holds characters that are neither UTF-8 nor GB18030; mend that row"),
    ):
        blocks = office / "some.csv"
        blocks.write_text("id,workload\n007,1\n008,2\n", "utf-8")
        run = command(blocks, office / "staff.csv", "--neighbours", file, "-o", office / "p.csv")
        assert run.returncode == 1
        assert f"  - {sentence}" in run.stderr


def test_every_code_has_words():
    """Each code that the engine raises or warns with has a sentence, whose gaps can all be filled."""
    folder = Path(messages.__file__).parent
    source = "".join(
        path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "messages.py"
    )
    raised = set(re.findall(r'roblem\(\s*"([A-Z_]+)"', source)) | set(
        re.findall(r'"([A-Z]+_NOT_A_NUMBER)"', source)
    )
    assert set(messages.WORDS) == raised
    for code, sentence in messages.WORDS.items():
        gaps = {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name}
        assert messages.sentence(Problem(code, {**dict.fromkeys(gaps, 1.0), "row": 7})).startswith("row 7: ")
