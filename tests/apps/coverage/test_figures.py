from __future__ import annotations

import csv
import zlib
from decimal import Decimal
from io import StringIO

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.apps.coverage.conftest import code_of
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Gone, SizeClass, Source, UnionState
from unionhall.apps.coverage.models import CoverageSnapshot
from unionhall.apps.coverage.queries.figures import Line
from unionhall.apps.coverage.usecases import enterprises, figures, states
from unionhall.kernel import clock


@pytest.fixture
def grounds(ledger):
    """One enterprise in each state, sizes and trades among them, and one that has gone."""
    for n, state in enumerate(one for one in UnionState if one != UnionState.BEING_FOUNDED):
        ledger.add(state=state, headcount=[None, 5, 30][n % 3], trade=["餐饮业", ""][n % 2])
    gone = ledger.add(state="NONE")
    enterprises.mark_gone(
        by=ledger.officer, at=clock.now(), enterprise=gone, gone=Gone.CLOSED, on=ledger.today
    )
    return frozenset({ledger.street.pk})


def test_unknown_and_not_due_stand_outside_the_denominator(grounds):
    whole = queries.figures.line("", queries.figures.groups(grounds))
    assert whole == Line("", covered=3, due=6, unknown=1, not_due=1)
    assert (whole.rate, whole.open) == (Decimal("50.0"), 3)
    assert Line("", 0, 0, 4, 0).rate is None


def test_every_table_adds_up_to_the_whole(grounds):
    those = queries.figures.groups(grounds)
    whole = queries.figures.line("", those)
    for dimension in queries.figures.DIMENSIONS:
        rows = queries.figures.lines(those, dimension)
        assert tuple(map(sum, zip(*(row[1:] for row in rows), strict=True))) == whole[1:]
    sizes = {row.key: row.due + row.unknown + row.not_due for row in queries.figures.lines(those, "size")}
    assert sizes == {"UNKNOWN": 3, "S1": 3, "S25": 2}


def test_what_is_frozen_stays_and_leads_back_to_its_rows(ledger, grounds):
    frozen = figures.freeze_figures(by=ledger.officer, at=clock.now(), union=ledger.district)
    ledger.add(state="FOUNDED")
    frozen.refresh_from_db()
    assert (frozen.covered, frozen.due, frozen.unknown, frozen.not_due) == (3, 6, 1, 1)
    assert len(queries.figures.rows_of(bytes(frozen.rows))) == 8
    assert queries.figures.holds(frozen)
    assert code_of(figures.freeze_figures, by=ledger.officer, union=ledger.district) == "RESTATED_WHY"
    again = figures.freeze_figures(
        by=ledger.officer, at=clock.now(), union=ledger.district, reason="补录一家"
    )
    assert (again.revision, again.covered) == (2, 4)
    assert code_of(figures.freeze_figures, by=ledger.officer, union=ledger.elsewhere) == "NOT_ALLOWED"
    with pytest.raises(DatabaseError), transaction.atomic():
        CoverageSnapshot.objects.update(covered=6)


def test_altered_rows_are_told(ledger, grounds, client):
    frozen = figures.freeze_figures(by=ledger.officer, at=clock.now(), union=ledger.street)
    text = zlib.decompress(bytes(frozen.rows)).decode()
    for altered in (text.replace("\tNONE\n", "\tFOUNDED\n"), text.replace("\tS1\t", "\tS25\t")):
        frozen.rows = zlib.compress(altered.encode())
        assert not queries.figures.holds(frozen)
    client.force_login(ledger.officer)
    url = reverse("coverage:snapshot", args=[ledger.street.public_id, frozen.public_id])
    assert client.get(url).context["holds"]
    rows = client.get(url + "/rows").content.decode()
    assert len(rows.splitlines()) == 9


def test_whom_nobody_knows_makes_a_span():
    assert Line("", covered=3, due=6, unknown=4, not_due=9).span == (Decimal("30.0"), Decimal("70.0"))
    assert Line("", covered=3, due=6, unknown=0, not_due=9).span is None


def test_every_number_leads_to_its_enterprises(ledger, grounds):
    frozen = figures.freeze_figures(by=ledger.officer, at=clock.now(), union=ledger.street)
    those = queries.figures.groups(grounds)
    lines = [(dimension, row) for dimension in queries.figures.DIMENSIONS
             for row in queries.figures.lines(those, dimension)]  # fmt: skip
    for dimension, row in lines:
        for counted, those_states in queries.figures.STATES.items():
            live = list(queries.figures.behind(grounds, dimension, row.key, counted))
            kept = queries.figures.frozen_behind(frozen, dimension, row.key, counted)
            assert len(live) == getattr(row, counted)
            assert {one.state for one in live} <= set(those_states)
            assert {one.public_id for one in live} == set(kept)
    whole = [queries.figures.behind(grounds, "ground", None, one).count() for one in queries.figures.STATES]
    assert whole == [3, 3, 1, 1]


def test_behind_a_frozen_number_stands_then_beside_now(ledger, client):
    one = ledger.add(state="NONE", headcount=30)
    frozen = figures.freeze_figures(by=ledger.officer, at=clock.now(), union=ledger.street)
    states.set_state(
        by=ledger.officer, at=clock.now(), enterprise=one, state=UnionState.FOUNDED, on=ledger.today,
        source=Source.VISIT, reason="有会牌",
    )  # fmt: skip
    client.force_login(ledger.officer)
    address = reverse("coverage:snapshot-counted", args=[ledger.street.public_id, frozen.public_id])
    page = client.get(address + "?dimension=size&key=S25&counted=open&export=csv")
    _titles, row = csv.reader(StringIO(page.content.decode("utf-8-sig")))
    assert row[:5] == [
        one.name,
        str(UnionState.NONE.label),
        str(UnionState.FOUNDED.label),
        str(SizeClass.S25.label),
        "30",
    ]
    assert client.get(address + "?dimension=size&key=S25&counted=covered").context["count"] == 0
    assert client.get(address + "?dimension=size&key=S25").status_code == 404
    live = reverse("coverage:counted", args=[ledger.street.public_id])
    shown = client.get(live + "?dimension=size&key=S25&counted=covered")
    assert [each.pk for each in shown.context["table"].data] == [one.pk]
    assert client.get(live + "?dimension=name&counted=covered").status_code == 404
    figures_page = client.get(reverse("coverage:figures-of", args=[ledger.street.public_id]))
    assert live + "?dimension=size&amp;key=S25&amp;counted=covered" in figures_page.content.decode()


def test_one_entry_of_the_navigation_is_where_one_is(ledger, grounds, client):
    client.force_login(ledger.officer)
    page = client.get(reverse("coverage:figures-of", args=[ledger.street.public_id]))
    entries = [item for group in page.context["navigation"] for item in group["items"]]
    assert [item["url"] for item in entries if item["current"]] == [reverse("coverage:figures")]
