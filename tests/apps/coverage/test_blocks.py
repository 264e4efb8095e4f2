"""Blocks from files, who looks after each, and what work lies in them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.apps.coverage.conftest import SOUTH, STEP, WEST, code_of, geojson, square
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Gone, SiteKind, Source, TouchpointKind, UnionState
from unionhall.apps.coverage.models import Block, BlockBorder, Enterprise, Stewardship, Touchpoint
from unionhall.apps.coverage.queries.shapes import Atlas, contains, parts_of
from unionhall.apps.coverage.usecases import enterprises, placing, sites
from unionhall.apps.coverage.usecases.blocks import importing, keeping, reading
from unionhall.apps.membership.queries import kept
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.imports import SheetError
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal


def test_a_map_makes_blocks_with_neighbours_and_each_lies_with_somebody(blocks):
    assert blocks.take(geojson(2, 2)) == 4
    pairs = {
        (one.first.code, one.second.code) for one in BlockBorder.objects.select_related("first", "second")
    }
    assert {tuple(sorted(pair)) for pair in pairs} == {("A1", "A2"), ("A1", "B1"), ("A2", "B2"), ("B1", "B2")}
    assert all(one.length > 900 for one in BlockBorder.objects.all())
    assert queries.blocks.holders(blocks.ledger.street) == {
        one.pk: blocks.wang.pk for one in Block.objects.all()
    }
    assert AuditLine.objects.filter(action="block.add").count() == 4


def test_a_second_file_says_what_it_changes_and_leaves_stewards_alone(blocks):
    blocks.take(geojson(2, 2))
    again = json.loads(geojson(2, 2))
    again["features"][0]["properties"]["名称"] = "新名"
    data = json.dumps(again).encode()
    staged = importing.hand_in_blocks(
        by=blocks.ledger.officer, at=clock.now(), ground=blocks.ledger.street, name="x.json", data=data
    )
    looked = importing.look_at_blocks(by=blocks.ledger.officer, ground=blocks.ledger.street, staged=staged)
    assert (looked.counts, looked.borders) == ({"CHANGE": 1, "SAME": 3}, 0)
    assert blocks.take(data, steward=blocks.li) == 1
    assert blocks.get("A1").name == "新名"
    assert set(queries.blocks.holders(blocks.ledger.street).values()) == {blocks.wang.pk}
    assert Stewardship.objects.count() == 4


def test_a_table_of_neighbours_is_enough(blocks):
    text = "网格编号,网格名称,社区,相邻网格\n1,东,甲社区,2、3\n2,西,乙社区,3\n"
    assert blocks.take(text.encode("gb18030"), "相邻.csv") == 3
    assert [(one.code, one.name, one.town) for one in Block.objects.order_by("code")] == [
        ("1", "东", "甲社区"),
        ("2", "西", "乙社区"),
        ("3", "3", ""),
    ]
    assert {(one.first.code, one.second.code) for one in BlockBorder.objects.all()} == {
        ("1", "2"),
        ("1", "3"),
        ("2", "3"),
    }
    assert [one.code for one in queries.blocks.neighbours(blocks.get("1"))] == ["2", "3"]


def test_a_wrong_row_is_named_and_nothing_is_written(blocks):
    document = json.loads(geojson(2, 1))
    document["features"][0]["geometry"] = {"type": "Point", "coordinates": [125.3, 30.1]}
    document["features"][1]["geometry"]["coordinates"][0][0] = [500000.0, 3300000.0]
    document["features"].append({"type": "Feature", "properties": {}, "geometry": square(4, 4)})
    document["features"].append({"type": "Feature", "properties": {"编号": "A1"}, "geometry": square(5, 5)})
    file = reading.read_file("x.geojson", json.dumps(document).encode())
    assert [(one.row, [code for code, _data in one.notes]) for one in file.blocks] == [
        (1, ["GEOMETRY_KIND"]),
        (2, ["NOT_DEGREES"]),
        (3, ["BLOCK_WITHOUT_ID"]),
        (4, ["TWICE"]),
    ]
    with pytest.raises(Refusal, match="IMPORT_ERRORS"):
        blocks.take(json.dumps(document).encode())
    assert Block.objects.count() == 0


@pytest.mark.parametrize("data", [b"[]", b"{", b'{"features": 1}', "编号\n".encode("utf-16")])
def test_a_file_that_is_no_map_is_refused(data):
    with pytest.raises(SheetError, match="NOT_GEOJSON"):
        reading.read_file("x.geojson", data)


def test_islands_and_overlaps_are_told(blocks):
    document = json.loads(geojson(2, 1))
    document["features"].append({"type": "Feature", "properties": {"编号": "X"}, "geometry": square(6, 6)})
    file = reading.read_file("x.geojson", json.dumps(document).encode())
    assert file.warnings == [("ISLAND", {"block": "X"})]
    document["features"][2]["geometry"] = square(0, 0)
    warned = reading.read_file("x.geojson", json.dumps(document).encode()).warnings
    assert ("BLOCKS_OVERLAP", {"block": "第1-1网格", "other": "X", "part": 100}) in warned


def test_without_shapely_neighbours_are_found_by_common_lines(monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *rest, **more):
        if name.partition(".")[0] == "shapely":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    file = reading.read_file("x.geojson", geojson(2, 2))
    assert set(file.borders) == {("A1", "A2"), ("A1", "B1"), ("A2", "B2"), ("B1", "B2")}
    assert file.warnings == [("ONLY_COMMON_LINES", {})]


def test_enterprises_and_sites_stand_where_their_coordinates_say_or_where_a_hand_puts_them(blocks, run_jobs):
    led = blocks.ledger
    here = {"latitude": Decimal("30.105"), "longitude": Decimal("125.305")}
    before = led.add(**here)
    blocks.take(geojson(2, 2))
    run_jobs()
    assert led.fresh(before).block == blocks.get("A1")
    after = led.add(latitude=Decimal("30.115"), longitude=Decimal("125.315"))
    nowhere = led.add()
    assert (after.block, nowhere.block) == (blocks.get("B2"), None)
    site = sites.add_site(
        by=led.officer, at=clock.now(), ground=led.street, kind=SiteKind.DEPOT, name="点", **here
    )
    assert site.block == blocks.get("A1")
    placing.put_in_block(by=led.officer, at=clock.now(), here=before, block=blocks.get("B1"))
    placing.place_all(by=led.officer, at=clock.now(), ground=led.street, step=lambda *_: None)
    assert led.fresh(before).block == blocks.get("B1")
    placing.put_in_block(by=led.officer, at=clock.now(), here=before, block=None)
    assert led.fresh(before).block == blocks.get("A1")
    assert queries.blocks.outside(led.street) == 1
    blocks.take(geojson(1, 1), ground=led.district)
    foreign = Block.objects.get(ground=led.district)
    assert code_of(placing.put_in_block, by=led.officer, here=before, block=foreign) == "BLOCK_ELSEWHERE"


def test_one_that_is_taken_in_elsewhere_leaves_its_block(blocks):
    led = blocks.ledger
    blocks.take(geojson(2, 1))
    one = led.add("搬走的厂")
    placing.put_in_block(by=led.officer, at=clock.now(), here=one, block=blocks.get("B1"))
    moved = {"enterprise": one, "gone": Gone.MOVED, "on": led.today}
    enterprises.mark_gone(by=led.officer, at=clock.now(), **moved)
    told = enterprises.Told("搬走的厂", codes=(one.credit_code,))
    given = {"ground": led.elsewhere, "told": told, "source": Source.HAND}
    enterprises.add_enterprise(by=SYSTEM, at=clock.now(), **given)
    fresh = led.fresh(one)
    assert (fresh.ground, fresh.block, fresh.block_by_hand) == (led.elsewhere, None, False)


def test_the_workload_in_the_database_is_the_published_formula(blocks):
    blocks.take(geojson(1, 1))
    block, led = blocks.get("A1"), blocks.ledger
    expected = 0
    for n, (state, heads, score) in enumerate(
        product(UnionState.values, (None, 24, 25, 100), (-10, 29, 30, 60))
    ):
        Enterprise.objects.create(
            ground=led.street,
            name=f"企业{n}",
            state=state,
            headcount=heads,
            headcount_on=led.today if heads else None,
            headcount_source="HAND" if heads else "",
            score=score,
            block=block,
            created_at=clock.now(),
        )
        expected += queries.workload.of_enterprise(state, heads, score)
    Enterprise.objects.create(
        ground=led.street, name="搬走的", gone="MOVED", gone_on=led.today, block=block, created_at=clock.now()
    )
    for n, heads in enumerate((None, 49, 50, 200)):
        sites.add_site(
            by=led.officer,
            at=clock.now(),
            ground=led.street,
            kind=SiteKind.TEAM,
            name=f"点{n}",
            headcount=heads,
            latitude=Decimal("30.105"),
            longitude=Decimal("125.305"),
        )
        expected += queries.workload.of_site(heads)
    told = queries.blocks.blocks_of(led.street).get()
    assert (told.workload, told.sites_here, told.steward) == (expected, 4, "王网格")
    assert (queries.workload.of_enterprise("NONE", 120, 75), queries.workload.of_site(60)) == (9, 6)


def test_loads_are_held_against_an_even_share_ground_by_ground(blocks):
    blocks.take(geojson(2, 1))
    led = blocks.ledger
    keeping.hand_over(by=led.officer, at=clock.now(), block=blocks.get("B1"), person=blocks.li, reason="换人")
    for _n in range(3):
        led.add(latitude=Decimal("30.105"), longitude=Decimal("125.305"), state="FOUNDED")
    led.add(latitude=Decimal("30.105"), longitude=Decimal("125.315"), state="FOUNDED")
    rows = queries.blocks.loads(queries.blocks.blocks_of(led.street))
    assert [(one.person.name, one.blocks, one.load, one.deviation) for one in rows] == [
        ("王网格", 1, 3, 0.5),
        ("李网格", 1, 1, -0.5),
    ]


def test_a_block_changes_hands_with_its_history(blocks):
    blocks.take(geojson(1, 1))
    led, block = blocks.ledger, blocks.get("A1")
    give = {"by": led.officer, "block": block, "reason": "王网格休产假"}
    assert code_of(keeping.hand_over, **give | {"person": blocks.wang}) == "STEWARD_SAME"
    assert code_of(keeping.hand_over, **give | {"person": blocks.li, "reason": " "}) == "REASON_MISSING"
    keeping.hand_over(at=clock.now() + timedelta(days=3), person=blocks.li, **give)
    assert [(one.person.name, one.ends is None) for one in queries.blocks.history(block)] == [
        ("李网格", True),
        ("王网格", False),
    ]
    assert queries.blocks.history(block)[1].ends == led.today + timedelta(days=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stewardship.objects.create(
            block=block, person=blocks.wang, starts=led.today, reason="x", at=clock.now()
        )


def test_who_is_not_in_reach_changes_nothing(blocks):
    blocks.take(geojson(1, 1))
    block, stranger = blocks.get("A1"), blocks.ledger.stranger()
    refused = [
        code_of(keeping.hand_over, by=stranger, block=block, person=blocks.li, reason="x"),
        code_of(keeping.close_block, by=stranger, block=block),
        code_of(keeping.change_block, by=stranger, block=block, name="x", town="", locked_=False),
        code_of(importing.hand_in_blocks, by=stranger, ground=blocks.ledger.street, name="x", data=b""),
    ]
    assert refused == ["NOT_ALLOWED"] * 4


def test_a_closed_block_gives_up_its_steward_and_what_stands_there(blocks, run_jobs):
    blocks.take(geojson(2, 1))
    led = blocks.ledger
    shop = led.add(latitude=Decimal("30.105"), longitude=Decimal("125.305"))
    block = blocks.get("A1")
    keeping.close_block(by=led.officer, at=clock.now(), block=block)
    run_jobs()
    assert (led.fresh(shop).block, queries.blocks.present(block)) == (None, None)
    assert [one.code for one in queries.blocks.blocks_of(led.street)] == ["B1"]
    assert code_of(keeping.close_block, by=led.officer, block=block) == "BLOCK_CLOSED"
    assert blocks.take(geojson(1, 1)) == 1


def test_a_channel_is_counted_anew_under_its_name_and_closed(blocks):
    blocks.take(geojson(1, 1))
    led, block = blocks.ledger, blocks.get("A1")
    noted = {"by": led.officer, "block": block, "kind": TouchpointKind.GROUP, "handle": "梧桐骑手群"}
    for reach in (120, 143):
        point = keeping.note_touchpoint(at=clock.now(), reach=reach, counted_on=led.today, **noted)
    assert [(one.handle, one.reach) for one in queries.blocks.touchpoints(block)] == [("梧桐骑手群", 143)]
    keeping.close_touchpoint(by=led.officer, at=clock.now(), touchpoint=point)
    assert not queries.blocks.touchpoints(block).exists()
    keeping.note_touchpoint(at=clock.now(), reach=1, counted_on=led.today, **noted)
    assert Touchpoint.objects.count() == 2


degree = st.integers(-500, 500).map(lambda n: n / 1000)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12, unique=True),
    degree,
    degree,
)
def test_an_atlas_finds_what_a_look_at_every_shape_finds(cells, x, y):
    shapes = [(n, square(*cell)) for n, cell in enumerate(cells)]
    point = (WEST + STEP * 3 + x / 10, SOUTH + STEP * 3 + y / 10)
    slow = next((n for n, shape in shapes if contains(parts_of(shape), point)), None)
    assert Atlas(shapes).at(point[1], point[0]) == slow


def test_a_hole_and_an_empty_atlas_hold_nothing():
    with_hole = square(0, 0, size=3)
    with_hole["coordinates"].append(square(1, 1)["coordinates"][0])
    atlas = Atlas([(7, with_hole)])
    assert (atlas.at(30.105, 125.305), atlas.at(30.115, 125.315), atlas.at(0, 0)) == (7, None, None)
    assert Atlas([]).at(30.1, 125.3) is None


@pytest.fixture
def page(blocks, client):
    client.force_login(blocks.ledger.officer)
    return client


def listed(response):
    return [row.record.code for row in response.context["table"].paginated_rows]


def test_the_list_is_filtered_sorted_and_taken_out(blocks, page):
    blocks.take(geojson(2, 2))
    led = blocks.ledger
    led.add(latitude=Decimal("30.105"), longitude=Decimal("125.315"), state="NONE")
    keeping.hand_over(by=led.officer, at=clock.now(), block=blocks.get("B2"), person=blocks.li, reason="换")
    keeping.change_block(
        by=led.officer, at=clock.now(), block=blocks.get("A2"), name="西北", town="东港社区", locked_=True
    )
    url = reverse("coverage:blocks")
    assert listed(page.get(url)) == ["B1", "A1", "A2", "B2"]
    for asked, found in [
        ({"name": "西北"}, ["A2"]), ({"name": "b"}, ["B1", "B2"]), ({"town": "东港"}, ["A2"]),
        ({"steward": "李"}, ["B2"]), ({"locked": "True"}, ["A2"]),
        ({"sort": "-code"}, ["B2", "B1", "A2", "A1"]),
        ({"ground": led.street.public_id}, ["B1", "A1", "A2", "B2"]),
    ]:  # fmt: skip
        assert listed(page.get(url, asked)) == found, asked
    # Wang has all the work; nobody's blocks would stand last.
    assert listed(page.get(url, {"sort": "-deviation"})) == ["B1", "A1", "A2", "B2"]
    assert listed(page.get(url, {"sort": "deviation"})) == ["B2", "B1", "A1", "A2"]
    assert listed(page.get(url, {"sort": "-enterprises_here"}))[0] == "B1"
    assert listed(page.get(url, {"sort": "name"})) == ["A1", "B1", "B2", "A2"]
    assert 'value="-deviation" selected' in page.get(url, {"sort": "-deviation"}).content.decode()
    lines = b"".join(page.get(url, {"export": "csv"})).decode("utf-8-sig").splitlines()
    assert len(lines) == 5
    assert ",王网格,100.0," in next(line for line in lines if "B1" in line)


def test_the_ledger_shows_the_enterprises_of_a_block_and_of_a_steward(blocks, page):
    blocks.take(geojson(2, 1))
    led = blocks.ledger
    led.add("西店", state="NONE", latitude=Decimal("30.105"), longitude=Decimal("125.305"))
    led.add("东店", latitude=Decimal("30.105"), longitude=Decimal("125.315"))
    led.add("无处店")
    keeping.hand_over(by=led.officer, at=clock.now(), block=blocks.get("B1"), person=blocks.li, reason="换")
    url, ground = reverse("coverage:ledger"), led.street.pk

    def found(**asked):
        names = [row.record.name for row in page.get(url, asked).context["table"].paginated_rows]
        drawn = page.get(reverse("coverage:map"), asked).context
        assert drawn["placed"] + drawn["missing"] == len(names)
        return sorted(names)

    assert found(ground=ground, block=blocks.get("A1").public_id) == ["西店"]
    assert found(ground=ground, block="null") == ["无处店"] == found(block="null")
    assert found(steward="李网格") == ["东店"] == found(steward="李", ground=ground)
    assert found(steward="王", block=blocks.get("B1").public_id, ground=ground) == []
    # Whoever gave a block away is not its steward any more.
    assert found(steward="王") == ["西店"]
    # A district has many grounds: one is chosen before its blocks can be.
    form = page.get(url).context["filters"].form
    assert [label for _value, label in form.fields["block"].choices] == ["全部", "不在任何地块"]
    form = page.get(url, {"ground": ground}).context["filters"].form
    assert [label for _value, label in form.fields["block"].choices][2:] == ["A1 第1-1网格", "B1 第2-1网格"]
    asked = {"steward": "王", "export": "csv"}
    header, *lines = b"".join(page.get(url, asked)).decode("utf-8-sig").splitlines()
    assert header.endswith(",地块,包干人")
    assert [line.split(",")[0] for line in lines] == ["西店"]
    assert lines[0].endswith(",A1,王网格")
    counted = reverse("coverage:counted", args=[led.street.public_id])
    out = b"".join(page.get(counted, {"counted": "open", "export": "csv"})).decode("utf-8-sig").splitlines()
    assert [line.split(",")[-2:] for line in out[1:]] == [["A1", "王网格"]]
    # Pages lead there.
    ledger = f"{url}?ground={ground}&amp;"
    shown = page.get(reverse("coverage:block", args=[blocks.get("A1").public_id])).content.decode()
    assert f"{ledger}block={blocks.get('A1').public_id}" in shown
    assert f"{ledger}steward=%E7%8E%8B%E7%BD%91%E6%A0%BC" in shown
    shown = page.get(reverse("coverage:ground", args=[led.street.public_id])).content.decode()
    assert f"{ledger}block=null" in shown


def test_pages_ask_a_fixed_number_of_questions(blocks, page, django_assert_num_queries):
    def urls():
        block = blocks.get("A1")
        return [
            reverse("coverage:blocks"),
            reverse("coverage:blocks") + "?sort=-deviation",
            f"{reverse('coverage:ledger')}?ground={block.ground_id}&block={block.public_id}&steward=王",
            f"{reverse('coverage:map')}?ground={block.ground_id}&block={block.public_id}&steward=王",
            reverse("coverage:ground", args=[blocks.ledger.street.public_id]),
            reverse("coverage:block", args=[block.public_id]),
        ]

    blocks.take(geojson(1, 2))
    blocks.ledger.add(latitude=Decimal("30.105"), longitude=Decimal("125.305"))
    asked = []
    for url in urls():
        with CaptureQueriesContext(connection) as few:
            page.get(url)
        asked.append(len(few))
    blocks.take(geojson(4, 4))
    for _n in range(5):
        blocks.ledger.add(latitude=Decimal("30.105"), longitude=Decimal("125.305"))
    keeping.hand_over(
        by=blocks.ledger.officer, at=clock.now(), block=blocks.get("D4"), person=blocks.li, reason="换"
    )
    for url, number in zip(urls(), asked, strict=True):
        with django_assert_num_queries(number):
            page.get(url)


def test_a_file_is_handed_in_looked_at_and_taken_over_by_pages(blocks, page):
    url = reverse("coverage:blocks-in", args=[blocks.ledger.street.public_id])
    wrong = page.post(url, {"file": SimpleUploadedFile("x.geojson", b"{}")})
    assert wrong.status_code == 422
    assert "不是含要素列表的 GeoJSON" in wrong.content.decode()
    sent = page.post(url, {"file": SimpleUploadedFile("地块.geojson", geojson(2, 1))})
    look = sent.headers["Location"]
    shown = page.get(look)
    assert (shown.context["counts"], shown.context["borders"]) == ([("ADD", "新增", 2)], 1)
    assert Block.objects.count() == 0
    unknown = page.post(look, {"steward": "无此人"})
    assert "在您的管辖范围内找不到无此人" in unknown.content.decode()
    assert page.post(look, {"steward": "王网格"}).status_code == 302
    assert [one.code for one in Block.objects.order_by("code")] == ["A1", "B1"]
    assert page.post(look, {"steward": "王网格"}).status_code == 422
    assert page.get(look).status_code == 200


def test_whoever_looks_after_blocks_is_told_so_among_all_that_is_kept(blocks):
    blocks.take(geojson(1, 2))
    (care,) = [section for section in kept.of(blocks.wang) if section.code == "CARE"]
    street = blocks.ledger.street.short_name
    told = [[(item.code, item.value) for item in record] for record in care.records]
    assert told == [
        [("block", f"{street} · {one.name}"), ("starts", blocks.ledger.today.isoformat())]
        for one in Block.objects.order_by("stewardships__pk")
    ]
    assert "CARE" not in {section.code for section in kept.of(blocks.li)}
