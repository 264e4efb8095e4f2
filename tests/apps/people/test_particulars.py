"""Particulars: kept sealed, found by one box, opened one at a time, by whom they concern."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from unionhall.apps.orgs.models import Union
from unionhall.apps.people import queries
from unionhall.apps.people.codes import IdentityKind, PostRole, RevealReason, SealedColumn, Sex
from unionhall.apps.people.models import Particulars, Person, Reveal
from unionhall.apps.people.usecases import (
    appoint,
    open_account,
    register_person,
    reveal,
    store_particulars,
    write_particulars,
)
from unionhall.kernel import audit, clock
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal
from unionhall.site.demo import nobodys_numbers

NUMBER, PHONE = nobodys_numbers(90001)
OTHER, _PHONE = nobodys_numbers(90002)
WHY = {"reason": RevealReason.CONTACT, "words": "通知领取互助金"}


@pytest.fixture
def east(city):
    """A member of the eastern district, her particulars, its officer, and an organiser there."""
    union = Union.objects.get(name="城东区总工会")
    at = clock.now()
    person = register_person(by=SYSTEM, at=at, name="帕丽达 • 热合曼", union=union)
    write_particulars(by=city.district, at=at, person=person, identity=NUMBER, phone=f"+86 {PHONE}")
    host = register_person(by=SYSTEM, at=at, name="区组织者", union=union)
    appoint(by=SYSTEM, at=at, person=host, union=union, role=PostRole.CONTEST_ORGANISER, since=clock.today())
    organiser = open_account(by=SYSTEM, at=at, person=host, username="east-organiser", password="")
    west = register_person(by=SYSTEM, at=at, name="帕丽达·西区", union=Union.objects.get(name="城西区总工会"))
    write_particulars(by=SYSTEM, at=at, person=west, identity=OTHER, phone=PHONE)
    person = Person.objects.get(pk=person.pk)
    return SimpleNamespace(person=person, officer=city.district, organiser=organiser, west=west, union=union)


def code_of(work, **how):
    with pytest.raises(Refusal) as refused:
        work(**({"at": clock.now()} | how))
    return refused.value.code, refused.value.data


def names(account, text):
    found = queries.found(account, text)
    return found.by, [person.name for person, _kept in found.rows]


# Written


def test_what_is_stored_shows_nothing(east):
    held = east.person.particulars
    assert (held.id_kind, held.birth, held.sex) == ("ID_CARD", date(1985, 2, 10), "MALE")
    columns = ("identity_sealed", "identity_index", "phone_sealed", "phone_index", "phone_tail_index")
    stored = b"".join(bytes(getattr(held, column)) for column in columns)
    assert [part in stored for part in (NUMBER.encode(), PHONE.encode(), PHONE[-4:].encode())] == [False] * 3
    lines = AuditLine.objects.filter(action="particulars.write", subject=east.person.public_id)
    assert [(line.fields, line.refs) for line in lines] == [
        (
            [
                "birth",
                "id_kind",
                "identity_index",
                "identity_sealed",
                "phone_confirmed_at",
                "phone_index",
                "phone_sealed",
                "phone_tail_index",
                "sex",
            ],
            {},
        )
    ]


def test_what_is_left_out_stays(east):
    at = clock.now()
    write_particulars(by=east.officer, at=at, person=east.person, phone="15400001234", phone_confirmed=True)
    held = Particulars.objects.get(person=east.person)
    assert (bytes(held.identity_index), held.phone_confirmed_at) == (
        bytes(east.person.particulars.identity_index),
        at,
    )
    write_particulars(by=east.officer, at=at, person=east.person, phone=PHONE)
    assert Particulars.objects.get(person=east.person).phone_confirmed_at is None


def test_birth_and_sex_come_from_the_number_where_it_says_them(east):
    by, at = east.officer, clock.now()
    given = {"birth": date(1999, 1, 1), "sex": Sex.FEMALE}
    write_particulars(by=by, at=at, person=east.person, **given)
    held = Particulars.objects.get(person=east.person)
    assert (held.birth, held.sex) == (date(1985, 2, 10), "MALE")
    foreign = register_person(by=SYSTEM, at=at, name="John Smith", union=east.union)
    passport = {"identity": "x1234567", "id_kind": IdentityKind.PASSPORT}
    held = write_particulars(by=by, at=at, person=foreign, **passport, **given)
    assert (held.birth, held.sex, held.id_kind) == (date(1999, 1, 1), "FEMALE", "PASSPORT")


def test_a_number_belongs_to_one_person_and_a_phone_to_a_family(east):
    other = register_person(by=SYSTEM, at=clock.now(), name="同号", union=east.union)
    how = {"by": east.officer, "person": other}
    assert code_of(write_particulars, **how, identity=NUMBER.lower()) == (
        "IDENTITY_HELD",
        {"person": east.person.public_id},
    )
    write_particulars(at=clock.now(), **how, phone=PHONE)
    Particulars.objects.filter(person=east.person).update(superseded=True)
    write_particulars(at=clock.now(), **how, identity=NUMBER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Particulars.objects.filter(person=east.person).update(superseded=False)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"identity": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, ("IDENTITY_CHECK_DIGIT", {})),
        ({"identity": NUMBER[:-1]}, ("IDENTITY_LENGTH", {"length": 17})),
        ({"phone": "12351"}, ("PHONE_LENGTH", {"length": 5})),
        (
            {"identity": "护照", "id_kind": IdentityKind.PASSPORT},
            ("IDENTITY_SHAPE", {}),
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_words(east, how, expected):
    from unionhall.apps.people.messages import of_refusal

    assert code_of(write_particulars, by=east.officer, person=east.person, **how) == expected
    assert of_refusal(Refusal(expected[0], **expected[1]))


def test_who_may_write(east, city):
    how = {"person": east.person, "phone": PHONE}
    assert [
        code_of(write_particulars, by=by, **how)[0] for by in (east.organiser, city.organiser, city.chief)
    ] == ["NOT_ALLOWED"] * 3
    write_particulars(by=city.administrator, at=clock.now(), **how)
    unplaced = register_person(by=SYSTEM, at=clock.now(), name="无会籍", union=None)
    assert code_of(write_particulars, by=city.administrator, person=unplaced, phone=PHONE)[0] == "NOT_ALLOWED"
    store_particulars(by=city.administrator, at=clock.now(), person=unplaced, phone=PHONE)
    assert code_of(register_person, by=city.administrator, name="x", union=None)[0] == "NOT_ALLOWED"


def test_halves_are_no_particulars(east):
    for half in ({"phone_index": None}, {"identity_sealed": None}, {"id_kind": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Particulars.objects.filter(person=east.person).update(**half)


# Found


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("帕丽达・热", "NAME"),
        (" 帕丽达 · 热合曼 ", "NAME"),
        (PHONE, "PHONE"),
        (f"+86 {PHONE[:3]} {PHONE[3:7]}-{PHONE[7:]}", "PHONE"),
        (NUMBER, "NUMBER"),
        (f" {NUMBER.lower()} ", "NUMBER"),
    ],
)
def test_one_box_finds_by_whatever_is_known(east, text, by):
    assert names(east.officer, text) == (by, ["帕丽达 • 热合曼"])


def test_the_last_four_digits_and_the_register_number(east):
    by, rows = names(east.officer, PHONE[-4:])
    assert (by, "帕丽达 • 热合曼" in rows) == ("TAIL", True)
    assert names(east.officer, east.person.public_id.lower())[1] == ["帕丽达 • 热合曼"]
    letters = "ABCDEFGHJKMN"
    Person.objects.filter(pk=east.person.pk).update(public_id=letters)
    assert names(east.officer, letters) == ("NAME", ["帕丽达 • 热合曼"])


def test_nobody_is_found_beyond_the_reach(east, city):
    """The west's namesake has the same phone; only whoever reaches both finds both."""
    both = ["帕丽达 • 热合曼", "帕丽达·西区"]
    assert [names(city.administrator, text)[1] for text in ("帕丽达·", PHONE)] == [both, both]
    assert names(east.officer, OTHER) == ("NUMBER", [])
    # An organiser finds by name, without particulars; by number and phone nobody.
    found = queries.found(east.organiser, "帕丽达·")
    assert [(person.pk, kept) for person, kept in found.rows] == [(east.person.pk, [])]
    assert [names(east.organiser, text)[1] for text in (PHONE, NUMBER, PHONE[-4:])] == [[], [], []]


@pytest.mark.parametrize(
    ("few", "first", "most", "expected"),
    [
        (100, (1000,), 2, ([1, 2], False)),
        (100, (1000,), 1, ([1], True)),
        (0, (1000,), 2, ([1, 2], False)),
        (0, (1000,), 1, ([1], True)),
        # Read again, further down, when the first names are others'.
        (0, (2, 1000), 2, ([1, 2], False)),
        (0, (2, 1000), 1, ([1], True)),
        # However many others come first, none is missed and "more" is never a guess.
        (0, (1, 2), 2, ([1, 2], False)),
        (0, (1, 2), 1, ([1], True)),
    ],
)
def test_a_wide_reach_looks_among_the_first_names(east, monkeypatch, few, first, most, expected):
    for name, value in (("FEW_UNIONS", few), ("FIRST_NAMES", first), ("MOST", most)):
        monkeypatch.setattr(queries, name, value)
    for number, union in enumerate([east.west.union, east.union, east.union, east.west.union]):
        register_person(by=SYSTEM, at=clock.now(), name=f"慕容{number}", union=union)
    found = queries.found(east.officer, "慕容")
    assert ([int(person.name[2]) for person, _kept in found.rows], found.more) == expected


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "没有这个人", "0000", "%", "_"])
def test_what_finds_nobody(east, text):
    assert names(east.officer, text)[1] == []


def test_numbers_are_masked_and_a_broken_one_harms_no_page(east):
    [(_person, kept)] = queries.found(east.officer, NUMBER).rows
    assert kept == [
        queries.Kept(SealedColumn.IDENTITY, f"{NUMBER[:3]}***********{NUMBER[-4:]}"),
        queries.Kept(SealedColumn.PHONE, f"{PHONE[:3]}****{PHONE[-4:]}"),
    ]
    west = Particulars.objects.get(person=east.west)
    Particulars.objects.filter(person=east.person).update(phone_sealed=west.phone_sealed)
    [(_person, kept)] = queries.found(east.officer, NUMBER).rows
    assert kept[1] == queries.Kept(SealedColumn.PHONE, "", "ALTERED")
    how = {"by": east.officer, "person": east.person, "column": SealedColumn.PHONE, **WHY}
    assert code_of(reveal, **how)[0] == "REVEAL_ALTERED"


def test_merged_persons_are_not_found(east):
    Person.objects.filter(pk=east.person.pk).update(merged_into=east.west)
    assert [names(east.officer, text)[1] for text in ("帕丽达", NUMBER)] == [[], []]


def test_a_search_asks_a_fixed_number_of_questions(east, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    counts = []
    for text in ("帕丽达", PHONE):
        with CaptureQueriesContext(connection) as few:
            queries.found(east.officer, text)
        counts.append(len(few))
    for number in range(60):
        one = register_person(by=SYSTEM, at=clock.now(), name=f"帕丽达{number}", union=east.union)
        write_particulars(by=SYSTEM, at=clock.now(), person=one, phone=PHONE)
    for text, count in zip(("帕丽达", PHONE), counts, strict=True):
        with django_assert_num_queries(count):
            found = queries.found(east.officer, text)
        assert (len(found.rows), found.more) == (queries.MOST, True)
        assert {len(kept) for person, kept in found.rows if person != east.person} == {1}


def test_the_key_of_a_name_is_always_made(east):
    one = Person(name="王　芳", union=east.union)
    Person.objects.bulk_create([one])
    assert Person.objects.get(pk=one.pk).name_key == "王芳"
    one.name = "王 方"
    one.save()
    assert Person.objects.get(pk=one.pk).name_key == "王方"


def test_indexes_serve_every_search_on_either_database(east):
    beginning = Person.objects.filter(name_key__gte="王", name_key__lt="王" + chr(0x10FFFF))
    asked = {"person_by_name": beginning.order_by("name_key", "pk")[:51]}
    for text, name in ((NUMBER, "identity_held_once"), (PHONE, "phone_index"), (PHONE[-4:], "phone_tail_")):
        asked[name] = Particulars.objects.filter(**queries._taken_for(text)[1])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As over millions: the planner must not prefer what is only good for a small table.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plans = {name: rows.explain() for name, rows in asked.items()}
    assert [name in plan for name, plan in plans.items()] == [True] * 4
    assert [word in plans["person_by_name"] for word in ("Sort", "TEMP B-TREE")] == [False, False]


def test_a_surname_is_answered_from_the_index_alone(east):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL keeps further columns in an index")
    beginning = Person.objects.filter(name_key__gte="王", name_key__lt="王" + chr(0x10FFFF), merged_into=None)
    names = beginning.order_by("name_key", "pk")
    asked = (
        names.values_list("pk", "union_id")[:100],
        names.filter(union__among=range(80)).values_list("pk", flat=True)[:51],
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plans = [rows.explain() for rows in asked]
    assert ["Index Only Scan using person_by_name" in plan for plan in plans] == [True, True]


# Opened


def test_one_value_is_opened_with_a_reason_that_stays(east):
    at = clock.now()
    how = {"by": east.officer, "at": at, "person": east.person, **WHY}
    assert reveal(column=SealedColumn.PHONE, **how) == PHONE
    assert reveal(column=SealedColumn.IDENTITY, **how) == NUMBER
    assert [
        (one.column, one.account, one.reason, one.words, one.at) for one in queries.reveals(east.person)
    ] == [
        ("IDENTITY", east.officer, "CONTACT", "通知领取互助金", at),
        ("PHONE", east.officer, "CONTACT", "通知领取互助金", at),
    ]
    lines = audit.history(east.person).filter(action="particulars.reveal")
    assert [(line.actor, line.fields, line.refs) for line in lines] == [
        (str(east.officer.actor), [column], {"reason": "CONTACT"}) for column in ("identity", "phone")
    ]


def test_what_is_not_opened(east, city):
    how = {"by": east.officer, "person": east.person, "column": SealedColumn.PHONE, **WHY}
    bare = register_person(by=SYSTEM, at=clock.now(), name="无信息", union=east.union)
    assert [
        code_of(reveal, **how | change)[0]
        for change in (
            {"by": east.organiser},
            {"by": city.chief},
            {"person": east.west},
            {"words": "  "},
            {"words": f"打电话 {PHONE}"},
            {"words": "电话１５４ ０００ ００１"},
            {"person": bare},
        )
    ] == [
        "NOT_ALLOWED",
        "NOT_ALLOWED",
        "NOT_ALLOWED",
        "REVEAL_WORDS_MISSING",
        "REVEAL_WORDS_HOLD_NUMBER",
        "REVEAL_WORDS_HOLD_NUMBER",
        "REVEAL_NOTHING",
    ]
    assert Reveal.objects.count() == 0


def test_thirty_in_an_hour_and_no_more(east, city):
    at = clock.now()
    how = {"person": east.person, "column": SealedColumn.PHONE, **WHY}
    for minute in range(30):
        reveal(by=east.officer, at=at + timedelta(minutes=minute), **how)
    assert code_of(reveal, by=east.officer, at=at + timedelta(minutes=59), **how) == (
        "REVEAL_LIMIT",
        {"most": 30},
    )
    assert reveal(by=city.administrator, at=at + timedelta(minutes=59), **how) == PHONE
    assert reveal(by=east.officer, at=at + timedelta(minutes=60), **how) == PHONE


# Pages


def test_the_pages_find_write_and_open(east, city, client):
    client.force_login(east.officer)
    assert "按姓名查找" not in client.get("/people/find").content.decode()
    page = client.post("/people/find", {"text": NUMBER})
    shown = page.content.decode()
    assert [word in shown for word in ("热合曼", f"{PHONE[:3]}****{PHONE[-4:]}", PHONE)] == [
        True,
        True,
        False,
    ]
    assert "no-store" in page.headers["Cache-Control"]

    address = f"/people/{east.person.public_id}"
    person = client.get(address).content.decode()
    assert [word in person for word in (f"{NUMBER[:3]}***********{NUMBER[-4:]}", NUMBER, "查看记录")] == [
        True,
        False,
        False,
    ]
    asked = client.get(f"{address}/particulars/phone")
    assert (asked.status_code, PHONE in asked.content.decode()) == (200, False)
    blank = client.post(f"{address}/particulars/phone", {"reason": "CONTACT", "words": ""})
    refused = client.post(f"{address}/particulars/phone", {"reason": "CONTACT", "words": PHONE})
    assert [(one.status_code, f">{PHONE}<" in one.content.decode()) for one in (blank, refused)] == [
        (422, False)
    ] * 2
    opened = client.post(f"{address}/particulars/phone", {"reason": "CONTACT", "words": "通知开会"})
    assert (opened.status_code, f">{PHONE}<" in opened.content.decode()) == (200, True)
    assert "no-store" in opened.headers["Cache-Control"]
    assert client.get(f"{address}/particulars/birth").status_code == 404

    form = {"id_kind": "ID_CARD", "identity": "", "phone": "154 0000 4321", "birth": "", "sex": ""}
    saved = client.post(f"{address}/particulars", form)
    assert (saved.status_code, saved.headers["Location"]) == (302, address)
    assert "154****4321" in client.get(address).content.decode()
    held = client.post(f"{address}/particulars", {**form, "identity": OTHER})
    assert (held.status_code, east.west.public_id in held.content.decode()) == (422, True)

    client.force_login(city.administrator)
    assert "通知开会" in client.get(address).content.decode()
    client.force_login(east.organiser)
    seen = client.get(address)
    assert (seen.status_code, "154****" in seen.content.decode()) == (200, False)
    assert [client.get(f"{address}/particulars{end}").status_code for end in ("", "/phone")] == [404, 404]


def test_a_person_of_no_union_is_opened_by_nobodys_reach(east, city, client):
    unplaced = register_person(by=SYSTEM, at=clock.now(), name="无会籍", union=None)
    client.force_login(city.administrator)
    assert client.get(f"/people/{unplaced.public_id}").status_code == 404
    assert names(city.administrator, "无会籍") == ("NAME", [])
