"""A steward's round: the order of stops, visits with photos, shops that no register knows."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from PIL import Image

from tests.apps.coverage.conftest import code_of, credit_code, geojson, picture
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Outcome
from unionhall.apps.coverage.models import ContactEntry, Enterprise, Lead, Office, VisitPhoto
from unionhall.apps.coverage.usecases import contacts, enterprises, rounds
from unionhall.apps.coverage.usecases.blocks import keeping
from unionhall.kernel import audit, clock, keyring
from unionhall.kernel.clock import CITY
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal

KEY = "0123456789abcdef"


@pytest.fixture
def walk(blocks, city):
    """A steward without any post who looks after A1 of two blocks."""
    blocks.take(geojson(2, 1))
    keeping.hand_over(
        by=blocks.ledger.officer,
        at=clock.now(),
        block=blocks.get("A1"),
        person=city.station.person,
        reason="名单",
    )
    blocks.steward = city.station

    def shop(x="125.305", y="30.105", due=None, **told):
        row = blocks.ledger.add(
            latitude=Decimal(y) if y else None, longitude=Decimal(x) if y else None, state="NONE", **told
        )
        if due is not None:
            enterprises.set_next_step(
                by=blocks.ledger.officer,
                at=clock.now(),
                enterprise=row,
                next_step="再访",
                next_due=blocks.ledger.today + timedelta(days=due),
            )
        return row

    def visit(here, **how):
        given = {"on": blocks.ledger.today, "outcome": Outcome.AGREED, "note": "愿意", "key": KEY} | how
        return rounds.note_visit(by=blocks.steward, at=clock.now(), here=here, **given)

    blocks.shop, blocks.visit = shop, visit
    return blocks


def test_the_route_takes_what_is_due_first_and_then_the_nearest(walk):
    Office.objects.create(union=walk.ledger.street, latitude=Decimal("30.100"), longitude=Decimal("125.300"))
    late_far, late_near = walk.shop("125.309", due=-9), walk.shop("125.302", due=0)
    week = walk.shop("125.303", due=5)
    later = walk.shop("125.304", due=30)
    large, small = walk.shop("125.307", headcount=60), walk.shop("125.306")
    elsewhere = walk.shop("125.315", due=-1)
    stops = queries.rounds.route(walk.steward.person, clock.now())
    assert [(one.here.pk, one.pressing) for one in stops] == [
        (late_near.pk, 0),
        (late_far.pk, 0),
        (week.pk, 1),
        (small.pk, 2),
        (large.pk, 2),
    ]
    assert all(one.metres for one in stops)
    assert not {later.pk, elsewhere.pk} & {one.here.pk for one in stops}


def test_a_place_without_coordinates_comes_after_those_that_have_some(walk):
    placed, unplaced = walk.shop(due=0), walk.shop(y="", due=-3)
    unplaced.block, unplaced.block_by_hand = walk.get("A1"), True
    unplaced.save()
    stops = queries.rounds.route(walk.steward.person, clock.now())
    assert [(one.here.pk, one.metres) for one in stops] == [(placed.pk, None), (unplaced.pk, None)]


def at_clock(walk, hour, minute=0):
    """A moment of today by the clock on the wall."""
    return datetime.combine(walk.ledger.today, time(hour, minute), CITY)


def test_what_would_be_closed_on_arrival_comes_last_and_says_so(walk):
    Office.objects.create(union=walk.ledger.street, latitude=Decimal("30.105"), longitude=Decimal("125.300"))
    # About 190 m and 480 m on: three minutes and seven.
    noon = walk.shop("125.302", due=0, opening_hours="每天 9:00-12:00、14:00-18:00")
    early = walk.shop("125.305", due=0, opening_hours="9:00-11:00")
    always = walk.shop("125.306", due=0, opening_hours="24小时")
    unknown = walk.shop("125.307")
    soon = walk.shop("125.308", opening_hours="12:05-20:00")

    def told(hour, minute=0):
        at = at_clock(walk, hour, minute)
        return [
            (one.here.pk, one.opening and (one.opening.code, f"{one.opening.at:%d %H:%M}"))
            for one in queries.rounds.route(walk.steward.person, at)
        ]

    today, tomorrow = (f"{walk.ledger.today + timedelta(days=n):%d}" for n in (0, 1))
    assert told(10) == [
        (noon.pk, ("OPEN", f"{today} 12:00")), (early.pk, ("OPEN", f"{today} 11:00")), (always.pk, None),
        (unknown.pk, None), (soon.pk, ("CLOSED", f"{today} 12:05")),
    ]  # fmt: skip
    # The one that opens meanwhile is reached when it is open; the others that are due come last all the same.
    assert told(11, 58) == [
        (always.pk, None), (unknown.pk, None), (soon.pk, ("OPEN", f"{today} 20:00")),
        (early.pk, ("CLOSED", f"{tomorrow} 09:00")), (noon.pk, ("CLOSING", f"{today} 12:00")),
    ]  # fmt: skip


def test_hours_that_a_steward_saw_are_those_of_the_row_and_stay_with_the_visit(walk, client):
    shop = walk.shop(opening_hours="9:00-18:00")
    entry = walk.visit(shop, opening_hours="周一至五 10点-晚8点")
    kept = "Mo-Fr 10:00-20:00"
    assert (entry.opening_hours, walk.ledger.fresh(shop).opening_hours) == (kept, kept)
    with pytest.raises(Refusal, match="KEY_REUSED"):
        walk.visit(shop, opening_hours="9:00-18:00")
    # Whoever says nothing of them leaves them.
    walk.visit(shop, key="another0123456789")
    assert walk.ledger.fresh(shop).opening_hours == kept
    client.force_login(walk.steward)
    url = reverse("coverage:visit-enterprise", args=[shop.public_id])
    assert "营业时间：周一至周五 10:00–20:00" in page_text(client.get(url))
    form = {"key": "k" * 16, "outcome": "AGAIN", "on": walk.ledger.today, "opening_hours": "看情况"}
    noted = client.post(url, form | {"key": "n" * 16, "opening_hours": ""}, follow=True)
    assert [(str(one), one.extra_tags) for one in noted.context["messages"]] == [("已记录。", "good")]
    refused = client.post(url, form, headers={"accept": "application/json"})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["opening_hours"])
    assert refused.json()["errors"]["opening_hours"][0].startswith("“看情况”无法识别。")
    walk.shop(due=0, opening_hours="9:00-18:00")
    with clock.set_to(at_clock(walk, 10)):
        assert "营业至 18:00" in page_text(client.get(reverse("coverage:round")))
    with clock.set_to(at_clock(walk, 18)):
        shown = page_text(client.get(reverse("coverage:round")))
        assert ("现在未营业" in shown, "09:00 开门" in shown) == (True, True)
    assert code_of(
        enterprises.change_facts, by=walk.ledger.officer, enterprise=shop, trade="", legal_form="", party="",
        funds="UNKNOWN", funds_fen=None, funds_year=None, new_employment=None, steward_words="",
        opening_hours="9-18",
    ) == "HOURS_WRONG"  # fmt: skip


def page_text(response):
    return response.content.decode()


def test_a_steward_without_a_post_notes_visits_in_own_blocks_and_nowhere_else(walk):
    mine, theirs, nowhere = walk.shop(), walk.shop("125.315"), walk.shop(y="")
    entry = walk.visit(mine, next_step="送材料", next_due=walk.ledger.soon)
    assert (entry.account, entry.kind, entry.outcome) == (walk.steward, "VISIT", "AGREED")
    assert walk.ledger.fresh(mine).next_step == "送材料"
    given = {
        "by": walk.steward,
        "on": walk.ledger.today,
        "outcome": Outcome.AGAIN,
        "note": "",
        "key": "k" * 16,
    }
    assert code_of(rounds.note_visit, here=theirs, **given) == "NOT_ALLOWED"
    assert code_of(rounds.note_visit, here=nowhere, **given) == "NOT_ALLOWED"
    keeping.hand_over(
        by=walk.ledger.officer, at=clock.now(), block=walk.get("A1"), person=walk.li, reason="调岗"
    )
    assert code_of(rounds.note_visit, here=mine, **given) == "NOT_ALLOWED"


def placed_picture():
    """A picture that says where it was taken."""
    made, exif = BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[2] = (30.0, 6.0, 0.0)
    exif[271] = "Telephone"
    Image.new("RGB", (40, 20), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_a_visit_sent_twice_is_noted_once_with_its_photo_made_anew_and_sealed(walk):
    shop, sent = walk.shop(), placed_picture()
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    first = walk.visit(shop, photo=sent)
    assert walk.visit(shop, photo=sent) == first
    photo = VisitPhoto.objects.get()
    assert ContactEntry.objects.count() == 1
    kept = rounds.open_photo(by=walk.ledger.officer, photo=photo)
    assert dict(Image.open(BytesIO(kept)).getexif()) == {}
    assert bytes(photo.sealed) != kept == keyring.decrypt(bytes(photo.sealed), photo.public_id)
    again = {"by": walk.steward, "here": shop, "on": walk.ledger.today, "key": KEY, "note": "愿意"}
    other = picture() + b" "
    assert code_of(rounds.note_visit, outcome=Outcome.AGREED, photo=other, **again) == "KEY_REUSED"
    assert code_of(rounds.note_visit, outcome=Outcome.REFUSED, photo=sent, **again) == "KEY_REUSED"
    with pytest.raises(Refusal, match="NOT_ALLOWED"):
        rounds.open_photo(by=walk.ledger.stranger(), photo=photo)


def test_a_photo_is_deleted_after_a_year_and_the_visit_stays(walk, client):
    shop = walk.shop()
    entry = walk.visit(shop, photo=placed_picture())
    page = reverse("coverage:enterprise", args=[shop.public_id])
    client.force_login(walk.ledger.officer)
    photo = reverse("coverage:visit-photo", args=[entry.photo.public_id])
    contacts.purge(at=entry.at + contacts.KEPT)
    assert photo in client.get(page).content.decode()
    assert contacts.purge(at=entry.at + contacts.KEPT + timedelta(seconds=1)) == 1
    assert (VisitPhoto.objects.count(), ContactEntry.objects.get()) == (0, entry)
    shown = client.get(page).content.decode()
    assert (photo in shown, entry.note in shown, client.get(photo).status_code) == (False, True, 404)


def test_the_migration_lets_photos_go_that_could_not_be_deleted(walk, monkeypatch):
    walk.visit(walk.shop(), photo=placed_picture())
    monkeypatch.setattr(audit, "_guarded", [VisitPhoto])
    audit.install_triggers()
    with pytest.raises(DatabaseError), transaction.atomic():
        VisitPhoto.objects.all().delete()
    migration = import_module("unionhall.apps.coverage.migrations.0011_photos_end")
    with connection.cursor() as cursor:
        migration.let_go(None, SimpleNamespace(connection=connection, execute=cursor.execute))
    assert VisitPhoto.objects.all().delete()[0] == 1


def test_what_is_no_picture_is_refused_and_nothing_is_noted(walk):
    shop = walk.shop()
    given = {"by": walk.steward, "here": shop, "on": walk.ledger.today, "outcome": Outcome.AGAIN, "note": ""}
    assert code_of(rounds.note_visit, key=KEY, photo=b"%PDF-1.7", **given) == "FILE_UNKNOWN"
    assert code_of(rounds.note_visit, key=KEY, photo=b"junk", **given) == "FILE_UNKNOWN"
    assert ContactEntry.objects.count() == 0


def test_a_shop_that_is_not_in_the_ledger_is_reported_once_and_entered_by_an_officer(walk):
    block = walk.get("A1")
    told = {"by": walk.steward, "block": block, "name": " 老街面馆 ", "code": credit_code(77), "headcount": 6}
    lead = rounds.report_lead(at=clock.now(), key=KEY, **told)
    assert rounds.report_lead(at=clock.now(), key=KEY, **told) == lead
    assert code_of(rounds.report_lead, key=KEY, **told | {"name": "别家"}) == "KEY_REUSED"
    assert code_of(rounds.enter_lead, by=walk.steward, lead=lead) == "NOT_ALLOWED"
    entered = rounds.enter_lead(by=walk.ledger.officer, at=clock.now(), lead=lead)
    fresh = Enterprise.objects.get(pk=entered.pk)
    assert (fresh.name, fresh.credit_code, fresh.headcount, fresh.block, fresh.block_by_hand) == (
        "老街面馆",
        credit_code(77),
        6,
        block,
        True,
    )
    assert code_of(rounds.enter_lead, by=walk.ledger.officer, lead=lead) == "LEAD_ENDED"
    assert code_of(rounds.report_lead, key="z" * 16, **told) == "ENTERPRISE_EXISTS"
    assert rounds.report_lead(at=clock.now(), key=KEY, **told) == lead
    assert AuditLine.objects.filter(action="lead.report").count() == 1


def test_a_lead_needs_a_name_a_code_that_holds_and_an_own_block_and_is_dismissed_with_a_reason(walk):
    told = {"by": walk.steward, "block": walk.get("A1"), "name": "小店", "key": KEY}
    assert code_of(rounds.report_lead, **told | {"name": " "}) == "NAME_MISSING"
    assert code_of(rounds.report_lead, code=credit_code(1)[:-1] + "0", **told) == "CODE_WRONG"
    assert code_of(rounds.report_lead, **told | {"block": walk.get("B1")}) == "NOT_ALLOWED"
    lead = rounds.report_lead(at=clock.now(), **told)
    dismiss = {"by": walk.ledger.officer, "lead": lead}
    assert code_of(rounds.dismiss_lead, reason=" ", **dismiss) == "REASON_MISSING"
    rounds.dismiss_lead(at=clock.now(), reason="流动摊位", **dismiss)
    assert (Lead.objects.get().state, Lead.objects.get().reason) == ("DISMISSED", "流动摊位")


def test_a_code_is_found_in_what_a_licence_says_and_an_enterprise_by_it(walk):
    code = credit_code(5)
    said = [code, f" {code[:8]} {code[8:]} ", code.lower(), f"https://a.example/q?uniscid={code}&x=1"]
    assert [queries.rounds.code_in(text) for text in said] == [code] * 4
    assert [queries.rounds.code_in(text) for text in ("", "面馆", "1" * 40, code[:-1])] == [""] * 4
    shop = walk.shop(codes=(code,), name="梧桐面馆")
    foreign = walk.ledger.add(ground=walk.ledger.district, name="城东面馆")
    person = walk.steward.person
    assert [one.pk for one in queries.rounds.look_up(person, said[3]).rows] == [shop.pk]
    assert [one.pk for one in queries.rounds.look_up(person, "面馆").rows] == [shop.pk]
    assert queries.rounds.look_up(person, foreign.credit_code).rows == []
    assert [one.pk for one in queries.rounds.look_up(person, code[:12]).rows] == [shop.pk]
    assert queries.rounds.look_up(person, " ").rows == []


def test_who_is_masked_is_called_by_the_whole_name_on_the_round_also_when_noted_while_one_may_go(
    walk, client
):
    shops = [
        walk.shop(due=0, name=f"梧桐里李{given}服装店", person=f"李{given}") for given in ("晓燕", "红梅")
    ]
    assert {one.name for one in shops} == {"梧桐里李某某服装店"}
    client.force_login(walk.steward)
    url = reverse("coverage:round")
    for n, shop in enumerate(shops):
        walk.visit(shop, key=f"{KEY}{n}")
    assert [called for _entry, called in client.get(url).context["done"]] == [
        "梧桐里李红梅服装店", "梧桐里李晓燕服装店",
    ]  # fmt: skip
    # Half a name finds all that are masked alike; who bears it comes first.
    for given in ("红梅", "晓燕"):
        found = client.get(reverse("coverage:round-find"), {"q": f"李{given}"}).context["rows"]
        assert next(called for _one, called, _address in found) == f"梧桐里李{given}服装店"
        assert len(found) == 2
    keeping.hand_over(
        by=walk.ledger.officer, at=clock.now(), block=walk.get("A1"), person=walk.li, reason="换人"
    )
    keeping.hand_over(
        by=walk.ledger.officer,
        at=clock.now(),
        block=walk.get("B1"),
        person=walk.steward.person,
        reason="换人",
    )
    assert [called for _entry, called in client.get(url).context["done"]] == ["梧桐里李某某服装店"] * 2
    found = client.get(reverse("coverage:round-find"), {"q": "李红梅"}).context["rows"]
    assert [(called, address) for _one, called, address in found] == [("梧桐里李某某服装店", "")] * 2


def test_without_a_script_a_report_says_that_it_was_taken(walk, client):
    client.force_login(walk.steward)
    given = {"block": walk.get("A1").public_id, "name": "无名小吃店", "key": KEY}
    page = client.post(reverse("coverage:report-lead"), given, follow=True)
    assert "已上报，由工会核实后登记入台账。" in page.content.decode()
    assert (
        "请选择走访结果。"
        in client.post(
            reverse("coverage:visit-enterprise", args=[walk.shop().public_id]), {"key": KEY}
        ).content.decode()
    )
