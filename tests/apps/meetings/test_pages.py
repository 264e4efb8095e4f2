"""Pages of meetings and issues: what they show to whom, and what their forms do."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from unionhall.apps.meetings import queries, sources, usecases
from unionhall.apps.meetings.codes import MeetingKind
from unionhall.apps.meetings.models import Issue, Meeting
from unionhall.apps.people.usecases import register_person
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM

from .conftest import picture


def at(name, thing, *more):
    return reverse(f"meetings:{name}", args=[thing.public_id, *more])


def test_a_meeting_from_plan_to_minutes(district, client):
    client.force_login(district.officer)
    answer = client.post(
        "/meetings/new",
        {
            "union": district.union.pk, "kind": "COMMUNICATION", "title": "骑手沟通会", "place": "驿站",
            "starts_at": clock.now().strftime("%Y-%m-%dT%H:%M"), "chair": district.deputy.person.pk,
            "agenda": "入会\n\n难处",
        },
    )  # fmt: skip
    meeting = Meeting.objects.get(title="骑手沟通会")
    assert answer.headers["Location"] == at("meeting", meeting)
    plan = {"title": "骑手沟通会", "place": "小哥驿站", "chair": district.officer.person.pk, "agenda": "难处"}
    client.post(at("change-meeting", meeting), plan | {"starts_at": "2026-01-05T09:30"})
    meeting.refresh_from_db()
    assert (meeting.place, [item.title for item in meeting.agenda.all()]) == ("小哥驿站", ["难处"])
    form = {"key": "a" * 32, "kind": "NEED", "title": "要充电桩", "raised_by_words": "骑手"}
    for _press in range(2):
        assert client.post(at("raise", meeting), form).status_code == 302
    assert [one.title for one in queries.issues_of_meeting(meeting)] == ["要充电桩"]
    client.post(at("record", meeting), {"attendees": "田野\n", "others": "12", "minutes": "三件事"})
    assert "田野 · 梧桐里街道总工会" in client.get(at("minutes", meeting)).content.decode()
    client.post(at("minutes", meeting), {"attendees": "田野\n方敏", "others": "11", "minutes": "四件事"})
    page = client.get(at("meeting", meeting)).content.decode()
    shown = ("要充电桩", "四件事", "田野、方敏", "另有 11 人", "更正会议记录")
    assert [word for word in shown if word not in page] == []
    assert client.post(at("record", meeting), {"others": "1"}).status_code == 422


def test_names_are_found_in_the_register_or_named_in_the_answer(district, client):
    client.force_login(district.officer)
    meeting = district.plan()
    for union in (district.union, district.street):
        register_person(by=SYSTEM, at=clock.now(), name="王同名", union=union)
    refused = client.post(at("record", meeting), {"attendees": "王同名\n没这人\n外人\n田野", "others": "0"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "名为“王同名”的不止一人，请写明：王同名 · 城东区总工会；王同名 · 梧桐里街道总工会" in page
    assert [f"管辖范围内没有名为“{name}”的人员" in page for name in ("没这人", "外人", "田野")] == [
        True, True, False,
    ]  # fmt: skip
    client.post(at("record", meeting), {"attendees": "王同名 · 梧桐里街道总工会", "others": "0"})
    assert meeting.attendances.get().person.union == district.street
    # Whoever stands there already may stay, also when the person is out of this officer's reach.
    usecases.correct_minutes(
        by=SYSTEM, at=clock.now(), meeting=meeting, minutes="", attendees=[district.stranger.person]
    )
    assert client.post(at("minutes", meeting), {"attendees": "外人", "others": "1"}).status_code == 302


def test_an_issue_from_the_hall_to_the_second_person(district, client):
    issue = district.raised(meeting=district.plan())
    client.force_login(district.officer)
    owned = {"owner": district.station.person.pk, "due": district.soon.isoformat()}
    assert client.post(at("assign", issue), owned).status_code == 302
    client.force_login(district.station)
    assert issue.title in client.get("/").content.decode()
    claim = {"measures": "已装", "evidence": "验收单"}
    bad = client.post(at("claim", issue), claim | {"file": SimpleUploadedFile("a.jpg", b"MZ")})
    assert (bad.status_code, "无法读取该文件" in bad.content.decode()) == (422, True)
    file = SimpleUploadedFile("现场.jpg", picture((60, 40)), "image/jpeg")
    assert client.post(at("claim", issue), claim | {"file": file}).status_code == 302
    client.force_login(district.deputy)
    assert "已核验，予以办结" in client.get(at("issue", issue)).content.decode()
    assert client.post(at("close", issue), {"checked": "现场核实"}).status_code == 302
    assert Issue.objects.get(pk=issue.pk).closed_by == district.deputy.person


def test_each_is_offered_what_comes_next(district, client):
    raised, assigned, claimed, closed = (
        district.raised(), district.assigned(), district.claimed(), district.closed(),
    )  # fmt: skip
    main = 'class="btn btn-main" href="'

    def offered(account, issue):
        client.force_login(account)
        page = client.get(at("issue", issue)).content.decode()
        return page.split(main)[1].split('"')[0].rsplit("/", 1)[1] if main in page else ""

    found = {
        (name, issue): offered(account, issue)
        for name, account in (("officer", district.officer), ("station", district.station))
        for issue in (raised, assigned, claimed, closed)
        if name == "officer" or issue.owner_id
    }
    assert found == {
        ("officer", raised): "owner",
        ("officer", assigned): "",
        ("officer", claimed): "close",
        ("officer", closed): "",
        ("station", assigned): "done",
        ("station", claimed): "",
        ("station", closed): "",
    }


def test_an_owner_without_a_post_reaches_the_own_issues_only(district, client):
    own, other = district.claimed(file=picture(), meeting=district.plan()), district.raised()
    client.force_login(district.station)
    file = own.steps.get(kind="CLAIMED").file
    may = {name: client.get(at(name, own)).status_code for name in ("issue", "note", "claim")}
    assert may == {"issue": 200, "note": 200, "claim": 200}
    names = ("assign", "due", "close", "return", "reopen")
    assert [client.get(at(name, own)).status_code for name in names] == [404] * 5
    assert [client.get(at(name, other)).status_code for name in ("issue", "note", "claim")] == [404] * 3
    assert client.get(at("evidence", own, file.public_id)).status_code == 200
    assert client.get(at("meeting", own.meeting)).status_code == 404
    assert at("meeting", own.meeting) not in client.get(at("issue", own)).content.decode()
    assert [client.get(path).status_code for path in ("/issues", "/meetings", "/issues/new")] == [
        200,
        404,
        404,
    ]


def test_evidence_belongs_to_its_issue_and_is_not_kept_by_the_browser(district, client):
    pictured = district.claimed(file=picture())
    written = district.claimed(file=b"%PDF-1.4 x")
    client.force_login(district.deputy)
    image, pdf = (one.steps.get(kind="CLAIMED").file.public_id for one in (pictured, written))
    shown = client.get(at("evidence", pictured, image))
    with Image.open(BytesIO(shown.content)) as opened:
        assert (shown["Content-Type"], opened.format) == ("image/jpeg", "JPEG")
    assert (shown["Cache-Control"], shown["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    taken = client.get(at("evidence", written, pdf))
    assert (taken["Content-Disposition"], taken.content) == (
        f'attachment; filename="{pdf}.pdf"', b"%PDF-1.4 x",
    )  # fmt: skip
    assert client.get(at("evidence", written, image)).status_code == 404


def listed(client, **query):
    """Titles in the exported list."""
    answer = client.get("/issues", {"export": "csv", **query})
    rows = list(csv.DictReader(StringIO(answer.content.decode().lstrip("\ufeff"))))
    return [row["事项"] for row in rows], rows


def test_the_list_filters_sorts_and_exports(district, client):
    names = ("甲待交办", "乙办理中", "丙待核验", "丁已办结", "戊已超期")
    meeting = district.plan()
    district.raised(title=names[0], kind="QUESTION")
    district.assigned(title=names[1])
    district.claimed(title=names[2])
    district.closed(title=names[3], meeting=meeting)
    late = district.assigned(title=names[4])
    Issue.objects.filter(pk=late.pk).update(due=district.today - timedelta(days=1))
    client.force_login(district.officer)

    def of(**query):
        return [title for title in listed(client, **query)[0] if title in names]

    assert of() == [names[0], names[4], names[1], names[2], names[3]]
    assert [of(standing=one) for one in ("UNASSIGNED", "OVERDUE", "DONE_CLAIMED", "SETTLED")] == [
        [names[0]], [names[4]], [names[2]], [names[3]],
    ]  # fmt: skip
    assert set(of(standing="OPEN")) == set(names) - {names[3]}
    assert (of(kind="QUESTION"), of(owner="me"), of(title="丙")) == ([names[0]], [], [names[2]])
    row = next(row for row in listed(client)[1] if row["事项"] == names[3])
    assert (row["状态"], row["会议"], row["天数"], row["责任人"]) == ("已办结", meeting.title, "0", "田野")
    client.force_login(district.station)
    assert set(of(owner="me")) == set(names) - {names[0]}


def test_no_cell_of_the_export_is_a_formula(district, client):
    district.raised(title="=1+1")
    client.force_login(district.officer)
    assert "'=1+1" in listed(client)[0]


@pytest.mark.parametrize("path", ["/issues", "/meetings", "/"])
def test_lists_ask_a_fixed_number_of_questions(district, client, path):
    client.force_login(district.officer)
    client.get(path)  # the first request of a session asks once more
    with CaptureQueriesContext(connection) as before:
        client.get(path)
    for _more in range(3):
        district.closed(meeting=district.plan())
        district.claimed()
        usecases.assign_issue(
            by=district.officer, at=clock.now(), issue=district.raised(),
            owner=district.officer.person, due=district.soon,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as after:
        client.get(path)
    assert len(after) == len(before)


@pytest.mark.parametrize("what", ["meeting", "issue"])
def test_pages_ask_a_fixed_number_of_questions(district, client, what):
    client.force_login(district.deputy)
    meeting = district.plan()
    issue = district.assigned(meeting=meeting)
    path = at(what, meeting if what == "meeting" else issue)
    with CaptureQueriesContext(connection) as before:
        client.get(path)
    for _more in range(3):
        district.claimed(meeting=meeting, file=picture())
        usecases.note_issue(by=district.station, at=clock.now(), issue=issue, text="已对接")
    with CaptureQueriesContext(connection) as after:
        client.get(path)
    assert len(after) == len(before)


def test_the_start_page_says_what_is_late_and_what_is_to_be_checked(district, client):
    mine = district.assigned(title="一件超期的事")
    Issue.objects.filter(pk=mine.pk).update(due=district.today - timedelta(days=1))
    late = queries.waiting_for(district.station).filter(due__lt=district.today).count()
    client.force_login(district.station)
    page = client.get("/").content.decode()
    assert (mine.title in page, f"{late} 项超期" in page) == (True, True)
    client.force_login(district.deputy)
    count = queries.to_check(district.deputy).count()
    district.claimed()
    page = client.get("/").content.decode()
    assert (f"{count + 1} 项" in page, mine.title in page) == (True, False)


def test_where_there_is_nothing_the_pages_say_what_to_do(district, client):
    client.force_login(district.stranger)
    assert "还没有安排会议" in client.get("/meetings").content.decode()
    assert "还没有诉求和堵点" in client.get("/issues").content.decode()
    client.force_login(district.officer)
    assert "没有符合条件的记录" in client.get("/issues?title=zzz").content.decode()
    meeting = district.plan(kind=MeetingKind.COMMITTEE)
    assert "会上提出的事项及办理结果将列在这里" in client.get(at("meeting", meeting)).content.decode()


def test_an_issue_leads_to_what_it_came_from(district, client, monkeypatch):
    monkeypatch.setattr(sources, "_sources", {})
    issue = district.raised(source="OUTREACH", source_id=district.union.public_id)
    client.force_login(district.officer)
    assert "来源" not in client.get(at("issue", issue)).content.decode()
    sources.register_source("OUTREACH", "宣传活动", "orgs:union")
    page = client.get(at("issue", issue)).content.decode()
    assert f'href="/unions/{district.union.public_id}">宣传活动' in page
