"""The standing register: what a run leaves of the unions' register, and a day's changes compared with it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.coverage.conftest import code_of, credit_code
from tests.apps.coverage.test_registers import Desk, as_csv, files, name_of, namesakes, rows_of, state_of
from unionhall.apps.coverage import messages, queries
from unionhall.apps.coverage.codes import Verdict
from unionhall.apps.coverage.forms.registers import LinkForm
from unionhall.apps.coverage.models import Delivery, Enterprise, LinkageRun, LinkDecision, StateEntry
from unionhall.apps.coverage.usecases.registers import arriving, reviewing, runs, standing, vault
from unionhall.apps.coverage.usecases.registers.rows import records
from unionhall.apps.orgs import usecases as orgs
from unionhall.engines.linkage.keyed import is_keyed
from unionhall.kernel import clock
from unionhall.kernel.models import AuditLine
from unionhall.kernel.refusals import Refusal

TRADER = ("西湖区王大庆修鞋店", "", "王大庆", "杭州市西湖区上塘路101号", "13700000004")


# Of the last the union knows no number.
UNIONS = (*rows_of(range(10)), TRADER, (name_of(36), "", "赵小川", "", "13711112222"))


@pytest.fixture
def desk(ledger, run_jobs, tmp_path, settings):
    settings.VAR = tmp_path / "var"
    return Desk(ledger, run_jobs, tmp_path)


@pytest.fixture
def stood(desk, django_capture_on_commit_callbacks):
    """A run of thirty enterprises and a sole trader was written.

    The standing register has ten of them, the sole trader, and one that the market does not know yet.
    """
    sources = SimpleNamespace(market=desk.source("MARKET"), union=desk.source("UNION"))
    with django_capture_on_commit_callbacks(execute=True):
        market = desk.ready(sources.market, as_csv(*rows_of(range(30)), TRADER))
        union = desk.ready(sources.union, as_csv(*UNIONS))
        done = desk.linked(market, union)
    assert done.job.state == "DONE", (done.job.error, done.job.error_data)
    return SimpleNamespace(sources=sources, run=done.run, union=Delivery.objects.get(pk=union.pk))


def met(desk, stood, *rows):
    """A run of a day's changes against the standing register."""
    market = desk.ready(stood.sources.market, as_csv(*rows))
    (kept,) = queries.registers.ready(desk.street, "UNION")
    assert kept.state == "KEPT"
    return desk.linked(market, kept)


def test_a_run_leaves_the_unions_register_without_persons_and_phones(desk, stood, tmp_path):
    assert stood.union.state == "KEPT"
    assert files() == list(standing.files(stood.union))
    with vault.opened(standing.files(stood.union)[0]) as file:
        told = file.read()
    standing.unseal_to(stood.union, tmp_path / "open.parquet", {"U2"})
    prepared = pq.read_table(tmp_path / "open.parquet").to_pydict()
    assert sorted(prepared["id"]) == sorted(f"U{n}" for n in range(3, 14))
    everything = f"{told}{prepared}"
    persons = (
        "赵小川",
        "王大庆",
        "wangdaqing",
        "王建国",
        "wangjianguo",
        "13700000004",
        *(row[4] for row in rows_of(range(10))),
    )
    assert [one for one in persons if one in everything] == []
    assert [name_of(n) in told for n in range(10)] == [True] * 10
    assert {is_keyed(one) for name in ("person", "person_sound", "phone") for one in prepared[name]} == {True}
    sealed = b"".join((vault.folder() / name).read_bytes() for name in files())
    assert (b"PAR1" in sealed, name_of(0).encode() in sealed) == (False, False)
    # What stands for a record in decisions stands beside it, and is what it was.
    whole = desk.ready(stood.sources.union, as_csv(*UNIONS))
    assert [one.key() for one in records(stood.union)] == [one.key() for one in records(whole)]
    first, *_others, trader, _last = records(stood.union)
    assert first.told() == {
        "id": "U2", "name": name_of(0), "codes": [credit_code(1)], "person": "",
        "address": "杭州市西湖区文三路1号", "phone": "", "trade": "", "staff": "", "funds": "",
        "not_kept": ["person", "phone"],
    }  # fmt: skip
    assert (trader.name, trader.address, trader.not_kept) == ("", TRADER[3], ["name", "person", "phone"])
    assert AuditLine.objects.filter(action="delivery.keep").count() == 1


def test_a_days_changes_meet_it_and_all_others_stay_as_they_are(desk, stood):
    before = state_of(desk)
    entries, rows = StateEntry.objects.count(), Enterprise.objects.count()
    others = Enterprise.objects.exclude(name__in=[name_of(3), name_of(4)]).order_by("pk")
    untouched = list(others.values())
    moved = (*rows_of([3])[0][:3], "杭州市西湖区学院路8号", "13911112222")
    renamed = (name_of(35), credit_code(5), "李四", "杭州市西湖区文三路5号", "")
    # Without a number there, told by its person and phone, which stand there as hashes only.
    found = (f"杭州{name_of(36)}", credit_code(37), "赵小川", "杭州市西湖区文三路99号", "13711112222")
    done = met(desk, stood, moved, renamed, found, *rows_of([32]), TRADER)
    assert (done.job.state, done.job.result) == ("DONE", {"NEW": 2, "FOUNDED": 1, "NONE": 1, "REVIEW": 0})
    assert state_of(desk) == before | {name_of(32): "NONE", f"杭州{name_of(36)}": "FOUNDED"}
    assert (StateEntry.objects.count(), Enterprise.objects.count()) == (entries + 2, rows + 2)
    assert list(others.filter(pk__lte=untouched[-1]["id"]).values()) == untouched
    assert (done.run.report["standing"], done.run.report["drift"]) == (12, [])
    assert standing.meets(done.run)
    assert not standing.meets(stood.run)
    stood.union.refresh_from_db()
    assert (stood.union.state, {one.state for one in Delivery.objects.exclude(pk=stood.union.pk)}) == (
        "KEPT",
        {"DELETED"},
    )
    # Only what is alike is compared with each other: the next day with this one, and neither with the whole.
    assert queries.registers.run_before(LinkageRun(ground=desk.street, pk=10**6), standing=True) == done.run
    assert queries.registers.run_before(LinkageRun(ground=desk.street, pk=10**6), standing=False) == stood.run


@pytest.fixture
def uncertain(desk, monkeypatch, django_capture_on_commit_callbacks):
    """Pairs that wait, the rows they come of, and the register that stands."""
    market, union = namesakes(6)
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    sources = SimpleNamespace(market=desk.source("MARKET"), union=desk.source("UNION"))
    with django_capture_on_commit_callbacks(execute=True):
        run = desk.linked(
            desk.ready(sources.market, as_csv(*market)), desk.ready(sources.union, as_csv(*union))
        ).run
    return SimpleNamespace(sources=sources, run=run, market=market)


def test_what_people_decided_holds_and_what_they_have_not_is_asked_on(desk, uncertain):
    pairs = {reviewing.opened(one)["a"]["name"]: one for one in uncertain.run.pairs.all()}
    assert len(pairs) == 6
    same, other, waiting, *rest = pairs
    for name, verdict in ((same, Verdict.SAME), (other, Verdict.OTHER)):
        reviewing.decide_pair(by=desk.by, at=clock.now(), pair=pairs[name], verdict=verdict)
    rows = {row[0]: row for row in uncertain.market}
    done = met(desk, uncertain, rows[same], rows[other], rows[waiting])
    assert done.job.state == "DONE"
    told = state_of(desk)
    assert (told[same], told[other], waiting in told) == ("FOUNDED", "NONE", False)
    keys = {(bytes(one.key_a), bytes(one.key_b)) for one in done.run.pairs.all()}
    assert not keys & {(bytes(one.key_a), bytes(one.key_b)) for one in LinkDecision.objects.all()}

    def states():
        return {name: uncertain.run.pairs.get(pk=one.pk).state for name, one in pairs.items()}

    # Its namesake, which may be meant as well, is not among the changes: that makes it no surer.
    assert states() == {same: "SAME", other: "OTHER", waiting: "OPEN"} | dict.fromkeys(rest, "OPEN")
    assert done.run.pairs.count() == 0
    both = [row for row in uncertain.market if row[0][2:] == waiting[2:]]
    again = met(desk, uncertain, *both)
    (asked,) = again.run.pairs.filter(state="OPEN")
    assert bytes(asked.key_b) == bytes(pairs[waiting].key_b)
    assert states()[waiting] == ("LAPSED" if bytes(asked.key_a) == bytes(pairs[waiting].key_a) else "OPEN")
    assert [states()[name] for name in rest] == ["OPEN"] * 3


def test_a_union_that_is_anothers_is_out_of_reach_of_a_days_changes(desk, stood):
    twin = (f"宁波{name_of(36)}", credit_code(90), "赵小川", "宁波市鄞州区中山东路5号", "13711112222")
    found = (f"杭州{name_of(36)}", credit_code(37), "赵小川", "杭州市西湖区文三路99号", "13711112222")
    # It is like another's by name, person and phone, and has a number of its own.
    like = (f"杭州{name_of(5)}", credit_code(91), "王建国", "杭州市西湖区文三路6号", f"139{5:08}")
    for rows, state in (([found], "FOUNDED"), ([twin], "NONE"), ([like], "NONE"), ([found], "FOUNDED")):
        assert met(desk, stood, *rows).job.state == "DONE"
        assert Enterprise.objects.get(name=rows[0][0]).state == state
    partners = {one.name: one.partner for one in records(stood.union)}
    assert [bool(partner) for partner in partners.values()] == [True] * 12


def test_the_review_desk_says_what_is_not_kept(desk, client, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    sources = SimpleNamespace(market=desk.source("MARKET"), union=desk.source("UNION"))
    trader = ("王大庆修鞋店", "", "王大庆", "", "")
    market, union = namesakes(3)
    union = [(name, "", "王建国", "", "13700000009") for name, *_rest in union]
    with django_capture_on_commit_callbacks(execute=True):
        desk.linked(
            desk.ready(sources.market, as_csv(*rows_of([20]))),
            desk.ready(sources.union, as_csv(*union, trader)),
        )
    places = [("杭州", "西湖区"), ("宁波", "鄞州区")]
    traders = [
        (f"{city}市{district}王大庆修鞋店", "", "王大庆", f"{city}市{district}解放路{n}号", "")
        for n, (city, district) in enumerate(places, 1)
    ]
    done = met(desk, SimpleNamespace(sources=sources), *market, *traders)
    pairs = [(one, reviewing.opened(one)) for one in done.run.pairs.all()]
    (of_company, company), *_more = [(one, told) for one, told in pairs if told["b"]["name"]]
    ((of_trader, told),) = [(one, told) for one, told in pairs if not told["b"]["name"]]
    assert company["b"]["not_kept"] == ["person", "phone"]
    assert (told["b"]["not_kept"], told["a"]["person"]) == (["name", "person", "phone"], "王大庆")
    steps = {step[0]: step for step in told["steps"]}
    # It was compared, by the hash; the market's own value is shown, the other is not there.
    assert (steps["person"][1][:4], steps["person"][4:]) == ("SAME", ["王大庆", None])
    assert steps["name"][4:] == [told["a"]["name"], None]
    assert not any(is_keyed(str(value)) for step in told["steps"] for value in step)
    client.force_login(desk.by)
    shown = client.get(reverse("coverage:pair", args=[of_trader.public_id])).content.decode()
    assert shown.count("（未保留）") == 5
    shown = client.get(reverse("coverage:pair", args=[of_company.public_id])).content.decode()
    assert company["b"]["name"] in shown
    assert "（未保留）" in client.get(reverse("coverage:pairs", args=[done.run.public_id])).content.decode()
    reviewing.decide_pair(by=desk.by, at=clock.now(), pair=of_trader, verdict=Verdict.SAME)
    enterprise = Enterprise.objects.get(queries.enterprises.like(told["a"]["name"]))
    assert (enterprise.name, enterprise.state) == ("杭州市西湖区王某某修鞋店", "FOUNDED")


def test_an_altered_or_missing_one_is_refused_and_the_file_helps(desk, stood):
    path = vault.folder() / standing.files(stood.union)[1]
    whole, before = path.read_bytes(), state_of(desk)
    path.write_bytes(whole[:-40])
    done = met(desk, stood, *rows_of([31]))
    assert (done.job.state, done.job.error) == ("FAILED", "FILE_ALTERED")
    path.unlink()
    assert code_of(runs.begin_again, by=desk.by, run=done.run) == ""
    (job,) = desk.run_jobs()
    assert (job.state, job.error) == ("FAILED", "FILE_MISSING")
    assert "重新上传" in messages.of_refusal(Refusal(job.error))
    assert state_of(desk) == before
    again = desk.linked(
        desk.ready(stood.sources.market, as_csv(*rows_of(range(32)))),
        desk.ready(stood.sources.union, as_csv(*rows_of(range(10)))),
    )
    assert (again.job.state, state_of(desk)) == ("DONE", before | {name_of(30): "NONE", name_of(31): "NONE"})


def test_it_goes_with_its_agreement_and_not_after_seven_days(desk, stood, django_capture_on_commit_callbacks):
    def purged(days):
        with django_capture_on_commit_callbacks(execute=True):
            return arriving.purge(at=clock.now() + timedelta(days=days))

    assert (purged(30), len(files())) == (0, 2)
    end = desk.today + timedelta(days=2)
    agreement = stood.union.source.agreement
    orgs.end_agreement(by=desk.ledger.administrator, at=clock.now(), agreement=agreement, ends=end)
    with django_capture_on_commit_callbacks(execute=True):
        market = desk.ready(stood.sources.market, as_csv(*rows_of([31])))
    begin, given = runs.begin_run, {"by": desk.by, "ground": desk.street, "market": market}
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert code_of(begin, union=stood.union, **given) == "AGREEMENT_OVER"
    assert (purged(1), files()) == (0, sorted([f"{market.public_id}.rows", *standing.files(stood.union)]))
    assert code_of(begin, union=stood.union, **given) == ""
    # A run begun while it held is refused when it is over, and holds what it uses until then.
    assert (purged(3), code_of(arriving.discard, by=desk.by, delivery=stood.union)) == (0, "DELIVERY_IN_USE")
    with clock.set_to(clock.now() + timedelta(days=3)):
        (job,) = desk.run_jobs()
    assert (job.state, job.error) == ("FAILED", "AGREEMENT_OVER")
    assert (purged(3), files()) == (1, [f"{market.public_id}.rows"])
    stood.union.refresh_from_db()
    assert (stood.union.state, stood.union.headings) == ("DELETED", [])
    assert code_of(begin, union=stood.union, **given) == "DELIVERY_STATE"


def test_the_next_file_takes_its_place_and_there_is_one(desk, stood, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        market = desk.ready(stood.sources.market, as_csv(*rows_of(range(12))))
        other = desk.ready(desk.source("UNION"), as_csv(*rows_of(range(12))))
        held = list(queries.registers.ready(desk.street, "UNION"))
        done = desk.linked(market, other)
    assert (done.job.state, held) == ("DONE", [other, stood.union])
    assert list(queries.registers.standing(desk.street)) == [other]
    assert files() == list(standing.files(other))
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk__in=[stood.union.pk, other.pk]).update(
            state="KEPT", deleted_at=None, source=other.source
        )
    with django_capture_on_commit_callbacks(execute=True):
        assert code_of(arriving.discard, by=desk.by, delivery=other) == ""
    assert files() == []


def test_two_runs_at_once_and_one_that_was_killed_while_keeping(desk, stood, monkeypatch):
    seal, names = vault.seal_file, []

    def killed(name, path):
        names.append(name)
        if len(names) == 1:
            raise Refusal("FILE_ALTERED")
        seal(name, path)

    monkeypatch.setattr(vault, "seal_file", killed)
    market = desk.ready(stood.sources.market, as_csv(*rows_of(range(12))))
    union = desk.ready(stood.sources.union, as_csv(*rows_of(range(12))))
    done = desk.linked(market, union)
    assert (done.job.state, done.run.written_at) == ("FAILED", None)
    # What the ledger was told is told, and the former register still stands.
    assert (state_of(desk)[name_of(11)], list(queries.registers.standing(desk.street))) == (
        "FOUNDED",
        [stood.union],
    )
    assert code_of(runs.begin_again, by=desk.by, run=done.run) == ""
    given = {"by": desk.by, "ground": desk.street, "market": market}
    assert code_of(runs.begin_run, union=stood.union, **given) == "RUN_UNDER_WAY"
    (job,) = desk.run_jobs()
    assert (job.state, list(queries.registers.standing(desk.street))) == ("DONE", [union])
    assert [one for one in files() if one.startswith("run-")] == []
    assert len(list(records(Delivery.objects.get(pk=union.pk)))) == 12


def test_it_is_offered_and_the_pages_say_what_was_compared(desk, stood, client):
    client.force_login(desk.by)
    desk.ready(stood.sources.market, as_csv(*rows_of([31, 32])))
    form = LinkForm(ground=desk.street)
    day = desk.today.isoformat()
    assert [str(label) for _value, label in form.fields["union"].choices] == [f"{day} 留底名册（工会 12 家）"]
    shown = client.get(reverse("coverage:delivery", args=[stood.union.public_id])).content.decode()
    assert ("留底名册" in shown, "删除留底名册" in shown) == (True, True)
    page = client.get(reverse("coverage:run", args=[stood.run.public_id])).content.decode()
    assert f"市场监管 31 条记录与 {day} 的工会登记文件（工会 12 家）" in page
    begun = client.post(
        reverse("coverage:link", args=[desk.street.public_id]),
        {"market": form.fields["market"].initial.pk, "union": stood.union.pk},
    )
    words = f"市场监管 2 条记录与 {day} 的留底名册（工会 12 家）"
    assert words in client.get(begun.url).content.decode()
    desk.run_jobs()
    assert words in client.get(begun.url).content.decode()


def test_the_pages_take_as_many_statements_for_many_runs_as_for_few(desk, stood, client):
    client.force_login(desk.by)
    address = reverse("coverage:registers", args=[desk.street.public_id])

    def statements():
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    statements()
    few = statements()
    met(desk, stood, *rows_of([31]))
    assert statements() == few
