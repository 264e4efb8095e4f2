"""Every page has a rule or says why it has none; and every page x every role gives what is written here."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, path, reverse

from tests.apps.contests.conftest import Hall
from tests.apps.coverage.conftest import Ledger
from tests.apps.coverage.conftest import picture as ledger_picture
from tests.apps.membership.conftest import Desk
from tests.conftest import SHEET
from unionhall.apps.contests.models import Ballot
from unionhall.apps.contests.usecases import corrections, imports
from unionhall.apps.coverage.codes import Outcome, PlanKind, TouchpointKind
from unionhall.apps.coverage.models import Delivery, LinkageRun, RegisterSource, ReviewPair
from unionhall.apps.coverage.usecases import contacts as ledger_contacts
from unionhall.apps.coverage.usecases import placing, rounds
from unionhall.apps.coverage.usecases.blocks import importing as block_files
from unionhall.apps.coverage.usecases.blocks import keeping, planning
from unionhall.apps.coverage.usecases.blocks.planning import Staff
from unionhall.apps.coverage.usecases.figures import freeze_figures
from unionhall.apps.coverage.usecases.registers.rows import Record
from unionhall.apps.coverage.usecases.samples import draw_sample
from unionhall.apps.coverage.usecases.sheet import importing as ledger_sheets
from unionhall.apps.meetings.models import EvidenceFile
from unionhall.apps.membership.codes import ExportPurpose, WishField
from unionhall.apps.membership.models import CategorySet, Match
from unionhall.apps.membership.usecases import figures, outreach, own_data
from unionhall.apps.membership.usecases.collecting import exporting, importing
from unionhall.apps.orgs.models import Agreement, Union
from unionhall.kernel import clock
from unionhall.kernel.models import Fact, FactDelivery, Job
from unionhall.kernel.sealed import seal


def patterns(resolver, space=""):
    """(name, view) of every address."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback
        else:
            yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else space)


def unguarded(all_patterns) -> list[str]:
    return [name for name, view in all_patterns if not hasattr(view, "rule") and not hasattr(view, "public")]


def test_every_view_has_a_rule_or_is_public_for_a_reason():
    assert unguarded(patterns(get_resolver())) == []


def test_a_planted_view_without_a_rule_is_found():
    planted = path("planted", lambda _request: HttpResponse("all names"), name="planted")
    assert unguarded([(planted.name, planted.callback)]) == ["planted"]


# What each role gets: organiser, scrutineer, chief juror, officer of a district that sent a speaker,
# officer of one that did not, administrator of the register, nobody. 302 of nobody leads to the sign-in page.
ALL, SIGNED_IN, SEES, OVERSEES, RUNS = (
    [200] * 7,
    [200] * 6 + [302],
    [200, 200, 200, 200, 404, 404, 302],
    [200, 200, 200, 404, 404, 404, 302],
    [200, 200, 404, 404, 404, 404, 302],
)
HOLDS_A_POST = [200, 404, 404, 200, 200, 200, 302]
ORGANISES = [200, 404, 404, 404, 404, 404, 302]
OF_THE_CITY = [200, 404, 404, 404, 404, 200, 302]
# The rolls are kept by officers and administrators; those of 城东区 by its own and by the city's.
ROLLS = [404, 404, 404, 200, 200, 200, 302]
OF_THE_STREET = [404, 404, 404, 200, 404, 200, 302]
# The chief juror looks after the street's block and holds no post there.
STEWARDS = [404, 404, 200, 404, 404, 404, 302]
STEWARDS_TOO = [404, 404, 200, 200, 404, 200, 302]
ADMINISTERS = [404, 404, 404, 404, 404, 200, 302]
# Meetings and issues are an officer's: of any union, or of the district whose they are.
WORKS = [404, 404, 404, 200, 200, 404, 302]
KEEPS = [404, 404, 404, 200, 404, 404, 302]
# The organiser asked for the job, the administrator keeps the union it belongs to.
SEES_JOB = [200, 404, 404, 404, 404, 200, 302]
# A member's own pages: without a code for the phone they lead to the way in, whoever is signed in.
MEMBERS_ONLY = [302] * 7
GET = {
    "today": SIGNED_IN,
    "jobs": SIGNED_IN,
    "job": SEES_JOB,
    "job-state": SEES_JOB,
    "deliveries": ADMINISTERS,
    "orgs:unions": HOLDS_A_POST,
    "orgs:union": OF_THE_CITY,
    "people:people": HOLDS_A_POST,
    "people:person": OF_THE_CITY,
    "contests:list": SIGNED_IN,
    "people:own-account": SIGNED_IN,
    "people:own-password": SIGNED_IN,
    "orgs:new-union": ADMINISTERS,
    "orgs:place": ADMINISTERS,
    "orgs:contact": ADMINISTERS,
    "orgs:affiliate": ADMINISTERS,
    "orgs:cover": ADMINISTERS,
    "people:new-person": ADMINISTERS,
    "people:honour": ADMINISTERS,
    "people:appoint": ADMINISTERS,
    "people:end-post": ADMINISTERS,
    "people:account": ADMINISTERS,
    "coverage:ledger": ROLLS,
    "coverage:new-enterprise": ROLLS,
    "coverage:map": ROLLS,
    "coverage:sites": ROLLS,
    "coverage:new-site": ROLLS,
    # Of one ground only it leads straight on.
    "coverage:sheets-start": [404, 404, 404, 200, 302, 200, 302],
    "coverage:rules": ROLLS,
    "coverage:foundings": ROLLS,
    "coverage:enterprise": OF_THE_STREET,
    "coverage:rename": OF_THE_STREET,
    "coverage:move": OF_THE_STREET,
    "coverage:code": OF_THE_STREET,
    "coverage:count": OF_THE_STREET,
    "coverage:facts": OF_THE_STREET,
    "coverage:state": OF_THE_STREET,
    "coverage:next-step": OF_THE_STREET,
    "coverage:gone": OF_THE_STREET,
    "coverage:join": OF_THE_STREET,
    "coverage:contact": OF_THE_STREET,
    "coverage:person": OF_THE_STREET,
    "coverage:phone": OF_THE_STREET,
    "coverage:new-founding": OF_THE_STREET,
    "coverage:site": OF_THE_STREET,
    "coverage:change-site": OF_THE_STREET,
    "coverage:count-workers": OF_THE_STREET,
    "coverage:name-worker": OF_THE_STREET,
    "coverage:site-contact": OF_THE_STREET,
    "coverage:site-person": OF_THE_STREET,
    "coverage:site-phone": OF_THE_STREET,
    "coverage:sheets": OF_THE_STREET,
    "coverage:blank": OF_THE_STREET,
    "coverage:take-out": OF_THE_STREET,
    "coverage:sheet": OF_THE_STREET,
    "coverage:sheet-returned": OF_THE_STREET,
    "coverage:priority": OF_THE_STREET,
    "coverage:office": OF_THE_STREET,
    "coverage:founding": OF_THE_STREET,
    "coverage:file": OF_THE_STREET,
    "coverage:pass": OF_THE_STREET,
    "coverage:approve": OF_THE_STREET,
    "coverage:founding-back": OF_THE_STREET,
    "coverage:founding-due": OF_THE_STREET,
    "coverage:give-up": OF_THE_STREET,
    "coverage:assembly": OF_THE_STREET,
    "coverage:link-meeting": OF_THE_STREET,
    "coverage:document": OF_THE_STREET,
    "coverage:figures-of": OF_THE_STREET,
    "coverage:freeze": OF_THE_STREET,
    "coverage:snapshot": OF_THE_STREET,
    "coverage:snapshot-rows": OF_THE_STREET,
    "coverage:counted": OF_THE_STREET,
    "coverage:snapshot-counted": OF_THE_STREET,
    "coverage:samples": OF_THE_STREET,
    "coverage:new-sample": OF_THE_STREET,
    "coverage:sample": OF_THE_STREET,
    "coverage:sample-list": OF_THE_STREET,
    "coverage:check-drawn": STEWARDS_TOO,
    "coverage:figures": [404, 404, 404, 302, 302, 302, 302],
    "coverage:blocks": ROLLS,
    "coverage:grounds": [404, 404, 404, 200, 302, 200, 302],
    "coverage:leads": ROLLS,
    "coverage:lead": OF_THE_STREET,
    "coverage:enter-lead": OF_THE_STREET,
    "coverage:dismiss-lead": OF_THE_STREET,
    "coverage:ground": OF_THE_STREET,
    "coverage:blocks-in": OF_THE_STREET,
    "coverage:blocks-file": OF_THE_STREET,
    "coverage:new-plan": OF_THE_STREET,
    "coverage:plan": OF_THE_STREET,
    "coverage:plan-sheet": OF_THE_STREET,
    "coverage:visit-photo": OF_THE_STREET,
    "coverage:block": STEWARDS_TOO,
    "coverage:change-block": OF_THE_STREET,
    "coverage:hand-over": OF_THE_STREET,
    "coverage:close-block": OF_THE_STREET,
    "coverage:block-sheet": OF_THE_STREET,
    "coverage:new-touchpoint": OF_THE_STREET,
    "coverage:put-enterprise": OF_THE_STREET,
    "coverage:put-site": OF_THE_STREET,
    "coverage:round": STEWARDS,
    "coverage:round-find": STEWARDS,
    "coverage:report-lead": STEWARDS,
    "coverage:visit-enterprise": STEWARDS_TOO,
    "coverage:visit-site": STEWARDS_TOO,
    "coverage:publish-rule": ADMINISTERS,
    "coverage:registers-start": [404, 404, 404, 200, 302, 200, 302],  # straight on where there is one ground
    "coverage:registers": OF_THE_STREET,
    "coverage:new-source": OF_THE_STREET,
    "coverage:link": OF_THE_STREET,
    "coverage:deliver": OF_THE_STREET,
    "coverage:delivery": OF_THE_STREET,
    "coverage:run": OF_THE_STREET,
    "coverage:pairs": OF_THE_STREET,
    "coverage:pair": OF_THE_STREET,
    "coverage:recall": OF_THE_STREET,
    "coverage:decided": OF_THE_STREET,
    "coverage:new-agreement": ADMINISTERS,
    "coverage:end-agreement": ADMINISTERS,
    "coverage:register": ADMINISTERS,
    "meetings:meetings": WORKS,
    "meetings:new-meeting": WORKS,
    "meetings:issues": WORKS,
    "meetings:new-issue": WORKS,
    "meetings:meeting": KEEPS,
    "meetings:change-meeting": KEEPS,
    "meetings:record": KEEPS,
    "meetings:minutes": KEEPS,
    "meetings:raise": KEEPS,
    "meetings:issue": KEEPS,
    "meetings:assign": KEEPS,
    "meetings:due": KEEPS,
    "meetings:note": KEEPS,
    "meetings:claim": KEEPS,
    "meetings:close": KEEPS,
    "meetings:return": KEEPS,
    "meetings:reopen": KEEPS,
    "meetings:evidence": KEEPS,
    "people:find": HOLDS_A_POST,
    "people:particulars": ADMINISTERS,
    "people:reveal": ADMINISTERS,
    "contests:contest": SEES,
    "contests:stage": SEES,
    "contests:rulebook": SEES,
    "contests:programme": ALL,
    "contests:hall": ALL,
    "contests:results": ALL,
    "contests:verify": ALL,
    "contests:second-count": ALL,
    # Nothing is published yet: there is no bundle for anybody.
    "contests:bundle": [404] * 7,
    "contests:scrutineer-bundle": [404, 404, 404, 404, 404, 404, 302],
    "contests:desk": OVERSEES,
    "contests:desk-state": OVERSEES,
    "contests:desk-counts": OVERSEES,
    "contests:board": OVERSEES,
    "contests:sheets": OVERSEES,
    "contests:print": OVERSEES,
    "contests:workbook": [404, 404, 404, 404, 404, 404, 302],  # no board has been frozen yet
    "contests:advice": [404, 200, 404, 404, 404, 404, 302],
    "contests:desk-seat": RUNS,
    "contests:correct": [404, 404, 200, 404, 404, 404, 302],
    "contests:withdraw-juror": [404, 404, 200, 404, 404, 404, 302],
    "contests:late-points": [404, 404, 200, 404, 404, 404, 302],
    "contests:decide": OVERSEES,
    "contests:former-board": [404, 404, 404, 404, 404, 404, 302],  # no revision has been frozen yet
    "contests:new-contest": ORGANISES,
    "contests:new-stage": ORGANISES,
    "contests:upload": ORGANISES,
    "contests:import-blank": ORGANISES,
    "contests:import": ORGANISES,
    "contests:import-returned": ORGANISES,
    "contests:edit-rules": ORGANISES,
    "contests:new-entry": ORGANISES,
    "contests:new-jury": ORGANISES,
    "contests:new-seats": ORGANISES,
    "contests:new-cue": ORGANISES,
    "contests:draw": ORGANISES,
    "contests:new-duty": ORGANISES,
    "contests:special-prize": ORGANISES,
    "contests:adjust": RUNS,
    "membership:collections": [404, 404, 404, 302, 302, 302, 302],
    "membership:collection": OF_THE_STREET,
    "membership:collect": OF_THE_STREET,
    "membership:collection-blank": OF_THE_STREET,
    "membership:collected": OF_THE_STREET,
    "membership:collected-returned": OF_THE_STREET,
    "membership:export-roll": OF_THE_STREET,
    "membership:exported": OF_THE_STREET,
    # The administrator asked for it; nobody else gets the file, and it is not written yet.
    "membership:export-file": [404, 404, 404, 404, 404, 302, 302],
    "people:demo": ALL,
    "people:sign-in": [302] * 7,  # in the demo it leads to the choice
    "seat": ALL,
    "offline-worker": ALL,
    # An applicant's pages: the link itself is the proof, and without the right one there is nothing.
    "membership:join": ALL,
    "membership:employers": ALL,
    "membership:find": ALL,
    "membership:state": ALL,
    "membership:again": [302] * 7,  # neither a draft nor returned: it leads to how it stands
    "membership:applications": ROLLS,
    "membership:reminders": ADMINISTERS,
    "membership:application": OF_THE_STREET,
    "membership:send-back": OF_THE_STREET,
    "membership:forward": OF_THE_STREET,
    "membership:decide": OF_THE_STREET,
    "membership:members": ROLLS,
    "membership:take-over": ROLLS,
    "membership:member": OF_THE_STREET,
    "membership:write-entry": OF_THE_STREET,
    "membership:correct": OF_THE_STREET,
    "membership:matches": ROLLS,
    "membership:sessions": ROLLS,
    "membership:new-session": ROLLS,
    "membership:codes": ROLLS,
    "membership:new-code": ROLLS,
    "membership:new-partner": ROLLS,
    "membership:open-questions": ROLLS,
    "membership:answer": OF_THE_STREET,
    "membership:session": OF_THE_STREET,
    "membership:outcome": OF_THE_STREET,
    "membership:change-session": OF_THE_STREET,
    "membership:raise-issue": OF_THE_STREET,
    "membership:note-question": OF_THE_STREET,
    "membership:dashboard": ROLLS,
    "membership:category-sets": ROLLS,
    "membership:periods": ROLLS,
    "membership:period": OF_THE_STREET,
    "membership:restate-period": OF_THE_STREET,
    "membership:period-difference": [404, 404, 404, 404, 404, 404, 302],  # nothing was restated yet
    "membership:period-entries": OF_THE_STREET,
    "membership:dashboard-of": OF_THE_STREET,
    "membership:joining-cohorts": OF_THE_STREET,
    "membership:joining-entries": OF_THE_STREET,
    "membership:target": ADMINISTERS,
    "membership:new-category-set": ADMINISTERS,
    "membership:close-period": OF_THE_STREET,
    # A phone's pages: without a seat they say where to get one.
    "contests:sheet": [401] * 7,
    "contests:kept": [401] * 7,
    "contests:kept-proof": [401] * 7,
    "contests:own-bundle": [401] * 7,
    "membership:me": MEMBERS_ONLY,
    "membership:me-who": MEMBERS_ONLY,
    "membership:me-record": MEMBERS_ONLY,
    "membership:me-union": MEMBERS_ONLY,
    "membership:me-services": MEMBERS_ONLY,
    "membership:me-data": MEMBERS_ONLY,
    "membership:me-export": MEMBERS_ONLY,
    "membership:me-correct": MEMBERS_ONLY,
    "membership:me-consent": MEMBERS_ONLY,
    "membership:me-sign-in": ALL,
    "membership:check-in": ALL,
    "membership:questions": ALL,
    "membership:desk": ROLLS,
    "membership:wishes": ROLLS,
    "membership:desk-code": OF_THE_STREET,
    "membership:wish": OF_THE_STREET,
    "membership:print-form": OF_THE_STREET,
    "membership:registers": ROLLS,
    "membership:print-register": OF_THE_STREET,
    "membership:print-check-in": OF_THE_STREET,
    "membership:print-poster": OF_THE_STREET,
}
# Only what is refused is asked for: what a role may do is held by the tests of the use cases.
POST = {
    "deliver-again": [404, 404, 404, 404, 404, 302, 302],
    "job-cancel": [302, 404, 404, 404, 404, 302, 302],
    "contests:freeze": [302, 404, 404, 404, 404, 404, 302],
    "contests:passes": RUNS,
    "contests:rehearse": RUNS,
    "contests:desk-act": [302, 302, 302, 404, 404, 404, 302],
    "contests:desk-paper": [422, 422, 404, 404, 404, 404, 302],
    "contests:desk-reissue": RUNS,
    "contests:decide": [302, 302, 302, 404, 404, 404, 302],
    "contests:import-commit": [302, 404, 404, 404, 404, 404, 302],
    "contests:withdraw": [302, 404, 404, 404, 404, 404, 302],
    "contests:change-cue": [302, 404, 404, 404, 404, 404, 302],
    "contests:open-code": [302, 302, 404, 404, 404, 404, 302],
    "contests:cosign": [302, 302, 404, 404, 404, 404, 302],
    "contests:send": [401] * 7,
    "coverage:forget": [404, 404, 404, 302, 404, 302, 302],
    "coverage:site-forget": [404, 404, 404, 302, 404, 302, 302],
    "coverage:withdraw": [404, 404, 404, 302, 404, 302, 302],
    "coverage:accept-plan": [404, 404, 404, 302, 404, 302, 302],
    "coverage:discard-plan": [404, 404, 404, 302, 404, 302, 302],
    "coverage:by-headquarters": [404, 404, 404, 302, 404, 302, 302],
    "coverage:not-by-headquarters": [404, 404, 404, 302, 404, 302, 302],
    "coverage:close-touchpoint": [404, 404, 404, 302, 404, 302, 302],
    "coverage:discard-delivery": [404, 404, 404, 302, 404, 302, 302],
    "coverage:run-again": [404, 404, 404, 302, 404, 302, 302],
    "coverage:close-sample": [404, 404, 404, 302, 404, 302, 302],
    "coverage:sheet-decide": [404, 404, 404, 404, 404, 404, 302],
    "membership:accept": [404, 404, 404, 302, 404, 302, 302],
    "membership:confirm-desk": [404, 404, 404, 302, 404, 302, 302],
    "membership:find-matches": [404, 404, 404, 302, 404, 302, 302],
    "membership:settle-match": [404, 404, 404, 302, 404, 302, 302],
    "membership:collected-decide": [404, 404, 404, 404, 404, 404, 302],
    "membership:check-period": OF_THE_STREET,
    "membership:confirm": [422] * 7,
    "membership:withdraw": [302] * 7,
    "contests:calibrate": [401] * 7,
    "people:sign-out": [302] * 7,
    "set_language": [302] * 7,
    "membership:me-sign-out": [302] * 7,
    "membership:me-consent": MEMBERS_ONLY,
    "membership:desk-code": OF_THE_STREET,
    "membership:wish": [404, 404, 404, 409, 404, 409, 302],
}
ROLES = ["organiser", "scrutineer", "chief", "district", "outsider", "administrator", "nobody"]


@pytest.fixture
def outsider(city):
    """The officer of a street union that sent nobody."""
    from datetime import date

    from unionhall.apps.people.codes import PostRole
    from unionhall.apps.people.usecases import appoint, open_account, register_person
    from unionhall.kernel.audit import SYSTEM

    union = Union.objects.get(name="江岸街道总工会")
    person = register_person(by=SYSTEM, at=clock.now(), name="外人", union=union)
    appoint(
        by=SYSTEM, at=clock.now(), person=person, union=union, role=PostRole.OFFICER, since=date(2020, 1, 1)
    )
    return open_account(by=SYSTEM, at=clock.now(), person=person, username="outsider", password="")


def joining_addresses(city):
    """Addresses of applications, members, sessions and pairs of a street of 城东区."""
    desk = Desk(city)
    member, twin = desk.member(), desk.member()
    application, session = desk.accepted(), desk.session()
    question = outreach.note_question(by=desk.officer, at=clock.now(), session=session, text="怎么入会？")
    match = Match.objects.create(
        first=min(member.person, twin.person, key=lambda person: person.pk),
        second=max(member.person, twin.person, key=lambda person: person.pk),
        kind="PHONE",
        found_at=clock.now(),
    )
    month = clock.today().replace(day=1)
    period = figures.close_period(
        by=desk.officer, at=clock.now(), union=desk.street, ends=month,
        starts=(month - timedelta(days=1)).replace(day=1), listed=CategorySet.objects.get(code="FOUR_GROUPS"),
    )  # fmt: skip
    wish = own_data.wish_correction(
        at=clock.now(), person=member.person, field=WishField.NAME, value="江晓满"
    )
    plain = (
        "join employers find applications reminders members matches sessions new-session codes new-code "
        "new-partner take-over open-questions dashboard category-sets periods desk wishes registers "
        "questions me me-sign-in me-who me-sign-out me-record me-union me-services me-data me-consent"
    )
    of = {
        application.public_id: "application send-back forward accept confirm-desk",
        application.public_id + "s" * 32: "state again confirm withdraw",
        desk.street.public_id: "decide find-matches dashboard-of joining-cohorts target new-category-set"
        " close-period print-register",
        period.public_id: "period check-period restate-period period-difference",
        session.public_id: "session change-session outcome raise-issue note-question check-in print-check-in",
        desk.code(session).public_id: "print-poster",
        wish.public_id: "wish",
        question.public_id: "answer",
        match.public_id: "settle-match",
        member.public_id: "member desk-code",
    }
    entry = member.person.membership_events.get()
    return (
        {f"membership:{name}": reverse(f"membership:{name}") for name in plain.split()}
        | {
            f"membership:{name}": reverse(f"membership:{name}", args=[key])
            for key, names in of.items()
            for name in names.split()
        }
        | {
            "membership:write-entry": reverse("membership:write-entry", args=[member.public_id, "RETAIN"]),
            "membership:joining-entries": reverse("membership:joining-entries", args=[desk.street.public_id])
            + "?figure=JOINS",
            "membership:period-entries": reverse(
                "membership:period-entries", args=[period.public_id, "JOINS"]
            ),
            "membership:correct": reverse("membership:correct", args=[member.public_id, entry.pk]),
            "membership:print-form": reverse(
                "membership:print-form", args=[application.public_id, "application"]
            ),
            "membership:me-export": reverse("membership:me-export", args=["json"]),
            "membership:me-correct": reverse("membership:me-correct", args=["NAME"]),
        }
    )


def given_register(ledger, kind):
    """A register's file as it is kept in the database; its contents are not asked for."""
    agreement = Agreement.objects.create(
        ground=ledger.street, office="局", register=kind, title="协议", purpose="建会", fields=["NAME"],
        officer="方敏", starts=ledger.today,
    )  # fmt: skip
    source = RegisterSource.objects.create(agreement=agreement, name="月报", created_at=clock.now())
    return Delivery.objects.create(
        source=source, file_name="a.csv", size=1, as_of=ledger.today, state="READY",
        mapped={"name": ["名称"]},
        profile={"rows": 1, "duplicates": 0, "blanks": {"name": 0}, "problems": {}},
        account=ledger.officer,
        at=clock.now(),
    )  # fmt: skip


def coverage_addresses(city):
    """Addresses of the ledger of a street of 城东区: an enterprise, a site, a founding, a sheet."""
    ledger = Ledger(city)
    one, other, site = ledger.add(state="NONE"), ledger.add(state="NONE"), ledger.site()
    founding = ledger.founding(other)
    ledger.file(founding, "APPLICATION")
    document = founding.documents.get()
    worker = ledger.named(site)
    for here in ({"enterprise": one}, {"site": site}):
        ledger_contacts.note_visit_contact(
            by=ledger.officer, at=clock.now(), name="王经理", phone="15400000001", **here
        )
    sheet = ledger_sheets.hand_in(
        by=ledger.officer, at=clock.now(), ground=ledger.street, name="a.csv", data="企业名称\n甲\n".encode()
    )
    market = given_register(ledger, "MARKET")
    run = LinkageRun.objects.create(
        ground=ledger.street,
        market=market,
        union=given_register(ledger, "UNION"),
        account=ledger.officer,
        at=clock.now(),
    )
    pair = ReviewPair(run=run, key_a=b"a", key_b=b"b", probability=500_000)
    told = {"a": Record("M2", "甲厂").told(), "b": Record("U2", "乙厂").told(), "steps": []}
    pair.sealed = seal(json.dumps(told), row=pair.public_id, column="review_pair.records")
    pair.save()
    frozen = freeze_figures(by=ledger.officer, at=clock.now(), union=ledger.street)
    # Only one of the two has no union yet, and the chief juror will look after its block.
    sample = draw_sample(by=ledger.officer, at=clock.now(), union=ledger.street, size=1)
    of = {
        sample.public_id: "sample sample-list close-sample",
        sample.drawn.get().public_id: "check-drawn",
        market.source.agreement.public_id: "end-agreement",
        market.source.public_id: "deliver",
        market.public_id: "delivery discard-delivery",
        run.public_id: "run run-again pairs",
        pair.public_id: "pair recall",
        one.public_id: "enterprise rename move code count facts state next-step gone join contact person"
        " phone forget new-founding by-headquarters not-by-headquarters",
        site.public_id: "site change-site count-workers name-worker site-contact site-person site-phone"
        " site-forget",
        worker.public_id: "withdraw",
        founding.public_id: "founding file pass approve founding-back founding-due give-up assembly"
        " link-meeting register",
        ledger.street.public_id: "sheets blank take-out priority office publish-rule figures-of freeze"
        " registers new-agreement new-source link decided samples new-sample",
    }
    plain = "ledger new-enterprise map sites new-site sheets-start rules foundings figures registers-start"
    return (
        {f"coverage:{name}": reverse(f"coverage:{name}") for name in plain.split()}
        | {
            f"coverage:{name}": reverse(f"coverage:{name}", args=[key])
            for key, names in of.items()
            for name in names.split()
        }
        | {
            f"coverage:{name}": reverse(f"coverage:{name}", args=[ledger.street.public_id, sheet.public_id])
            for name in ("sheet", "sheet-decide", "sheet-returned")
        }
        | {
            f"coverage:{name}": reverse(f"coverage:{name}", args=[ledger.street.public_id, frozen.public_id])
            for name in ("snapshot", "snapshot-rows")
        }
        | {
            f"coverage:{name}": reverse(f"coverage:{name}", args=[ledger.street.public_id, *more])
            + "?counted=open"
            for name, more in (("counted", []), ("snapshot-counted", [frozen.public_id]))
        }
        | {"coverage:document": reverse("coverage:document", args=[founding.public_id, document.public_id])}
        | block_addresses(city, ledger, one, site)
    )


def block_addresses(city, ledger, one, site):
    """Addresses of two blocks, one of them with the chief juror, of a plan, a shop reported and a visit."""
    by, steward = {"by": city.administrator, "at": clock.now()}, city.chief
    staged = block_files.hand_in_blocks(
        ground=ledger.street, name="a.csv", data="编号,相邻\nA1,A2\n".encode(), **by
    )
    block_files.commit_blocks(ground=ledger.street, staged=staged, steward=ledger.officer.person, **by)
    block = ledger.street.blocks.get(code="A1")
    for here in (one, site):
        placing.put_in_block(here=here, block=block, **by)
    staff = [Staff(ledger.officer.person), Staff(steward.person)]
    plan = planning.ask_plan(ground=ledger.street, kind=PlanKind.FIRST, staff=staff, **by)
    planning.make_plan(plan=plan, step=lambda *_steps: None, **by)
    planning.accept_plan(plan=plan, **by)
    if not block.stewardships.filter(person=steward.person, ends=None).exists():
        keeping.hand_over(block=block, person=steward.person, reason="名单", **by)
    point = keeping.note_touchpoint(
        block=block, kind=TouchpointKind.GROUP, handle="群", reach=1, counted_on=clock.today(), **by
    )
    lead = rounds.report_lead(by=steward, at=clock.now(), block=block, name="小店", key="k" * 16)
    entry = rounds.note_visit(
        by=steward, at=clock.now(), here=one, on=clock.today(), outcome=Outcome.AGAIN, note="", key="v" * 16,
        photo=ledger_picture(),
    )  # fmt: skip
    of = {
        block.public_id: "block change-block hand-over close-block block-sheet new-touchpoint",
        plan.public_id: "plan accept-plan discard-plan",
        point.public_id: "close-touchpoint",
        lead.public_id: "lead enter-lead dismiss-lead",
        ledger.street.public_id: "ground blocks-in new-plan",
        one.public_id: "put-enterprise visit-enterprise",
        site.public_id: "put-site visit-site",
        entry.photo.public_id: "visit-photo",
    }
    plain = "blocks grounds leads round round-find report-lead"
    sheet, file = [plan.public_id, steward.person.public_id], [ledger.street.public_id, staged.public_id]
    return (
        {f"coverage:{name}": reverse(f"coverage:{name}") for name in plain.split()}
        | {
            f"coverage:{name}": reverse(f"coverage:{name}", args=[key])
            for key, names in of.items()
            for name in names.split()
        }
        | {"coverage:plan-sheet": reverse("coverage:plan-sheet", args=sheet)}
        | {"coverage:blocks-file": reverse("coverage:blocks-file", args=file)}
    )


@pytest.fixture
def addresses(city):
    """One address for each name, with a speech scored and closed and another on stage."""
    hall = Hall(city)
    first = hall.open(0)
    hall.all_score(first)
    hall.close(first)
    ballot = Ballot.objects.order_by("pk").first()
    correction = corrections.propose_correction(
        by=city.chief, at=clock.now(), ballot=ballot, scores={**SHEET, "CONTENT": "40"}, reason="x"
    )
    hall.open(1)
    stage = city.stage.public_id
    staged = imports.stage_sheet(
        by=city.organiser, at=clock.now(), stage=city.stage, kind="JURORS", name="评委.csv",
        data="评审组,席位\n专家评审,专家 1\n".encode(),
    ).public_id  # fmt: skip
    job = Job.objects.create(
        kind="X", arguments={}, asked_by=str(city.organiser.actor), union=city.stage.contest.organiser.pk,
        queued_at=clock.now(),
    ).public_id  # fmt: skip
    district = Union.objects.get(name="城东区总工会")
    roll = importing.hand_in(
        by=city.district, at=clock.now(), union=district, kind="MEMBERS", name="采集.csv",
        data="姓名,证件号码,就业形态,职业,入会日期,入会方式\n".encode(),
    ).public_id  # fmt: skip
    taken_out = exporting.ask_export(
        by=city.administrator, at=clock.now(), union=district, purpose=ExportPurpose.CHECK, reason="x",
        opened=False,
    ).public_id  # fmt: skip
    juror = hall.jurors[0].public_id
    plain = {
        name: reverse(name)
        for name in (
            "today",
            "jobs",
            "deliveries",
            "contests:list",
            "people:demo",
            "people:sign-in",
            "contests:sheet",
            "contests:send",
            "contests:calibrate",
            "contests:kept",
            "contests:own-bundle",
            "contests:verify",
            "contests:second-count",
            "people:sign-out",
            "set_language",
            "people:own-account",
            "offline-worker",
            "people:own-password",
            "people:new-person",
            "people:find",
            "contests:new-contest",
            "meetings:meetings",
            "meetings:new-meeting",
            "meetings:issues",
            "meetings:new-issue",
            "membership:collections",
        )
    }
    more = (
        {name: reverse(name, args=[job]) for name in ("job", "job-state", "job-cancel")}
        | {
            f"membership:{name}": reverse(f"membership:{name}", args=[district.public_id, *more])
            for name, more in (
                ("collection", []),
                ("collect", []),
                ("export-roll", []),
                ("exported", [taken_out]),
                ("export-file", [taken_out]),
                ("collection-blank", ["MEMBERS"]),
                ("collected", [roll]),
                ("collected-decide", [roll]),
                ("collected-returned", [roll]),
            )
        }
        | {
            "contests:contest": reverse("contests:contest", args=[city.stage.contest.public_id]),
            "contests:new-stage": reverse("contests:new-stage", args=[city.stage.contest.public_id]),
            "contests:new-seats": reverse("contests:new-seats", args=[stage, "EXPERT"]),
            "contests:open-code": reverse("contests:open-code", args=[stage, "EXPERT"]),
            "contests:change-cue": reverse("contests:change-cue", args=[stage, first.cue.public_id]),
            "contests:upload": reverse("contests:upload", args=[stage, "entries"]),
            "contests:import-blank": reverse("contests:import-blank", args=[stage, "entries"]),
            "contests:import": reverse("contests:import", args=[stage, staged]),
            "contests:import-commit": reverse("contests:import-commit", args=[stage, staged]),
            "contests:import-returned": reverse("contests:import-returned", args=[stage, staged]),
            "orgs:unions": reverse("orgs:unions"),
            "people:end-post": reverse(
                "people:end-post",
                args=[city.organiser.person.public_id, city.organiser.person.posts.get().public_id],
            ),
            "orgs:union": reverse("orgs:union", args=[city.stage.contest.organiser.public_id]),
            "people:people": reverse("people:people"),
            "people:person": reverse("people:person", args=[city.chief.person.public_id]),
            "contests:kept-proof": reverse("contests:kept-proof", args=[ballot.pk]),
            "seat": reverse("seat", args=["NOSUCHCODE"]),
            "contests:correct": reverse("contests:correct", args=[stage, ballot.pk]),
            "contests:decide": reverse("contests:decide", args=[stage, correction.public_id]),
            "contests:print": reverse("contests:print", args=[stage, "sheets"]) + "?jury=EXPERT",
            "contests:former-board": reverse("contests:former-board", args=[stage, 1]),
            "contests:desk-act": reverse("contests:desk-act", args=[stage, "reveal"]),
        }
        | {
            f"contests:{name}": reverse(f"contests:{name}", args=[stage, first.public_id])
            for name in ("sheets", "special-prize", "adjust", "withdraw")
        }
    )
    more |= {
        f"orgs:{name}": reverse(f"orgs:{name}", args=[city.stage.contest.organiser.public_id])
        for name in ("new-union", "place", "contact", "affiliate", "cover")
    } | {
        f"people:{name}": reverse(f"people:{name}", args=[city.chief.person.public_id])
        for name in ("honour", "appoint", "account", "particulars")
    }
    more |= joining_addresses(city)
    more |= coverage_addresses(city)
    file = EvidenceFile.objects.select_related("step__issue__meeting").get()
    issue = file.step.issue
    more |= {
        f"meetings:{name}": reverse(f"meetings:{name}", args=[issue.meeting.public_id])
        for name in ("meeting", "change-meeting", "record", "minutes", "raise")
    } | {
        f"meetings:{name}": reverse(f"meetings:{name}", args=[issue.public_id])
        for name in ("issue", "assign", "due", "note", "claim", "close", "return", "reopen")
    }
    fact = Fact.objects.create(name="LampLit", payload={}, at=clock.now())
    failing = FactDelivery.objects.create(fact=fact, handler="test", due_at=clock.now(), attempts=1)
    more["deliver-again"] = reverse("deliver-again", args=[failing.pk])
    more["meetings:evidence"] = reverse("meetings:evidence", args=[issue.public_id, file.public_id])
    more["people:reveal"] = reverse("people:reveal", args=[city.chief.person.public_id, "phone"])
    of_stage = {
        name: reverse(name, args=[stage])
        for name in [*GET, *POST]
        if name.startswith("contests:") and name not in plain and name not in more
    }
    of_stage["contests:desk-seat"] += f"?juror={juror}"
    return plain | of_stage | more, {"juror": juror, "decision": "reject", "username": "x"}


def test_every_address_is_in_the_tables():
    assert {name for name, _view in patterns(get_resolver())} == set(GET) | set(POST)


def status(response) -> int:
    """What was answered; a file is read to its end, or it would stay open."""
    for _piece in response if response.streaming else ():
        pass
    return response.status_code


@pytest.mark.parametrize("role", ROLES)
def test_pages_by_role(city, outsider, addresses, role, client):
    urls, _form = addresses
    if role != "nobody":
        client.force_login(outsider if role == "outsider" else getattr(city, role))
    found = {name: status(client.get(urls[name])) for name in GET}
    assert found == {name: statuses[ROLES.index(role)] for name, statuses in GET.items()}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", list(POST))
def test_forms_by_role(city, outsider, addresses, role, name, client):
    urls, form = addresses
    if role != "nobody":
        client.force_login(outsider if role == "outsider" else getattr(city, role))
    assert client.post(urls[name], form).status_code == POST[name][ROLES.index(role)]


def test_pages_carry_the_strict_policy(city, client):
    client.force_login(city.organiser)
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_english_is_a_switch_and_chinese_the_default(city, client):
    client.force_login(city.organiser)
    assert "宣讲比赛" in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    client.post("/language", {"language": "en", "next": "/"})
    assert "Contests" in client.get("/").content.decode()


def test_the_desk_asks_a_fixed_number_of_questions(city, client, django_assert_num_queries):
    hall = Hall(city)
    client.force_login(city.scrutineer)
    url = reverse("contests:desk", args=[city.stage.public_id])
    entry = hall.open(0)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as empty:
        client.get(url)
    hall.all_score(entry)
    with django_assert_num_queries(len(empty)):
        client.get(url)


def test_the_list_of_contests_is_what_the_rule_allows(city, outsider, addresses):
    from unionhall.apps.contests import queries, rules
    from unionhall.apps.people.models import Account

    contest = city.stage.contest
    for account in Account.objects.select_related("person"):
        listed = list(queries.contests.visible_to(account))
        assert listed == ([contest] if rules.sees_contest(account, contest) else []), account.username
    assert [(c.stage_count, c.latest_at) for c in queries.contests.visible_to(city.chief)] == [
        (1, city.stage.starts_at)
    ]
