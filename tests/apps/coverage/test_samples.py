"""Samples of the list of enterprises without a union: drawn, checked by stewards, told with an interval."""

from __future__ import annotations

import csv
import zlib
from decimal import Decimal
from io import StringIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.coverage.conftest import code_of, geojson
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Finding, Gone
from unionhall.apps.coverage.models import DrawnEnterprise, ListSample, SampleCheck
from unionhall.apps.coverage.queries.samples import Result
from unionhall.apps.coverage.usecases import enterprises, samples
from unionhall.apps.coverage.usecases.blocks import keeping
from unionhall.engines.sampling import drawn
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine


def draw(ledger, size=3, union=None, by=None):
    return samples.draw_sample(
        by=by or ledger.officer, at=clock.now(), union=union or ledger.street, size=size
    )


def check(by, one, finding="NONE", **how):
    given = {"key": f"{one.public_id}{finding}"} | how
    return samples.check_drawn(by=by, at=clock.now(), drawn=one, finding=Finding(finding), **given)


@pytest.fixture
def walk(blocks, city):
    """Six enterprises without a union in two blocks; a steward without any post looks after A1."""
    blocks.take(geojson(2, 1))
    keeping.hand_over(
        by=blocks.ledger.officer, at=clock.now(), block=blocks.get("A1"), person=city.station.person,
        reason="名单",
    )  # fmt: skip
    blocks.steward = city.station
    for n in range(6):
        x = "125.305" if n % 2 else "125.315"
        blocks.ledger.add(state="NONE", latitude=Decimal("30.105"), longitude=Decimal(x))
    return blocks


def test_the_list_is_who_is_there_and_has_no_union_in_the_grounds_of_the_union(ledger):
    here = [ledger.add(state="NONE"), ledger.add(state="NONE", ground=ledger.district)]
    gone = ledger.add(state="NONE")
    enterprises.mark_gone(
        by=ledger.officer, at=clock.now(), enterprise=gone, gone=Gone.CLOSED, on=ledger.today
    )
    for state in ("UNKNOWN", "FOUNDED", "REFUSED", "NOT_DUE"):
        ledger.add(state=state)
    sample = draw(ledger, size=2, union=ledger.district)
    assert queries.samples.list_of(sample) == sorted(one.public_id for one in here)
    assert sample.listed_count == 2
    closed = draw(ledger, size=1)
    assert queries.samples.list_of(closed) == [here[0].public_id]


def test_a_sample_is_drawn_again_from_list_and_seed(walk):
    sample = draw(walk.ledger, size=4)
    rows = [one.enterprise.public_id for one in sample.drawn.order_by("place")]
    assert rows == drawn(queries.samples.list_of(sample), 4, sample.seed)
    assert queries.samples.holds(sample)
    told = AuditLine.objects.get(action="sample.draw")
    assert told.refs == {"size": 4, "seed": sample.seed, "list": sample.digest}
    for field, value in (
        ("seed", "0" * 16), ("digest", "0" * 64), ("size", 3),
        ("listed", zlib.compress("".join(f"{one}\n" for one in rows).encode())),
    ):  # fmt: skip
        altered = ListSample.objects.get(pk=sample.pk)
        setattr(altered, field, value)
        assert not queries.samples.holds(altered), field
    with pytest.raises(DatabaseError), transaction.atomic():
        DrawnEnterprise.objects.update(place=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        ListSample.objects.update(size=7)


def test_what_cannot_be_drawn_is_refused(walk):
    given = {"by": walk.ledger.officer, "union": walk.ledger.street}
    assert code_of(samples.draw_sample, size=7, **given) == "SAMPLE_LIST_SHORT"
    assert code_of(samples.draw_sample, size=0, **given) == "SAMPLE_SIZE"
    assert code_of(samples.draw_sample, size=samples.LARGEST + 1, **given) == "SAMPLE_SIZE"
    assert code_of(samples.draw_sample, size=1, by=walk.steward, union=walk.ledger.street) == "NOT_ALLOWED"
    draw(walk.ledger, size=6)
    assert code_of(samples.draw_sample, size=1, **given) == "SAMPLE_OPEN"
    # The district's own sample is another one.
    draw(walk.ledger, size=1, union=walk.ledger.district)


def test_each_comes_to_the_steward_of_its_block_until_it_is_checked(walk):
    sample = draw(walk.ledger, size=6)
    mine = [one for one in sample.drawn.order_by("place") if one.enterprise.block.code == "A1"]
    theirs = next(one for one in sample.drawn.all() if one.enterprise.block.code == "B1")
    assert list(queries.samples.to_check(walk.steward.person)) == mine
    assert len(mine) == 3
    both = sorted([("王网格", 3), (walk.steward.person.name, 3)])
    assert queries.samples.by_steward(sample) == both
    check(walk.steward, mine[0])
    assert queries.samples.by_steward(sample) == [("王网格", 3), (walk.steward.person.name, 2)]
    assert list(queries.samples.to_check(walk.steward.person)) == mine[1:]
    given = {"by": walk.steward, "finding": Finding.NONE, "key": "k" * 16}
    assert code_of(samples.check_drawn, drawn=theirs, **given) == "NOT_ALLOWED"
    # The block changes hands, and what is to be checked in it with it.
    keeping.hand_over(
        by=walk.ledger.officer, at=clock.now(), block=walk.get("A1"), person=walk.li, reason="调岗"
    )
    assert list(queries.samples.to_check(walk.steward.person)) == []
    assert list(queries.samples.to_check(walk.li)) == mine[1:]
    assert code_of(samples.check_drawn, drawn=mine[1], **given) == "NOT_ALLOWED"


def test_the_last_answer_holds_and_all_are_kept_with_who_and_when(walk):
    sample = draw(walk.ledger, size=6)
    one = next(one for one in sample.drawn.all() if one.enterprise.block.code == "A1")
    first = check(walk.steward, one, "NONE")
    assert check(walk.steward, one, "NONE") == first
    assert code_of(
        samples.check_drawn, by=walk.steward, drawn=one, finding=Finding.UNION, key=first.key
    ) == "KEY_REUSED"  # fmt: skip
    second = check(walk.ledger.officer, one, "UNION", note="随总部")
    assert [(row.account, row.finding) for row in one.checks.order_by("pk")] == [
        (walk.steward, "NONE"),
        (walk.ledger.officer, "UNION"),
    ]
    assert queries.samples.result(sample) == Result(6, right=0, wrong=1, not_found=0)
    row = queries.samples.rows_of(sample).get(pk=one.pk)
    assert (row.finding, row.note, row.checked_at) == ("UNION", "随总部", second.at)
    assert row.checked_by == walk.ledger.officer.person.name
    with pytest.raises(DatabaseError), transaction.atomic():
        SampleCheck.objects.update(finding="NONE")


def test_closed_it_stays_as_it_is(walk):
    sample = draw(walk.ledger, size=2)
    one, other = sample.drawn.order_by("place")
    officer = walk.ledger.officer
    assert code_of(samples.close_sample, by=officer, sample=sample) == "SAMPLE_UNCHECKED"
    sent = check(officer, one, "NONE")
    assert code_of(samples.close_sample, by=walk.steward, sample=sample) == "NOT_ALLOWED"
    samples.close_sample(by=officer, at=clock.now(), sample=sample)
    assert code_of(samples.close_sample, by=officer, sample=sample) == "SAMPLE_CLOSED"
    given = {"by": officer, "finding": Finding.UNION, "key": "n" * 16}
    assert code_of(samples.check_drawn, drawn=one, **given) == "SAMPLE_CLOSED"
    assert code_of(samples.check_drawn, drawn=other, **given) == "SAMPLE_CLOSED"
    # A phone that sends once more what was taken is told that it was.
    assert check(officer, one, "NONE") == sent
    assert queries.samples.result(sample) == Result(2, right=1, wrong=0, not_found=0)
    assert list(queries.samples.to_check(walk.wang)) == []
    told = AuditLine.objects.get(action="sample.close")
    assert told.refs == {"right": 1, "wrong": 0, "not_found": 0, "of": 2}
    assert draw(walk.ledger, size=1).closed_at is None


def test_precision_leaves_out_who_was_not_found_and_says_between_what_it_lies():
    found = Result(size=100, right=81, wrong=9, not_found=6)
    assert (found.checked, found.waiting, found.known) == (96, 4, 90)
    assert found.precision == Decimal("90.0")
    # Wilson's interval of 81 of 90, reckoned by hand.
    assert found.interval == (Decimal("82.1"), Decimal("94.6"))
    assert (found.if_all_wrong, found.if_all_right) == (Decimal("84.4"), Decimal("90.6"))
    assert found.span == (Decimal("75.8"), Decimal("95.0"))
    none = Result(size=10, right=0, wrong=0, not_found=0)
    assert (none.precision, none.interval, none.span, none.if_all_wrong) == (None, None, None, None)
    lost = Result(size=10, right=0, wrong=0, not_found=3)
    assert (lost.precision, lost.interval) == (None, None)
    assert (lost.if_all_wrong, lost.if_all_right) == (Decimal("0.0"), Decimal("100.0"))
    assert Result(10, right=5, wrong=0, not_found=0).span is None


def test_the_figures_tell_the_newest_closed_sample_beside_the_rate(walk, client):
    client.force_login(walk.ledger.officer)
    figures = reverse("coverage:figures-of", args=[walk.ledger.street.public_id])
    assert client.get(figures).context["sample"] is None
    first = draw(walk.ledger, size=2)
    assert client.get(figures).context["sample"] == first
    for one, finding in zip(first.drawn.order_by("place"), ("NONE", "UNION"), strict=True):
        check(walk.ledger.officer, one, finding)
    samples.close_sample(by=walk.ledger.officer, at=clock.now(), sample=first)
    draw(walk.ledger, size=3)
    page = client.get(figures)
    assert page.context["sample"] == first
    assert page.context["result"].precision == Decimal("50.0")
    text = page.content.decode()
    assert "50.0 %" in text
    assert reverse("coverage:sample", args=[first.public_id]) in text


def test_the_page_holds_the_rows_the_list_and_a_fixed_number_of_questions(
    walk, client, django_assert_num_queries
):
    client.force_login(walk.ledger.officer)
    sample = draw(walk.ledger, size=3)
    address = reverse("coverage:sample", args=[sample.public_id])
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    asked = len(few)
    check(walk.ledger.officer, sample.drawn.get(place=1), "UNION")
    shown = {
        which: [row[0].place for row in client.get(f"{address}?shown={which}").context["rows"]]
        for which in ("", "WAITING", "UNION", "NONE", "junk")
    }
    assert shown == {"": [1, 2, 3], "WAITING": [2, 3], "UNION": [1], "NONE": [], "junk": [1, 2, 3]}
    samples.close_sample(by=walk.ledger.officer, at=clock.now(), sample=sample)
    more = draw(walk.ledger, size=6)
    with django_assert_num_queries(asked):
        client.get(reverse("coverage:sample", args=[more.public_id]))
    file = client.get(reverse("coverage:sample-list", args=[more.public_id]))
    _header, *rows = csv.reader(StringIO(file.content.decode("utf-8-sig")))
    assert [row[1] for row in rows] == drawn(queries.samples.list_of(more), 6, more.seed)
    assert len(rows) == 6


def test_a_steward_answers_on_the_round_and_the_office_on_its_page(walk, client):
    sample = draw(walk.ledger, size=6)
    one = next(one for one in sample.drawn.all() if one.enterprise.block.code == "A1")
    address = reverse("coverage:check-drawn", args=[one.public_id])
    client.force_login(walk.steward)
    page = client.get(reverse("coverage:round"))
    assert [row.pk for row, _form, _called in page.context["drawn"]] == [
        row.pk for row in queries.samples.to_check(walk.steward.person)
    ]
    form = page.context["drawn"][0][1]
    assert address in page.content.decode()
    body = {"key": form["key"].initial or "a" * 16, "finding": "NOT_FOUND", "note": ""}
    sent = client.post(address, body, headers={"accept": "application/json"})
    assert sent.status_code == 201
    wrong = client.post(address, {"key": "b" * 16}, headers={"accept": "application/json"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["finding"])
    page = client.get(reverse("coverage:round"))
    assert [row.drawn for row, _called in page.context["checked"]] == [one]
    assert client.get(reverse("coverage:sample", args=[sample.public_id])).status_code == 404
    assert client.get(address).context["home"] == reverse("coverage:round")
    client.force_login(walk.ledger.officer)
    answered = client.post(address, {"key": "c" * 16, "finding": "UNION", "note": "加入楼宇联合工会"})
    assert answered.url == reverse("coverage:sample", args=[sample.public_id])
    assert [str(one) for one in client.get(answered.url).context["messages"]] == ["已记录。"]
    closing = reverse("coverage:close-sample", args=[sample.public_id])
    assert client.get(closing).status_code == 405
    assert client.post(closing).status_code == 302
    assert client.post(address, {"key": "d" * 16, "finding": "NONE"}).status_code == 422
    assert queries.samples.result(sample) == Result(6, right=0, wrong=1, not_found=0)
    client.force_login(walk.ledger.stranger())
    assert client.get(address).status_code == 404
