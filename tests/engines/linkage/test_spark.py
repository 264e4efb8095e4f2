"""Spark weighs the pairs instead of DuckDB: the same parameters, the same links."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest
from benchmarks.linkage.generate import generate

from unionhall.engines.linkage import cli, spark
from unionhall.site.cli import build_parser

needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs Java and pyspark (make test EXTRA=spark)",
)


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    return list(generate(tmp_path_factory.mktemp("registers"), rows=1200, seed=7).registers.values())


def run_here(*arguments):
    told = build_parser().parse_args(["link", *map(str, arguments)])
    return told.run(told)


def command(folder, *arguments):
    """The command with a folder of its own for what is temporary."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "unionhall.site.cli", "link", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False,
        env={"PYTHONIOENCODING": "utf-8", "PATH": os.environ["PATH"], "TMPDIR": str(folder / "tmp")},
    )  # fmt: skip


@needs_spark
def test_both_backends_give_the_same_links(registers, tmp_path):
    before, decided = tmp_path / "before.csv", tmp_path / "decided.csv"
    assert command(tmp_path, *registers, "-o", before).returncode == 0
    with before.open(encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    decided.write_text(f"a,b,same\n{first['a']},{first['b']},no\n", "utf-8")
    told = [*registers, "--decided", decided, "-o"]
    duck = command(tmp_path, *told, tmp_path / "duck.csv")
    run = command(tmp_path, *told, tmp_path / "spark.csv", "--spark", "local[2]")
    # Nor does Spark say a word of its own, or leave anything behind.
    assert (run.returncode, run.stdout, run.stderr) == (0, "", duck.stderr)
    assert list((tmp_path / "tmp").glob("linkage-*")) == []
    links = (tmp_path / "spark.csv").read_text("utf-8")
    assert links == (tmp_path / "duck.csv").read_text("utf-8")
    assert links != before.read_text("utf-8")
    outcomes = [row["outcome"] for row in csv.DictReader(links.splitlines())]
    assert outcomes.count("linked") > 300
    assert outcomes.count("review") > 0


@needs_spark
def test_registers_of_strangers_have_no_links(tmp_path):
    files = [tmp_path / "甲.csv", tmp_path / "乙.csv"]
    for file, name in zip(files, ("杭州云栖信息技术有限公司", "成都大成鞋业有限公司"), strict=True):
        file.write_text(f"id,企业名称\n1,{name}\n", "utf-8")
    run = command(tmp_path, *files, "-o", tmp_path / "links.csv", "--spark", "local[2]")
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        0,
        "甲 (1) and 乙 (1): 0 linked, 0 to review, 1 of 甲 without a partner.",
    )
    assert (tmp_path / "links.csv").read_text("utf-8") == "a,b,probability,outcome\n"


@needs_spark
def test_a_master_that_is_none_is_told_in_a_sentence(registers, tmp_path):
    run = command(tmp_path, *registers, "-o", tmp_path / "links.csv", "--spark", "nobody")
    assert (run.returncode, run.stdout) == (1, "")
    assert re.fullmatch(
        r"Spark did not start: org\.apache\.spark\.SparkException: .*[Mm]aster.*[^.]\. "
        r"No links are written; mend that, or link without --spark\.\n",
        run.stderr,
    )
    assert not (tmp_path / "links.csv").exists()


def test_what_spark_needs_is_told(registers, tmp_path, monkeypatch, capsys):
    wanted = (*registers, "-o", tmp_path / "links.csv", "--spark")
    monkeypatch.setattr(spark, "find_spec", {"pyspark": None}.get)
    assert run_here(*wanted) == 1
    assert capsys.readouterr().err == (
        "Spark is not installed; install unionhall[linkage,spark], or link without --spark.\n"
    )
    monkeypatch.setattr(spark, "find_spec", {"pyspark": "found"}.get)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert run_here(*wanted) == 1
    assert capsys.readouterr().err == (
        "Spark needs Java, and there is none; install it (17 or later), or link without --spark.\n"
    )
    assert not (tmp_path / "links.csv").exists()


def test_what_linking_needs_is_told(registers, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli, "find_spec", {"duckdb": "found", "pyarrow": "found"}.get)
    told = "What linking needs is not installed; install unionhall[linkage].\n"
    for wanted in (["link", *registers], ["link", *registers, "--plain"], ["prepare", registers[0]]):
        arguments = build_parser().parse_args([*map(str, wanted), "-o", str(tmp_path / "l.parquet")])
        assert (arguments.run(arguments), capsys.readouterr().err) == (1, told)
    assert not (tmp_path / "l.parquet").exists()


def test_plain_tables_are_weighed_here(registers, tmp_path, capsys):
    assert run_here(*registers, "-o", tmp_path / "l.csv", "--plain", "--spark") == 2
    assert capsys.readouterr().err == "With --plain there is no --spark: the weights are estimated here.\n"
    assert not (tmp_path / "l.csv").exists()
