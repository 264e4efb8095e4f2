"""Polygons, tables and pairs, as offices have them, and the same as nobody should."""

from __future__ import annotations

import gzip
import json
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest
from shapely.geometry import shape

from tests.engines.territory.conftest import grid, grounds_of, staff
from unionhall.engines.territory import (
    TerritoryError,
    divide,
    plan_csv,
    read_blocks,
    read_staff,
    redraw,
    with_holders,
)


def feature(identity, *ring, workload=1, holes=(), **properties):
    outline = [[list(point) for point in (*ring, ring[0])], *([list(p) for p in (*h, h[0])] for h in holes)]
    return {
        "type": "Feature",
        "properties": {"id": identity, "workload": workload, **properties},
        "geometry": {"type": "Polygon", "coordinates": outline},
    }


def square(identity, x, y, size=1000.0, **properties):
    return feature(identity, (x, y), (x + size, y), (x + size, y + size), (x, y + size), **properties)


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def pairs(given):
    return sorted(tuple(sorted((border.first, border.second))) for border in given.ground.borders)


def codes(caught):
    return [(p.code, p.data.get("row"), p.data.get("block")) for p in caught.value.problems]


def test_a_common_line_makes_neighbours_and_a_common_corner_does_not(tmp_path):
    squares = [square(f"{x}{y}", 1000.0 * x, 1000.0 * y) for x in (0, 1) for y in (0, 1)]
    given = read_blocks(write(tmp_path / "b.geojson", *squares))
    assert pairs(given) == [("00", "01"), ("00", "10"), ("01", "11"), ("10", "11")]
    assert [border.length for border in given.ground.borders] == [pytest.approx(1000, abs=5)] * 4
    assert {(block.area, block.perimeter) for block in given.ground.blocks} == {(1e6, 4000.0)}


def test_lines_drawn_twice_need_not_agree(tmp_path):
    """The common line is straight on one side and ragged on the other, with gaps and laps of a metre."""
    ragged = feature(
        "b", (1001, 0), (2000, 0), (2000, 1000), (1000, 1000), (999, 700), (1001, 400), (999.5, 200)
    )
    given = read_blocks(write(tmp_path / "b.geojson", square("a", 0, 0), ragged))
    assert [(b.first, b.second) for b in given.ground.borders] == [("a", "b")]
    assert given.ground.borders[0].length == pytest.approx(1000, rel=0.05)
    far = read_blocks(write(tmp_path / "far.geojson", square("a", 0, 0), square("b", 1010, 0)))
    assert far.ground.borders == ()


def test_a_block_in_the_hole_of_another_and_one_of_two_parts(tmp_path):
    hole = ((300, 300), (700, 300), (700, 700), (300, 700))
    around = feature("around", (0, 0), (1000, 0), (1000, 1000), (0, 1000), holes=[hole])
    two = square("two", 1000, 0)
    two["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [
            square("", 1000, 0)["geometry"]["coordinates"],
            square("", 0, 1000)["geometry"]["coordinates"],
        ],
    }
    given = read_blocks(write(tmp_path / "b.geojson", around, square("within", 300, 300, 400.0), two))
    assert pairs(given) == [("around", "two"), ("around", "within")]
    assert {block.id: round(block.area) for block in given.ground.blocks} == {
        "around": 840_000,
        "within": 160_000,
        "two": 2_000_000,
    }


def test_degrees_are_measured_in_metres(tmp_path):
    """About a kilometre each way at 30 degrees north."""
    given = read_blocks(
        write(
            tmp_path / "b.geojson", feature("a", (120, 30), (120.0104, 30), (120.0104, 30.009), (120, 30.009))
        ),
        neighbours=None,
    )
    assert given.ground.blocks[0].area == pytest.approx(1e6, rel=0.01)


def test_a_ring_that_crosses_itself_is_mended_and_told(tmp_path):
    bow = feature("bow", (1000, 0), (2000, 1000), (2000, 0), (1000, 1000))
    given = read_blocks(write(tmp_path / "b.geojson", square("a", 0, 0), bow))
    assert [(w.code, w.data["row"], w.data["block"]) for w in given.warnings] == [("RING_MENDED", 2, "bow")]
    assert pairs(given) == [("a", "bow")]
    over = read_blocks(write(tmp_path / "o.geojson", square("a", 0, 0), square("b", 500, 0)))
    assert [(w.code, w.data["block"], w.data["other"]) for w in over.warnings] == [
        ("BLOCKS_OVERLAP", "a", "b")
    ]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "GEOMETRY_MISSING"),
        ({}, "GEOMETRY_MISSING"),
        ({"type": "Polygon", "coordinates": []}, "GEOMETRY_MISSING"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "GEOMETRY_MISSING"),
        ({"type": "Polygon", "coordinates": "there"}, "GEOMETRY_MISSING"),
        ({"type": "Sphere", "coordinates": [1]}, "GEOMETRY_MISSING"),
        ({"type": "Point", "coordinates": [1, 2]}, "GEOMETRY_KIND"),
    ],
)
def test_a_block_that_is_no_polygon(tmp_path, geometry, code):
    bad = {"type": "Feature", "properties": {"id": "b", "workload": 1}, "geometry": geometry}
    with pytest.raises(TerritoryError) as caught:
        read_blocks(write(tmp_path / "b.geojson", square("a", 0, 0), bad))
    assert codes(caught) == [(code, 2, "b")]


@pytest.mark.parametrize(
    "text", ["", "no", "[1]", "{}", '{"features": 3}', '{"features": [3]}', '{"features": []}', "[" * 100_000]
)
def test_a_file_that_is_no_map(tmp_path, text):
    path = tmp_path / "b.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        read_blocks(path)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].code in {"FILE_UNREADABLE", "NOT_GEOJSON", "NO_ROWS"}


BLOCKS = "网格编号,名称,工作量,企业数,包干人,锁定\n007,甲,10,3,wang,是\n008,乙,20,4,li,\n009,丙,30,5,,否\n"
PAIRS = "网格编号,相邻网格\n007,008\n008,009\n"


def folder(tmp_path, blocks=BLOCKS, neighbours=PAIRS, encoding="utf-8"):
    (tmp_path / "b.csv").write_text(blocks, encoding=encoding)
    (tmp_path / "n.csv").write_text(neighbours, encoding=encoding)
    return tmp_path / "b.csv", tmp_path / "n.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_tables_with_chinese_headings(tmp_path, encoding):
    blocks, neighbours = folder(tmp_path, encoding=encoding)
    given = read_blocks(blocks, neighbours=neighbours)
    assert [(b.id, b.name, b.workload, b.steward, b.locked, b.row) for b in given.ground.blocks] == [
        ("007", "甲", 10.0, "wang", True, 2),
        ("008", "乙", 20.0, "li", False, 3),
        ("009", "丙", 30.0, "", False, 4),
    ]
    assert pairs(given) == [("007", "008"), ("008", "009")]
    weighted = read_blocks(blocks, neighbours=neighbours, workload={"工作量": 1, "企业数": 10})
    assert [b.workload for b in weighted.ground.blocks] == [40.0, 60.0, 80.0]


def test_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for line in (
        ["工号", "姓名", "系数", "驻地", "状态"],
        ["0012", "王", 1.5, "007", "在岗"],
        [13, "李", None, None, "离岗"],
    ):
        book.active.append(line)
    book.save(tmp_path / "s.xlsx")
    assert [(s.id, s.name, s.capacity, s.home, s.state) for s in read_staff(tmp_path / "s.xlsx")] == [
        ("0012", "王", 1.5, "007", "ACTIVE"),
        ("13", "李", 1.0, "", "LEAVING"),
    ]


def test_limits_alone_are_capacities_too(tmp_path):
    (tmp_path / "s.csv").write_text("id,limit\na,30\nb,60\n", encoding="utf-8")
    assert [(s.capacity, s.limit) for s in read_staff(tmp_path / "s.csv")] == [(30.0, 30.0), (60.0, 60.0)]


@pytest.mark.parametrize(
    ("blocks", "neighbours", "problems"),
    [
        (BLOCKS.replace(",20,", ",,"), PAIRS, [("WORKLOAD_MISSING", 3, "008")]),
        (BLOCKS.replace(",20,", ",二十,"), PAIRS, [("WORKLOAD_NOT_A_NUMBER", 3, "008")]),
        (BLOCKS.replace(",20,", ",nan,"), PAIRS, [("WORKLOAD_NOT_A_NUMBER", 3, "008")]),
        (BLOCKS.replace("否", "也许"), PAIRS, [("LOCKED_UNCLEAR", 4, "009")]),
        (BLOCKS.replace("工作量", "活儿"), PAIRS, None),
        (BLOCKS, PAIRS.replace("相邻网格", "什么"), [("COLUMN_MISSING", None, None)]),
        (BLOCKS, "网格编号,相邻网格\n", [("NO_ROWS", None, None)]),
        (BLOCKS.replace("甲", "甲,丁"), PAIRS, [("LONG_ROW", 2, None)]),
    ],
)
def test_bad_tables_name_the_row(tmp_path, blocks, neighbours, problems):
    first, second = folder(tmp_path, blocks, neighbours)
    if problems is None:
        assert [b.workload for b in read_blocks(first, neighbours=second).ground.blocks] == [3.0, 4.0, 5.0]
        return
    with pytest.raises(TerritoryError) as caught:
        read_blocks(first, neighbours=second)
    assert codes(caught) == problems


def test_a_table_of_blocks_needs_neighbours(tmp_path):
    blocks, _neighbours = folder(tmp_path)
    with pytest.raises(TerritoryError) as caught:
        read_blocks(blocks)
    assert codes(caught) == [("NEIGHBOURS_MISSING", None, None)]


def test_a_plan_comes_back_as_who_has_what(tmp_path):
    ground = grid(6, 4)
    plan = divide(ground, staff(3))
    (tmp_path / "plan.csv").write_text(plan_csv(plan), encoding="utf-8-sig")
    again = with_holders(ground, tmp_path / "plan.csv")
    assert {block.id: block.steward for block in again.blocks} == plan.steward_of
    assert redraw(again, staff(3)).moves == ()


def test_no_cell_is_run_by_a_table_program(tmp_path):
    (tmp_path / "b.csv").write_text("id,name,workload\n=1+1,@SUM,1\nb,-x,1\n", encoding="utf-8")
    (tmp_path / "n.csv").write_text("block,neighbour\n=1+1,b\n", encoding="utf-8")
    given = read_blocks(tmp_path / "b.csv", neighbours=tmp_path / "n.csv")
    plan = divide(given.ground, staff(2))
    lines = [line.split(",")[:2] for line in plan_csv(plan).splitlines()[1:]]
    assert lines == [["'=1+1", "'@SUM"], ["b", "'-x"]]
    (tmp_path / "plan.csv").write_text(plan_csv(plan), encoding="utf-8")
    assert {
        b.id: b.steward for b in with_holders(given.ground, tmp_path / "plan.csv").blocks
    } == plan.steward_of


@pytest.fixture(scope="module")
def districts():
    """The electoral districts of Montréal with votes cast in 2013, as the plotly wheel carries them."""
    folder = Path(find_spec("plotly").origin).parent / "package_data" / "datasets"
    collection = json.loads(gzip.decompress((folder / "election.geojson.gz").read_bytes()))
    lines = gzip.decompress((folder / "election.csv.gz").read_bytes()).decode().splitlines()
    columns = lines[0].split(",")
    votes = {}
    for line in lines[1:]:
        cells = dict(zip(columns, line.split(","), strict=True))
        votes[cells["district_id"]] = int(cells["total"])
    for one in collection["features"]:
        one["properties"]["workload"] = votes[str(one["id"])]
    return collection


def test_a_real_map(tmp_path, districts):
    """58 districts on islands: neighbours are those that share a line; a bridge joins the western island."""
    path = write(tmp_path / "m.geojson", *districts["features"])
    given = read_blocks(path)
    shapes = {str(one["id"]): shape(one["geometry"]) for one in districts["features"]}
    touching = {
        tuple(sorted((a, b)))
        for a, b in combinations(shapes, 2)
        if shapes[a].boundary.intersection(shapes[b].boundary).length > 0
    }
    assert set(pairs(given)) == touching
    with pytest.raises(TerritoryError) as caught:
        divide(given.ground, staff(6))
    assert [(p.code, p.data["block"], p.data["blocks"]) for p in caught.value.problems] == [
        ("ISLAND", "61", 3)
    ]
    (tmp_path / "bridge.csv").write_text("block,neighbour\n61,102\n", encoding="utf-8")
    bridged = read_blocks(path, neighbours=tmp_path / "bridge.csv")
    plan = divide(bridged.ground, staff(6))
    assert plan.report.within_tolerance
    assert plan.report.compactness_by == "POLSBY_POPPER"
    assert len(grounds_of(plan)) == 6
    (tmp_path / "plan.csv").write_text(plan_csv(plan), encoding="utf-8")
    left = redraw(with_holders(bridged.ground, tmp_path / "plan.csv"), staff(5))
    assert left.report.within_tolerance
    assert left.report.moved_blocks <= 1.5 * len(grounds_of(plan)["s5"])
