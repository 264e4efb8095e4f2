"""What is done where METIS, the solver or shapely is not installed."""

from __future__ import annotations

import sys

import pytest

from tests.engines.territory.conftest import grid, grounds_of, held, in_one_piece, staff
from tests.engines.territory.test_files import square, write
from unionhall.engines.territory import PLAIN, TerritoryError, divide, methods, read_blocks, redraw


@pytest.fixture
def missing(monkeypatch):
    """Packages that cannot be imported for a while."""

    def hide(*names):
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)

    return hide


def made_by(ground, stewards):
    first = divide(ground, stewards)
    # Somebody leaves, so that something has to be done.
    left = redraw(held(ground, first.steward_of), stewards[1:])
    for plan in (first, left):
        for members in grounds_of(plan).values():
            assert in_one_piece(ground, members)
    return first, left


def uneven():
    return grid(24, 20, lambda x, y: float(1 + (7 * x + 3 * y) % 11))


def test_with_everything(missing):
    assert (methods.has_metis(), methods.has_solver()) == (True, True)
    first, left = made_by(uneven(), staff(8))
    assert first.report.made_by[0] == "METIS"
    assert left.report.made_by == ("GROWTH", "SHIFTS", "CP_SAT")


def test_without_metis(missing):
    missing("pymetis")
    first, _left = made_by(uneven(), staff(8))
    assert first.report.made_by[0] == "GROWTH"
    assert first.report.within_tolerance


def test_without_the_solver(missing):
    missing("ortools")
    first, left = made_by(uneven(), staff(8))
    assert first.report.made_by[0] == "METIS"
    assert "CP_SAT" not in first.report.made_by + left.report.made_by
    assert left.report.gap is None
    assert left.report.within_tolerance


def test_without_both_it_is_what_plain_asks_for(missing):
    plain = divide(uneven(), staff(8), method=PLAIN)
    missing("pymetis", "ortools")
    first, _left = made_by(uneven(), staff(8))
    assert first == plain
    assert set(first.report.made_by) <= {"GROWTH", "SHIFTS"}
    assert first.report.within_tolerance


def test_polygons_need_shapely(missing, tmp_path):
    missing("shapely")
    path = tmp_path / "b.geojson"
    write(path, square("a", 0, 0))
    with pytest.raises(TerritoryError) as caught:
        read_blocks(path)
    assert [p.code for p in caught.value.problems] == ["SHAPELY_MISSING"]
