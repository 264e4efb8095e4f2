"""Issues: who may do what, what the database itself refuses, and what may be handed in as evidence."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from PIL import Image

from unionhall.apps.meetings import messages, queries, usecases
from unionhall.apps.meetings.codes import IssueKind, IssueState, Standing
from unionhall.apps.meetings.evidence import EDGE, JPEG, LIMIT, PDF, made_safe
from unionhall.apps.meetings.models import EvidenceFile, Issue, IssueStep
from unionhall.kernel import audit, clock, keyring
from unionhall.kernel.refusals import Refusal

from .conftest import code_of, picture


def test_an_issue_is_raised_owned_reported_and_closed_by_a_second_person(district):
    issue = district.closed(raised_by_words="快递站长")
    assert [(step.kind, step.by.name, step.text) for step in queries.history(issue)] == [
        ("RAISED", "林晓东", ""),
        ("ASSIGNED", "林晓东", ""),
        ("CLAIMED", "田野", "增派两名专干"),
        ("VERIFIED", "方敏", "现场核实"),
    ]
    assert (issue.state, issue.evidence, issue.closed_by.name) == ("CLOSED", "验收单 3 号", "方敏")
    assert [line.action for line in audit.history(issue)] == [
        "issue.close",
        "issue.claim",
        "issue.assign",
        "issue.raise",
    ]


def test_the_trail_holds_no_words_of_an_issue(district):
    issue = district.closed(title="田野的诉求", description="不便公开", raised_by_words="快递站长")
    kept = [f"{line.fields} {line.refs} {line.actor}" for line in audit.history(issue)]
    assert [text for text in kept if any(word in text for word in ("田野", "不便", "快递", "验收"))] == []


def test_a_claim_stays_with_the_district(district):
    issue = district.claimed()
    closing = {"issue": issue, "checked": "现场核实"}
    assert [
        code_of(usecases.close_issue, by=who, **closing)
        for who in (district.station, district.stranger, district.deputy)
    ] == ["NOT_ALLOWED", "NOT_ALLOWED", ""]


def test_an_officer_who_reports_done_does_not_close(district):
    issue = district.assigned()
    usecases.claim_done(by=district.deputy, at=clock.now(), issue=issue, measures="已办", evidence="照片")
    assert code_of(usecases.close_issue, by=district.deputy, issue=issue, checked="x") == "SECOND_PERSON"
    assert code_of(usecases.close_issue, by=district.officer, issue=issue, checked="x") == ""


def test_an_officer_who_owns_it_does_not_close(district):
    issue = usecases.assign_issue(
        by=district.officer, at=clock.now(), issue=district.raised(),
        owner=district.deputy.person, due=district.soon,
    )  # fmt: skip
    usecases.claim_done(by=district.officer, at=clock.now(), issue=issue, measures="已办", evidence="照片")
    assert code_of(usecases.close_issue, by=district.deputy, issue=issue, checked="x") == "SECOND_PERSON"


def test_nobody_is_made_owner_from_beyond_the_reach(district):
    issue = district.raised()
    to = {"issue": issue, "due": district.soon}
    assert [
        code_of(usecases.assign_issue, by=district.officer, owner=district.stranger.person, **to),
        code_of(usecases.assign_issue, by=district.stranger, owner=district.stranger.person, **to),
        code_of(usecases.raise_issue, by=district.stranger, union=district.union, kind="NEED", title="x"),
    ] == ["NOT_ALLOWED"] * 3


def test_a_form_sent_twice_raises_one_issue(district):
    first = district.raised(key="k" * 32)
    again = district.raised(key="k" * 32)
    assert (again.pk, first.steps.count(), audit.history(first).count()) == (first.pk, 1, 1)
    with pytest.raises(Refusal) as refused:
        district.raised(key="k" * 32, title="另一件事")
    assert refused.value.code == "KEY_REUSED"


def test_the_database_refuses_what_the_use_cases_refuse(district):
    """Whoever writes past the use cases meets the constraints."""
    claimed, closed, opened = district.claimed(), district.closed(), district.raised()
    forbidden = [
        (claimed, {"state": "CLOSED", "closed_by": district.station.person, "closed_at": clock.now()}),
        (closed, {"closed_by": district.station.person}),
        (closed, {"closed_by": None}),
        (closed, {"evidence": ""}),
        (closed, {"owner": district.deputy.person}),
        (claimed, {"evidence": ""}),
        (opened, {"state": "DONE_CLAIMED"}),
        (opened, {"owner": district.station.person}),
        (opened, {"source": "OUTREACH"}),
    ]
    for issue, values in forbidden:
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.filter(pk=issue.pk).update(**values)
    for kind in ("CLAIMED", "RETURNED"):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssueStep.objects.create(issue=claimed, kind=kind, at=clock.now())


def test_steps_are_never_changed(district):
    steps = district.raised(description="原话").steps
    for change in (lambda rows: rows.update(text="别的话"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(steps.all())


def test_standing_and_days_follow_from_the_day(district):
    issue = district.assigned()
    after = issue.due + timedelta(days=1)
    assert [issue.standing(on) for on in (issue.due, after)] == [Standing.IN_HAND, Standing.OVERDUE]
    assert issue.days(after) == 8
    assert district.raised().standing(after) == Standing.UNASSIGNED
    assert district.claimed().standing(after) == Standing.DONE_CLAIMED
    closed = district.closed()
    assert (closed.standing(after), closed.days(after)) == (Standing.SETTLED, 0)
    shown = Issue.objects.filter(pk__gte=issue.pk)
    for on in (issue.due, after):
        for standing in Standing:
            found = set(shown.filter(queries.standing_is(standing, on)))
            assert found == {one for one in shown if one.standing(on) == standing}


def test_ageing_counts_days_of_the_city_in_one_statement(district, django_assert_num_queries):
    now = clock.now()
    before = queries.ageing(queries.issues_for(district.officer), district.today)
    for days in (0, 7, 8, 14, 15, 30, 31, 400):
        usecases.raise_issue(
            by=district.officer, at=now - timedelta(days=days), union=district.street,
            kind=IssueKind.NEED, title=f"{days} 天",
        )  # fmt: skip
    district.closed()
    issues = queries.issues_for(district.officer)
    with django_assert_num_queries(1):
        found = queries.ageing(issues, district.today)
    assert [new.unassigned - old.unassigned for new, old in zip(found, before, strict=True)] == [2, 2, 2, 2]
    assert [(one.first, one.last) for one in found] == [(0, 7), (8, 14), (15, 30), (31, None)]
    assert sum(one.total for one in found) == issues.exclude(state=IssueState.CLOSED).count()


def test_everybody_sees_the_own(district):
    need = district.raised(kind=IssueKind.NEED, union=district.street)
    blocker = district.assigned()
    claimed = district.claimed()

    def of(rows):
        return set(rows.filter(pk__gte=need.pk))

    assert of(queries.issues_for(district.deputy)) == {need, blocker, claimed}
    assert of(queries.issues_for(district.station)) == {blocker, claimed}
    assert of(queries.issues_for(district.stranger)) == set()
    assert of(queries.open_blockers(district.deputy)) == {blocker, claimed}
    assert of(queries.waiting_for(district.station)) == {blocker}
    assert of(queries.to_check(district.deputy)) == {claimed}
    assert of(queries.to_check(district.station)) == set()


def test_a_picture_loses_its_place_and_a_file_is_read_only_with_the_key_ring(district):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 0.0)}
    exif[0x0112] = 6  # to be turned
    sent = picture(exif=exif)
    issue = district.claimed(file=sent)
    file = EvidenceFile.objects.get(step__issue=issue)
    sealed = bytes(file.sealed)
    opened = keyring.decrypt(sealed, file.public_id)
    with Image.open(BytesIO(opened)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (20, 40), {})
    assert b"\xff\xd8" not in sealed[:20]
    assert file.content_type == JPEG


def test_what_may_be_handed_in():
    assert made_safe(b"%PDF-1.7 x") == (PDF, b"%PDF-1.7 x")
    large = made_safe(picture((EDGE * 2, 100), "PNG"))
    with Image.open(BytesIO(large.content)) as kept:
        assert kept.size == (EDGE, 50)
    codes = []
    for content in (b"<svg/>", picture()[:300], b"GIF89a", b"x" * (LIMIT + 1), picture((8000, 7000), "PNG")):
        with pytest.raises(Refusal) as refused:
            made_safe(content)
        codes.append(refused.value.code)
        assert messages.of_refusal(refused.value)
    assert codes == ["FILE_UNKNOWN"] * 3 + ["FILE_TOO_LARGE"] * 2


def test_a_refused_file_leaves_the_issue_in_hand(district):
    issue = district.assigned()
    claim = {"issue": issue, "measures": "已办", "evidence": "见附件"}
    assert code_of(usecases.claim_done, by=district.station, file=b"exe", **claim) == "FILE_UNKNOWN"
    assert Issue.objects.get(pk=issue.pk).state == IssueState.OPEN


def test_reopened_it_counts_from_the_first_day(district):
    issue = district.closed()
    usecases.reopen_issue(by=district.officer, at=clock.now(), issue=issue, reason="又断电了")
    issue.refresh_from_db()
    later = district.today + timedelta(days=40)
    assert (issue.state, issue.days(later), issue.standing(later)) == ("OPEN", 40, Standing.OVERDUE)


def test_an_issue_knows_what_it_came_from(district):
    issue = district.raised(source="OUTREACH", source_id="ABCDEFGHJKMN")
    assert list(queries.issues_of_source("OUTREACH", "ABCDEFGHJKMN")) == [issue]
