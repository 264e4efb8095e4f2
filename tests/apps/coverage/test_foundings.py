from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.coverage.conftest import code_of
from tests.apps.membership.conftest import Desk
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import Source, Stage, UnionState
from unionhall.apps.coverage.models import FoundingDocument
from unionhall.apps.coverage.usecases import covering, enterprises, foundings, states
from unionhall.apps.meetings.models import Meeting
from unionhall.apps.meetings.usecases import hold_meeting, plan_meeting
from unionhall.apps.membership.codes import Employment
from unionhall.apps.membership.models import Application
from unionhall.apps.orgs.models import Coverage, Employer, Union
from unionhall.kernel import clock
from unionhall.kernel.facts import deliver_due
from unionhall.kernel.models import AuditLine, Fact


def register(ledger, founding, **how):
    return covering.register_union(
        by=ledger.administrator, at=clock.now(), founding=founding, **({"since": ledger.today} | how)
    )


def applied_from(city, enterprise, **more):
    """An application from an enterprise's employee; nobody covers the enterprise yet."""
    from unionhall.apps.orgs.usecases import register_employer
    from unionhall.kernel.audit import SYSTEM

    employer = Employer.objects.filter(name=enterprise.name).first() or register_employer(
        by=SYSTEM,
        at=clock.now(),
        name=enterprise.name,
        credit_code=enterprise.credit_code,
        unit_type="",
        territory=enterprise.ground,
    )
    return Desk(city).apply(
        employment=Employment.EMPLOYER, employer=employer, workplace="", site="", area=None, **more
    )


def test_a_union_is_founded_stage_by_stage(ledger):
    one = ledger.add("江岸食品有限公司", state="NONE", headcount=40)
    founding = ledger.founding(one)
    assert ledger.fresh(one).state == "BEING_FOUNDED"
    go_on = {"by": ledger.officer, "founding": founding, "due": ledger.soon}
    assert code_of(foundings.pass_stage, **go_on) == "DOCUMENTS_MISSING"
    assert queries.foundings.missing_documents(founding) == ["APPLICATION", "GROUP"]
    ledger.file(founding, "APPLICATION", "GROUP")
    foundings.pass_stage(at=clock.now(), **go_on)
    ledger.file(founding, "MINUTES", "ELECTION")
    assert code_of(foundings.pass_stage, **go_on) == "MEETING_MISSING"
    founding.refresh_from_db()
    assert founding.stage == Stage.ASSEMBLY


def test_the_upper_union_approves_by_another_person_or_sends_back(ledger):
    founding = ledger.assembled(ledger.add(state="NONE"))
    ledger.file(founding, "REPLY")
    given = {"founding": founding, "due": ledger.soon}
    assert code_of(foundings.approve, by=ledger.officer, **given) == "SECOND_PERSON"
    back = {"by": ledger.deputy, "to": Stage.PREPARING, **given}
    assert code_of(foundings.send_back, reason=" ", **back) == "REASON_MISSING"
    foundings.send_back(at=clock.now(), reason="筹备组名单缺签字", **back)
    founding.refresh_from_db()
    assert (founding.stage, founding.submitted_by) == (Stage.PREPARING, None)
    assert code_of(foundings.approve, by=ledger.deputy, **given) == "STAGE"
    acts = [step.act for step in queries.foundings.steps(founding)]
    assert acts[-1] == "RETURNED"
    assert acts.count("FILED") == FoundingDocument.objects.count() == 5


def test_at_its_end_stand_union_coverage_state_and_fact(ledger):
    one = ledger.add("江岸食品有限公司", state="NONE")
    founding = ledger.approved(one)
    assert (
        code_of(covering.register_union, by=ledger.officer, founding=founding, since=ledger.today)
        == "NOT_ALLOWED"
    )
    union = register(ledger, founding)
    row, founding = ledger.fresh(one), queries.foundings.of_enterprise(one).get()
    assert (row.state, row.union, row.score) == ("FOUNDED", union, 0)
    assert (founding.stage, founding.union, founding.due) == (Stage.FOUNDED, union, None)
    assert (union.name, union.level) == ("江岸食品有限公司工会委员会", "GRASSROOTS")
    covered = Coverage.objects.get(union=union)
    assert (covered.employer, covered.starts, covered.employer.territory) == (
        row.employer,
        ledger.today,
        one.ground,
    )
    assert covered.employer.credit_code == one.credit_code
    fact = Fact.objects.get(name="UnionFounded")
    assert fact.payload == {"union": union.public_id, "founding": founding.public_id}
    assert (
        code_of(covering.register_union, by=ledger.administrator, founding=founding, since=ledger.today)
        == "STAGE"
    )
    assert Union.objects.filter(name=union.name).count() == 1


def test_a_joint_union_covers_many_and_takes_in_more(ledger):
    these = [ledger.add(state="NONE", headcount=6) for _n in range(3)]
    late = ledger.add(state="REFUSED")
    union = register(ledger, ledger.approved(*these, name="梧桐里楼宇联合工会"))
    assert {ledger.fresh(one).state for one in these} == {"JOINT"}
    covering.join_joint_union(
        by=ledger.administrator, at=clock.now(), enterprise=late, union=union, since=ledger.today
    )
    assert ledger.fresh(late).union == union
    assert Coverage.objects.filter(union=union, ends=None).count() == 4
    again = {"by": ledger.administrator, "enterprise": late, "union": union, "since": ledger.today}
    assert code_of(covering.join_joint_union, **again) == "NOT_OPEN_TO_FOUND"


def test_a_second_click_does_not_pass_the_next_stage(ledger, client):
    founding = ledger.founding(ledger.add(state="NONE"))
    ledger.file(founding, "APPLICATION", "GROUP", "MINUTES", "ELECTION")
    meeting = foundings.plan_assembly(
        by=ledger.officer, at=clock.now(), founding=founding, starts_at=clock.now(), place="三楼",
        chair=ledger.officer.person,
    )  # fmt: skip
    hold_meeting(by=ledger.officer, at=clock.now(), meeting=meeting, minutes="选举", attendees=[], others=9)
    client.force_login(ledger.officer)
    url = reverse("coverage:pass", args=[founding.public_id])
    form = {"due": ledger.soon.isoformat(), "seen": client.get(url).context["form"]["seen"].value()}
    assert [client.post(url, form).status_code for _click in range(2)] == [302, 422]
    founding.refresh_from_db()
    assert founding.stage == Stage.ASSEMBLY


def test_only_a_founding_meeting_of_its_own_is_the_members_meeting(ledger):
    founding, other = (ledger.founding(ledger.add(state="NONE"), name=name) for name in ("甲工会", "乙工会"))
    given = {"by": ledger.officer, "founding": founding}

    def planned(kind, union=ledger.street):
        return plan_meeting(
            by=ledger.officer, at=clock.now(), union=union, kind=kind, title="会议",
            starts_at=clock.now(), place="三楼", chair=ledger.officer.person,
        )  # fmt: skip

    assert code_of(foundings.link_meeting, meeting=planned("JOINT_CONFERENCE"), **given) == "MEETING_OTHER"
    held = planned("FOUNDING", ledger.district)
    assert code_of(foundings.link_meeting, meeting=held, **given) == ""
    assert code_of(foundings.link_meeting, meeting=held, **given | {"founding": other}) == "MEETING_OTHER"
    foundings.give_up(by=ledger.officer, at=clock.now(), founding=founding, reason="不办了")
    assert code_of(foundings.link_meeting, meeting=held, **given | {"founding": other}) == ""


def test_a_union_older_than_its_founding_here_leaves_no_period_that_ends_before_it_begins(ledger):
    founding = ledger.approved(ledger.add(state="NONE"))
    long_ago = ledger.today - timedelta(days=400)
    given = {"by": ledger.administrator, "founding": founding, "since": long_ago}
    assert code_of(covering.register_union, **given) == "BEFORE_MEETING"
    # What was founded on paper is entered afterwards, its members' meeting too.
    Meeting.objects.update(starts_at=clock.now() - timedelta(days=400))
    register(ledger, founding, since=long_ago)
    part = founding.parts.get()
    assert part.starts <= part.ends


def covered(enterprise):
    """From when until when which union covers an enterprise."""
    rows = Coverage.objects.filter(employer__enterprise=enterprise).order_by("pk")
    return list(rows.values_list("union__name", "starts", "ends"))


def test_where_no_union_is_any_more_nobody_covers_the_employer(ledger):
    one = ledger.add(state="NONE")
    register(ledger, ledger.approved(one))
    Coverage.objects.update(starts=ledger.today - timedelta(days=9))
    ((name, starts, ends),) = covered(one)
    assert ends is None
    states.set_state(
        by=ledger.officer, at=clock.now(), enterprise=one, state=UnionState.NONE, on=ledger.today,
        source=Source.VISIT,
    )  # fmt: skip
    assert covered(one) == [(name, starts, ledger.today)]
    assert AuditLine.objects.filter(action="union.uncover").count() == 1


def test_where_it_is_not_known_whether_there_is_a_union_nothing_has_ended(ledger):
    one = ledger.add(state="NONE")
    register(ledger, ledger.approved(one))
    states.set_state(
        by=ledger.officer, at=clock.now(), enterprise=one, state=UnionState.UNKNOWN, on=ledger.today,
        source=Source.VISIT,
    )  # fmt: skip
    assert [ends for _name, _starts, ends in covered(one)] == [None]


def test_a_dormant_union_covers_until_the_next_one_does(ledger):
    one = ledger.add(state="NONE")
    register(ledger, ledger.approved(one))
    states.set_state(
        by=ledger.officer, at=clock.now(), enterprise=one, state=UnionState.DORMANT, on=ledger.today,
        source=Source.VISIT, reason="三年没有换届",
    )  # fmt: skip
    assert [ends for _name, _starts, ends in covered(one)] == [None]
    register(ledger, ledger.approved(one, name="重新组建的工会"))
    # What began today held for this day.
    assert [(name, ends) for name, _starts, ends in covered(one)] == [
        (f"{one.name}工会委员会", ledger.today + timedelta(days=1)),
        ("重新组建的工会", None),
    ]


def test_who_may_found_what(ledger):
    one, founded = ledger.add(state="NONE"), ledger.add(state="FOUNDED")
    opened = {
        "by": ledger.officer, "ground": ledger.street, "upper": ledger.street, "kind": "SINGLE",
        "name": "甲工会", "short_name": "甲", "enterprises": [one], "due": ledger.soon,
    }  # fmt: skip
    for how, code in [
        ({"enterprises": [founded]}, "NOT_OPEN_TO_FOUND"),
        ({"enterprises": []}, "FOUNDING_ONE"),
        ({"kind": "JOINT"}, "FOUNDING_FEW"),
        ({"upper": ledger.elsewhere}, "UPPER_WRONG"),
        ({"name": "城东区总工会"}, "UNION_EXISTS"),
        ({"due": ledger.today - timedelta(days=1)}, "DUE_PAST"),
        ({"ground": ledger.elsewhere}, "NOT_ALLOWED"),
    ]:
        assert code_of(foundings.open_founding, **opened | how) == code
    assert ledger.fresh(one).state == "NONE"
    foundings.open_founding(at=clock.now(), **opened)
    assert code_of(foundings.open_founding, **opened | {"name": "乙工会"}) == "NOT_OPEN_TO_FOUND"


def test_a_founding_given_up_leaves_things_as_they_were(ledger):
    one = ledger.add(state="REFUSED")
    founding = ledger.founding(one)
    foundings.give_up(by=ledger.officer, at=clock.now(), founding=founding, reason="企业外迁")
    assert ledger.fresh(one).state == UnionState.REFUSED
    assert [row.state for row in queries.enterprises.states(one)] == ["REFUSED", "BEING_FOUNDED", "REFUSED"]
    # It is free for another.
    assert ledger.founding(one).stage == Stage.PREPARING


@pytest.mark.django_db
def test_what_waits_at_the_street_goes_to_the_new_union(ledger, city, django_capture_on_commit_callbacks):
    one = ledger.add("江岸食品有限公司", state="NONE")
    waiting = applied_from(city, one)
    taken_up = applied_from(city, one)
    stranger = Desk(city).apply()
    # Whoever wrote the name while nobody had registered the employer; a platform of that name is none.
    given = {"employer": None, "workplace": one.name, "area": ledger.street}
    written = Desk(city).apply(employment=Employment.EMPLOYER, site="", **given)
    platform = Desk(city).apply(**given)
    from unionhall.apps.membership.usecases import applying, handling

    applying.confirm_at_desk(by=ledger.officer, at=clock.now(), application=taken_up)
    handling.accept_application(by=ledger.officer, at=clock.now(), application=taken_up)
    given = {"next_step": "联系职工代表", "next_due": ledger.soon}
    enterprises.set_next_step(by=ledger.officer, at=clock.now(), enterprise=one, **given)
    union = register(ledger, ledger.approved(one))
    founded = ledger.fresh(one)
    # Nobody has to go there for it any more.
    assert (founded.state, founded.next_step, founded.next_due) == ("FOUNDED", "", None)
    deliver_due(at=clock.now())
    assert Application.objects.get(pk=waiting.pk).union == union
    known = Application.objects.get(pk=written.pk)
    assert (known.union, known.employer.name, known.workplace) == (union, one.name, "")
    assert Application.objects.get(pk=platform.pk).union == ledger.street
    assert Application.objects.get(pk=taken_up.pk).union == ledger.street
    assert Application.objects.get(pk=stranger.pk).union == ledger.street
    assert [step.step for step in waiting.steps.order_by("pk")][-1] == "FORWARD"
    # Heard once more, nothing more is passed on.
    from unionhall.apps.membership.usecases.handling import forward_waiting
    from unionhall.kernel.audit import SYSTEM

    assert forward_waiting(by=SYSTEM, at=clock.now(), union=union) == 0
