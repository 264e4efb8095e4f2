from __future__ import annotations

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction

from tests.apps.coverage.conftest import code_of, credit_code
from unionhall.apps.coverage import messages, queries
from unionhall.apps.coverage.codes import Source, UnionState, Verdict
from unionhall.apps.coverage.models import (
    Delivery,
    Enterprise,
    LinkageRun,
    LinkDecision,
    PairOpinion,
    PairRecall,
    ReviewPair,
    StateEntry,
)
from unionhall.apps.coverage.usecases import states
from unionhall.apps.coverage.usecases.registers import arriving, reviewing, runs, vault
from unionhall.apps.coverage.usecases.registers.rows import records
from unionhall.apps.orgs import usecases as orgs
from unionhall.apps.orgs.codes import RegisterField, RegisterKind
from unionhall.kernel import clock
from unionhall.kernel.jobs import Cancelled, Progress, queue
from unionhall.kernel.jobs.progress import Interrupted
from unionhall.kernel.jobs.running import perform
from unionhall.kernel.models import AuditLine, Job
from unionhall.kernel.refusals import Refusal

COVERED = ("NAME", "CODE", "PERSON", "ADDRESS", "PHONE", "TRADE", "STAFF", "FUNDS")
NOW_COLUMNS = ("企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话")


def as_csv(*rows, encoding="utf-8", heading=NOW_COLUMNS):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode(encoding)


class Desk:
    """Short ways to what an officer does with registers."""

    def __init__(self, ledger, run_jobs, tmp_path):
        self.ledger, self.run_jobs, self.tmp_path = ledger, run_jobs, tmp_path
        self.by, self.street, self.today = ledger.officer, ledger.street, ledger.today

    def agreement(self, kind="MARKET", fields=COVERED, **how):
        given = {
            "office": "市场监督管理局",
            "title": "数据共享协议",
            "number": "2026-7",
            "purpose": "查找未建会企业",
            "officer": "方敏",
            "starts": self.today - timedelta(days=30),
            "ends": None,
        } | how
        return orgs.note_agreement(
            by=self.ledger.administrator,
            at=clock.now(),
            ground=self.street,
            register=RegisterKind(kind),
            fields=[RegisterField(one) for one in fields],
            **given,
        )

    def source(self, kind="MARKET", **how):
        return arriving.add_source(
            by=self.by, at=clock.now(), agreement=self.agreement(kind, **how), name=f"{kind} 月报"
        )

    def take_in(self, source, data, name="登记.csv", **how):
        path = self.tmp_path / name
        path.write_bytes(data)
        given = {"by": self.by, "as_of": self.today} | how
        return arriving.take_in(at=clock.now(), source=source, name=name, path=path, **given)

    def ready(self, source, data, **how):
        """A file that was taken in, confirmed as proposed, and read."""
        made = self.take_in(source, data, **how)
        arriving.confirm_columns(by=self.by, at=clock.now(), delivery=made, mapped=made.mapped)
        (job,) = self.run_jobs()
        assert job.state == "DONE", (job.error, job.error_data)
        return Delivery.objects.select_related("source__agreement__ground").get(pk=made.pk)

    def linked(self, market, union, **more):
        run = runs.begin_run(
            by=self.by, at=clock.now(), ground=self.street, market=market, union=union, **more
        )
        (job,) = self.run_jobs()
        return SimpleNamespace(run=LinkageRun.objects.get(pk=run.pk), job=job)


@pytest.fixture
def desk(ledger, run_jobs, tmp_path, settings):
    settings.VAR = tmp_path / "var"
    return Desk(ledger, run_jobs, tmp_path)


def files():
    return sorted(path.name for path in vault.folder().iterdir())


ROW = ("杭州云栖信息技术有限公司", credit_code(1), "单志明", "杭州市西湖区文三路12号", "13912345678")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_what_the_agreement_does_not_cover_is_never_stored(
    desk, encoding, django_capture_on_commit_callbacks
):
    source = desk.source(fields=("NAME", "CODE", "ADDRESS"))
    made = desk.take_in(source, as_csv(ROW, encoding=encoding))
    assert made.headings == ["企业名称", "统一社会信用代码", "住所"]
    assert made.dropped == ["法定代表人", "联系电话"]
    with vault.opened(f"{made.public_id}.arrived") as file:
        assert list(csv.reader(file)) == [["2", ROW[0], ROW[1], ROW[3]]]
    sealed = (vault.folder() / f"{made.public_id}.arrived").read_bytes()
    assert not any(value.encode() in sealed for value in ROW)
    with django_capture_on_commit_callbacks(execute=True):
        ready = desk.ready(source, as_csv(ROW, encoding=encoding))
    assert ready.headings == made.headings
    assert f"{ready.public_id}.arrived" not in files()
    (record,) = records(ready)
    assert record.told() == {
        "id": "M2", "name": ROW[0], "codes": [ROW[1]], "person": "", "address": ROW[3], "phone": "",
        "trade": "", "staff": "", "funds": "",
    }  # fmt: skip


def test_an_agreement_is_signed_above_and_holds_its_days(desk):
    given = {"ground": desk.street, "register": RegisterKind.TAX, "office": "税务局", "title": "协议"}
    given |= {"number": "", "purpose": "建会", "officer": "方敏", "starts": desk.today, "ends": None}
    note = orgs.note_agreement
    boss = desk.ledger.administrator
    name = [RegisterField.NAME]
    assert code_of(note, by=desk.by, fields=name, **given) == "NOT_ALLOWED"
    assert code_of(note, by=boss, fields=[RegisterField.CODE], **given) == "AGREEMENT_FIELDS"
    assert code_of(note, by=boss, fields=name, **given | {"ends": desk.today}) == "AGREEMENT_PERIOD"
    source = desk.source()
    end = desk.today + timedelta(days=1)
    orgs.end_agreement(by=boss, at=clock.now(), agreement=source.agreement, ends=end)
    assert desk.take_in(source, as_csv(ROW)).state == "ARRIVED"
    with clock.set_to(clock.now() + timedelta(days=1)), pytest.raises(Refusal) as refused:
        desk.take_in(source, as_csv(ROW))
    assert refused.value.code == "AGREEMENT_OVER"
    assert "未" not in messages.of_refusal(refused.value)[:1]


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (b"", "REGISTER_EMPTY", {}),
        (as_csv(("甲", "", "", "", "", "多")), "REGISTER_LONG_ROW", {"row": 2, "cells": 6, "columns": 5}),
        ("企业名称,住所\n甲,文三路\n".encode() + b"\xff\xff,\n", "REGISTER_NOT_TEXT", {"row": 3, "rows": 1}),
        (as_csv(NOW_COLUMNS, heading=("登记表", "", "", "", "")), "REGISTER_TITLE_ROW", {"row": 2}),
        (as_csv(NOW_COLUMNS, ROW), "REGISTER_TWO_HEADINGS", {"row": 2}),
        (as_csv(), "REGISTER_NO_ROWS", {}),
        (as_csv(ROW, heading=ROW), "REGISTER_NO_HEADINGS", {"row": 1}),
        (b"%PDF-1.7", "REGISTER_NOT_A_TABLE", {"kind": "a PDF"}),
    ],
)
def test_a_file_that_is_no_register_is_refused_with_row_and_cure_and_leaves_nothing(desk, data, code, told):
    with pytest.raises(Refusal) as refused:
        desk.take_in(desk.source(), data)
    assert (refused.value.code, refused.value.data) == (code, told)
    assert messages.of_refusal(refused.value)
    assert (files(), Delivery.objects.count()) == ([], 0)


def test_a_file_that_is_too_large_is_refused(desk, settings):
    settings.REGISTER_MOST_BYTES = 100
    with pytest.raises(Refusal) as refused:
        desk.take_in(desk.source(), as_csv(ROW))
    assert refused.value.code == "REGISTER_TOO_LARGE"


def test_columns_of_other_names_are_told_once_and_remembered(desk):
    source = desk.source()
    data = as_csv(("甲厂", "文三路1号", "x"), heading=("单位全称", "在哪里", "备注"))
    made = desk.take_in(source, data)
    assert made.mapped == {}
    confirm, given = arriving.confirm_columns, {"by": desk.by, "delivery": made}
    assert code_of(confirm, mapped={}, **given) == "NAME_COLUMN"
    assert code_of(confirm, mapped={"name": ["没有"]}, **given) == "COLUMN_TWICE_USED"
    twice = {"name": ["单位全称"], "address": ["单位全称"]}
    assert code_of(confirm, mapped=twice, **given) == "COLUMN_TWICE_USED"
    assert code_of(confirm, mapped={"name": ["单位全称"], "owner": ["备注"]}, **given) == "COLUMN_NOT_COVERED"
    told = {"name": ["单位全称"], "address": ["在哪里"]}
    assert code_of(confirm, mapped=told, **given) == ""
    assert code_of(confirm, mapped=told, **given) == "DELIVERY_STATE"
    desk.run_jobs()
    again = desk.take_in(arriving.RegisterSource.objects.get(pk=source.pk), data)
    assert again.mapped == told
    (record,) = records(Delivery.objects.get(pk=made.pk))
    assert (record.name, record.address) == ("甲厂", "文三路1号")


def test_the_profile_counts_rows_blanks_doubles_and_bad_numbers_and_forgets_identity_numbers(desk):
    identity = "11010519491231002X"
    data = as_csv(
        ROW,
        ROW,
        ("乙厂", "9.11E+17", "", "", ""),
        ("丙店", identity, "", "", ""),
        ("", credit_code(2), "", "", ""),
    )
    ready = desk.ready(desk.source(), data)
    assert ready.profile == {
        "rows": 5,
        "duplicates": 1,
        "blanks": {"name": 1, "code": 0, "person": 3, "address": 3, "phone": 3},
        "problems": {"FLOAT": 1, "IDENTITY_NUMBER": 1},
        "first": {
            "duplicates": 3,
            "FLOAT": 4,
            "person": 4,
            "address": 4,
            "phone": 4,
            "IDENTITY_NUMBER": 5,
            "name": 6,
        },
    }
    assert [one.codes for one in records(ready)] == [[ROW[1]], ["9.11E+17"], [""], [credit_code(2)]]


def test_a_sealed_file_opens_whole_or_not_at_all(desk, settings):
    with vault.sealed("a") as file:
        file.write("甲" * 2_000_000)
    with vault.opened("a") as file:
        assert file.read() == "甲" * 2_000_000
    path = vault.folder() / "a"
    whole = path.read_bytes()
    (vault.folder() / "b").write_bytes(whole)
    # Cut short, altered, or under another name.
    for name, data in (("a", whole[:-40]), ("a", whole[:100] + b"x" + whole[101:]), ("b", whole)):
        (vault.folder() / name).write_bytes(data)
        with vault.opened(name) as file, pytest.raises(Refusal) as refused:
            file.read()
        assert refused.value.code == "FILE_ALTERED"
    with pytest.raises(Refusal) as refused, vault.opened("c"):
        pass
    assert refused.value.code == "FILE_MISSING"


def test_files_go_after_seven_days_and_what_was_never_finished_after_one(
    desk, django_capture_on_commit_callbacks
):
    made = desk.take_in(desk.source(), as_csv(ROW))
    (vault.folder() / "left.part").write_text("half")
    (vault.folder() / "run-x.part").mkdir()
    for days, left in ((0, 3), (2, 1), (8, 0)):
        with django_capture_on_commit_callbacks(execute=True):
            arriving.purge(at=clock.now() + timedelta(days=days))
        assert len(files()) == left
    made.refresh_from_db()
    assert (made.state, made.deleted_at is not None) == ("DELETED", True)


def name_of(n):
    return f"{'云江东安恒瑞鼎华嘉锦'[n % 10]}{'栈澜升宁顺丰诺辉禾程'[n // 10]}商贸有限公司"


def rows_of(numbers):
    return [
        (name_of(n), credit_code(n + 1), "王建国", f"杭州市西湖区文三路{n + 1}号", f"139{n:08}")
        for n in numbers
    ]


def state_of(desk):
    names = [f"{city}{name_of(n)}" for n in range(40) for city in ("", "杭州", "宁波")]
    rows = Enterprise.objects.filter(ground=desk.street, name__in=names)
    return dict(rows.values_list("name", "state"))


@pytest.fixture
def two(desk):
    """Files of thirty enterprises, of which ten have a union."""
    return SimpleNamespace(
        market=desk.ready(desk.source("MARKET"), as_csv(*rows_of(range(30)))),
        union=desk.ready(desk.source("UNION"), as_csv(*rows_of(range(10)))),
    )


def test_a_run_tells_the_ledger_who_has_no_union(desk, two, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = desk.linked(two.market, two.union)
    assert (done.job.state, done.job.result) == ("DONE", {"NEW": 30, "FOUNDED": 10, "NONE": 20, "REVIEW": 0})
    expected = {name_of(n): "FOUNDED" if n < 10 else "NONE" for n in range(30)}
    assert state_of(desk) == expected
    entries = StateEntry.objects.filter(enterprise__name=name_of(0)).values_list("state", "source", "on")
    assert list(entries) == [("FOUNDED", "UNION", desk.today)]
    # Of the unions' register the standing one is left: tests/apps/coverage/test_standing.py.
    kept = f"{two.union.public_id}.standing"
    assert files() == [kept, f"{kept}.parquet"]
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["DELETED", "KEPT"]
    # Again: nothing is written twice, and what moved since is told.
    before = StateEntry.objects.count()
    market = desk.ready(two.market.source, as_csv(*rows_of(range(31))))
    union = desk.ready(two.union.source, as_csv(*rows_of(range(10))))
    again = desk.linked(market, union)
    assert again.job.result == {"NEW": 1, "FOUNDED": 0, "NONE": 1, "REVIEW": 0}
    assert (StateEntry.objects.count(), again.run.report["drift"]) == (before + 1, [])
    assert not any(name_of(n) in str(again.run.report) for n in range(31))


def test_what_a_person_noted_stays_and_what_a_register_said_follows_the_register(desk, two):
    def enter(n, state, days, source=Source.VISIT, reason="电话核实", union=None):
        one = desk.ledger.add(name_of(n), codes=(credit_code(n + 1),))
        on = desk.today - timedelta(days=days)
        given = {"by": desk.by, "at": clock.now(), "enterprise": one, "on": on, "reason": reason}
        states.set_state(state=UnionState(state), source=source, union=union, **given)

    enter(0, "NONE", 0)  # today somebody was there and saw no union
    enter(1, "NONE", 40)  # that was then
    enter(2, "JOINT", 40)
    enter(20, "FOUNDED", 40)  # a person knows better than the register of unions
    enter(21, "FOUNDED", 40, source=Source.UNION)  # an earlier register said so; this one does not
    enter(22, "REFUSED", 40)
    enter(23, "FOUNDED", 40, source=Source.UNION, union=desk.street)  # founded here, whatever a list has
    done = desk.linked(two.market, two.union)
    told = state_of(desk)
    assert [told[name_of(n)] for n in (0, 1, 2, 20, 21, 22, 23)] == [
        "NONE", "FOUNDED", "JOINT", "FOUNDED", "NONE", "REFUSED", "FOUNDED",
    ]  # fmt: skip
    assert done.run.report["written"] == {"NEW": 23, "FOUNDED": 8, "NONE": 17, "KEPT": 5}


def test_an_enterprise_of_another_ground_and_a_namesake_are_left_alone(desk, two):
    there = desk.ledger.add(
        name_of(0), ground=desk.ledger.elsewhere, by=desk.ledger.administrator, codes=(credit_code(1),)
    )
    desk.ledger.add(name_of(1), codes=(credit_code(900),))
    done = desk.linked(two.market, two.union)
    assert desk.ledger.fresh(there).state == "UNKNOWN"
    assert {name: done.run.report["written"][name] for name in ("ELSEWHERE", "NAMESAKE")} == {
        "ELSEWHERE": 1,
        "NAMESAKE": 1,
    }
    assert state_of(desk)[name_of(1)] == "UNKNOWN"


def test_a_number_that_holds_as_tax_and_as_registration_number_is_one_number(desk, two):
    rows = [*rows_of(range(3)), ("陇上商贸有限公司", "331100155914798", "", "杭州市西湖区文三路99号", "")]
    done = desk.linked(desk.ready(two.market.source, as_csv(*rows)), two.union)
    assert (done.job.state, done.job.result["NEW"]) == ("DONE", 4)
    numbers = Enterprise.objects.get(name=rows[3][0]).numbers
    assert list(numbers.values_list("kind", "code")) == [("TAX", "331100155914798")]


def test_tax_and_insurance_tell_of_funds_and_employees_where_the_agreement_covers_it(desk, two):
    tax_rows = [(name_of(0), credit_code(1), "12", "1,234.50"), (name_of(11), credit_code(12), "7", "否")]
    heading = ("纳税人名称", "纳税人识别号", "从业人数", "工会经费")
    tax = desk.ready(desk.source("TAX"), as_csv(*tax_rows, heading=heading))
    insured = desk.ready(
        desk.source("INSURANCE"),
        as_csv((name_of(0), credit_code(1), "31"), heading=("单位名称", "信用代码", "参保人数")),
    )
    known = desk.ledger.add(name_of(12), codes=(credit_code(13),))
    market = as_csv(
        *rows_of(range(12)),
        (name_of(12), credit_code(13), "", "", "", "软件和信息技术服务业"),
        heading=(*NOW_COLUMNS, "行业"),
    )
    market = desk.ready(two.market.source, market)
    desk.linked(market, two.union, tax=tax, insurance=insured)
    known.refresh_from_db()
    assert (known.trade, known.sector, known.state) == ("软件和信息技术服务业", "I", "NONE")
    one, other = (Enterprise.objects.get(ground=desk.street, name=name_of(n)) for n in (0, 11))
    assert (one.headcount, one.headcount_source) == (31, "INSURANCE")
    assert (one.funds, one.funds_fen, one.funds_year) == ("YES", 123450, desk.today.year)
    assert (other.headcount, other.headcount_source, other.funds) == (7, "TAX", "NO")


def test_a_run_that_was_broken_off_is_begun_again_and_nothing_is_lost(desk, two, monkeypatch):
    write, calls = runs.Writer.write, []

    def failing(self, found):
        calls.append(len(found))
        if len(calls) == 2:
            raise Refusal("FILE_ALTERED")
        return write(self, found)

    monkeypatch.setattr(runs, "BATCH", 20)
    monkeypatch.setattr(runs.Writer, "write", failing)
    done = desk.linked(two.market, two.union)
    assert (done.job.state, len(state_of(desk)), done.run.written_at) == ("FAILED", 20, None)
    assert code_of(arriving.discard, by=desk.by, delivery=two.market) == ""
    assert code_of(runs.begin_again, by=desk.by, run=done.run) == "FILE_MISSING"
    Delivery.objects.filter(pk=two.market.pk).update(state="READY", deleted_at=None)
    assert code_of(runs.begin_again, by=desk.by, run=done.run) == ""
    assert code_of(runs.begin_again, by=desk.by, run=done.run) == "RUN_UNDER_WAY"
    (job,) = desk.run_jobs()
    assert (job.state, job.result["NEW"]) == ("DONE", 10)
    assert state_of(desk) == {name_of(n): "FOUNDED" if n < 10 else "NONE" for n in range(30)}
    assert StateEntry.objects.count() == len(set(StateEntry.objects.values_list("enterprise")))


@pytest.mark.parametrize(("why", "state"), [(Cancelled, "CANCELLED"), (Interrupted, "QUEUED")])
def test_a_run_is_stopped_in_the_middle_of_a_comparison_and_leaves_nothing(
    desk, two, monkeypatch, why, state
):
    from unionhall.engines.linkage import runs as engine

    run = runs.begin_run(by=desk.by, at=clock.now(), ground=desk.street, market=two.market, union=two.union)
    before, begun, link = files(), [], engine.link_tables

    def for_hours(connection, *_given, **_how):
        begun.append(1)
        progress.stop(why)
        connection.execute("SELECT count(*) FROM range(10_000_000_000_000) AS t(i) WHERE i * i % 7 = 3")

    monkeypatch.setattr(engine, "link_tables", for_hours)
    progress = Progress(queue.take_up(at=clock.now()))
    queue.end(progress.job, perform(progress.job, progress), progress.last, at=clock.now())
    job, run = Job.objects.get(subject=run.public_id), LinkageRun.objects.get(pk=run.pk)
    assert (job.state, job.error, begun) == (state, "", [1])
    assert (run.written_at, run.report, files(), state_of(desk)) == (None, {}, before, {})
    monkeypatch.setattr(engine, "link_tables", link)
    again = "" if state == "CANCELLED" else "RUN_UNDER_WAY"
    assert code_of(runs.begin_again, by=desk.by, run=run) == again
    assert [one.result for one in desk.run_jobs()] == [{"NEW": 30, "FOUNDED": 10, "NONE": 20, "REVIEW": 0}]


def test_without_the_extra_or_with_the_wrong_file_nothing_begins(desk, two, monkeypatch):
    begin, given = runs.begin_run, {"by": desk.by, "ground": desk.street}
    assert code_of(begin, market=two.union, union=two.market, **given) == "DELIVERY_OTHER"
    assert (
        code_of(begin, market=two.market, union=two.union, **given | {"ground": desk.ledger.district})
        == "DELIVERY_OTHER"
    )
    arrived = desk.take_in(two.market.source, as_csv(ROW))
    assert code_of(begin, market=arrived, union=two.union, **given) == "DELIVERY_STATE"
    monkeypatch.setattr(runs, "can_link", lambda: False)
    assert code_of(begin, market=two.market, union=two.union, **given) == "LINKAGE_MISSING"
    assert (LinkageRun.objects.count(), Job.objects.filter(kind=runs.LINK).count()) == (0, 0)


def namesakes(count):
    """Enterprises of one name in two cities, and the union's rows, which do not say in which."""
    market = [
        (f"{city}{name_of(n)}", credit_code(2 * n + k + 1), "", f"{city}市解放路{n + 1}号", "")
        for n in range(count)
        for k, city in enumerate(("杭州", "宁波"))
    ]
    return market, [(name_of(n), "", "", "", "") for n in range(count)]


@pytest.fixture
def uncertain(desk, monkeypatch):
    """A run that leaves pairs to people: of two namesakes in two cities nobody can say which is meant."""
    market, union = namesakes(6)
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    sources = SimpleNamespace(market=desk.source("MARKET"), union=desk.source("UNION"))

    def link():
        return desk.linked(
            desk.ready(sources.market, as_csv(*market)), desk.ready(sources.union, as_csv(*union))
        ).run

    return link


def test_people_decide_and_what_they_decide_holds_in_later_runs(desk, uncertain):
    run = uncertain()
    pairs = list(queries.registers.waiting(run, desk.by.pk))
    assert len(pairs) >= 2
    same, other = pairs[:2]
    told = reviewing.opened(same)
    name = told["a"]["name"]
    assert {step[0] for step in told["steps"]} == {
        "number", "name", "branch", "form", "person", "place", "area", "phone",
    }  # fmt: skip
    assert name not in state_of(desk)
    assert not any(name.encode() in bytes(one.sealed) for one in pairs)
    assert queries.registers.following(same, desk.by.pk) == other
    other_name = reviewing.opened(other)["a"]["name"]
    decide = reviewing.decide_pair
    assert code_of(decide, by=desk.by, pair=same, verdict=Verdict.SAME) == ""
    assert code_of(decide, by=desk.by, pair=same, verdict=Verdict.SAME) == "PAIR_SETTLED"
    assert code_of(decide, by=desk.by, pair=other, verdict=Verdict.OTHER) == ""
    told = state_of(desk)
    assert (told[name], told[other_name]) == ("FOUNDED", "NONE")
    same.refresh_from_db()
    assert (same.state, same.enterprise.name) == ("SAME", name)
    again = uncertain()
    keys = {(bytes(one.key_a), bytes(one.key_b)) for one in again.pairs.all()}
    assert not keys & {(bytes(one.key_a), bytes(one.key_b)) for one in LinkDecision.objects.all()}
    assert state_of(desk)[name] == "FOUNDED"
    # What the earlier run left open is asked in the later one only.
    assert set(run.pairs.values_list("state", flat=True)) == {"SAME", "OTHER", "LAPSED"}
    assert set(run.pairs.exclude(sealed=None)) == {same, other}


def test_where_two_are_asked_both_must_agree_or_a_third_decides(desk, uncertain):
    pair, next_pair = queries.registers.waiting(uncertain(), desk.by.pk)[:2]
    ReviewPair.objects.filter(pk__in=[pair.pk, next_pair.pk]).update(twice=True)
    decide = reviewing.decide_pair
    name = reviewing.opened(pair)["a"]["name"]
    assert code_of(decide, by=desk.by, pair=pair, verdict=Verdict.SAME) == ""
    assert code_of(decide, by=desk.by, pair=pair, verdict=Verdict.SAME) == "PAIR_SAID"
    assert name not in state_of(desk)
    assert pair not in queries.registers.waiting(pair.run, desk.by.pk)
    assert code_of(decide, by=desk.ledger.deputy, pair=pair, verdict=Verdict.OTHER) == ""
    assert name not in state_of(desk)
    assert code_of(decide, by=desk.ledger.administrator, pair=pair, verdict=Verdict.OTHER) == ""
    assert state_of(desk)[name] == "NONE"
    for by in (desk.by, desk.ledger.deputy):
        assert code_of(decide, by=by, pair=next_pair, verdict=Verdict.SAME) == ""
    assert queries.registers.agreed([pair.run]) == (2, 1)
    assert PairOpinion.objects.count() == 5
    with pytest.raises(DatabaseError), transaction.atomic():
        PairOpinion.objects.update(verdict="SAME")


def test_about_one_pair_in_ten_is_asked_twice():
    pairs = [ReviewPair(key_a=n.to_bytes(16), key_b=b"b" * 16) for n in range(3000)]
    assert 220 < sum(map(runs.asked_twice, pairs)) < 380
    assert [runs.asked_twice(one) for one in pairs] == [runs.asked_twice(one) for one in pairs]


def test_pairs_that_nobody_decides_lapse_with_what_they_hold(desk, uncertain):
    run = uncertain()
    many = run.pairs.count()
    assert reviewing.purge(at=clock.now() + timedelta(days=89)) == 0
    assert reviewing.purge(at=clock.now() + timedelta(days=91)) == many
    assert list(run.pairs.exclude(sealed=None)) == []


def test_others_do_not_reach_it_and_the_trail_holds_no_values(desk, uncertain):
    run = uncertain()
    stranger = desk.ledger.__dict__.get("stranger") or next(
        one
        for one in type(desk.by).objects.all()
        if one.username not in ("district", "deputy", "administrator")
    )
    pair = run.pairs.first()
    assert code_of(reviewing.decide_pair, by=stranger, pair=pair, verdict=Verdict.SAME) == "NOT_ALLOWED"
    assert code_of(runs.begin_again, by=stranger, run=run) == "NOT_ALLOWED"
    assert code_of(arriving.discard, by=stranger, delivery=run.market) == "NOT_ALLOWED"
    trail = str(list(AuditLine.objects.values_list("action", "fields", "refs")))
    assert not any(name_of(n) in trail for n in range(12))


def said_of(pair, by):
    return pair.opinions.get(account=by, recall=None)


def test_a_decision_taken_back_opens_the_pair_and_the_history_keeps_both(desk, uncertain):
    pair = queries.registers.waiting(uncertain(), desk.by.pk)[0]
    name = reviewing.opened(pair)["a"]["name"]
    recall = reviewing.recall_opinion
    reviewing.decide_pair(by=desk.by, at=clock.now(), pair=pair, verdict=Verdict.SAME)
    said = said_of(pair, desk.by)
    assert code_of(recall, by=desk.by, opinion=said) == ""
    assert code_of(recall, by=desk.by, opinion=said) == "RECALL_DONE"
    pair.refresh_from_db()
    assert (pair.state, pair.settled_at, pair.enterprise, pair.entry) == ("OPEN", None, None, None)
    assert reviewing.opened(pair)["a"]["name"] == name
    assert LinkDecision.objects.count() == 0
    assert state_of(desk)[name] == "UNKNOWN"
    history = StateEntry.objects.filter(enterprise__name=name).order_by("pk")
    assert list(history.values_list("state", flat=True)) == ["FOUNDED", "UNKNOWN"]
    assert pair in queries.registers.waiting(pair.run, desk.by.pk)
    assert code_of(reviewing.decide_pair, by=desk.by, pair=pair, verdict=Verdict.OTHER) == ""
    assert state_of(desk)[name] == "NONE"
    assert list(LinkDecision.objects.values_list("same", flat=True)) == [False]
    assert list(pair.opinions.order_by("pk").values_list("turn", flat=True)) == [0, 1]
    assert AuditLine.objects.filter(action="pair.recall").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        PairRecall.objects.update(reason="x")


def test_what_a_decision_changed_goes_back_to_the_former_day_and_may_be_decided_again(desk, uncertain):
    run = uncertain()
    pair = queries.registers.waiting(run, desk.by.pk)[0]
    name = reviewing.opened(pair)["a"]["name"]
    decide, recall = reviewing.decide_pair, reviewing.recall_opinion
    given = {"by": desk.by, "pair": pair}
    assert code_of(decide, verdict=Verdict.OTHER, **given) == ""
    earlier = desk.today - timedelta(days=9)
    Enterprise.objects.filter(name=name).update(state_on=earlier)
    enterprise = Enterprise.objects.get(name=name)
    StateEntry.objects.create(
        enterprise=enterprise, state="NONE", on=earlier, at=clock.now(), source=Source.MARKET
    )
    # Somebody noted it since, so that taking back leaves it.
    assert code_of(recall, by=desk.by, opinion=said_of(pair, desk.by)) == ""
    assert state_of(desk)[name] == "NONE"
    for _n in range(2):
        assert code_of(decide, verdict=Verdict.SAME, **given) == ""
        assert state_of(desk)[name] == "FOUNDED"
        assert code_of(recall, by=desk.by, opinion=said_of(pair, desk.by)) == ""
        enterprise.refresh_from_db()
        assert (enterprise.state, enterprise.state_on) == ("NONE", earlier)


def test_taken_back_once_more_nothing_is_known_of_it_and_no_day_stands(desk, uncertain):
    pair = queries.registers.waiting(uncertain(), desk.by.pk)[0]
    name = reviewing.opened(pair)["a"]["name"]
    given = {"by": desk.by, "pair": pair}
    for verdict, state in ((Verdict.OTHER, "NONE"), (Verdict.SAME, "FOUNDED"), (Verdict.OTHER, "NONE")):
        assert code_of(reviewing.decide_pair, verdict=verdict, **given) == ""
        assert state_of(desk)[name] == state
        assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said_of(pair, desk.by)) == ""
        enterprise = Enterprise.objects.get(name=name)
        assert (enterprise.state, enterprise.state_on) == ("UNKNOWN", None)
    entries = StateEntry.objects.filter(enterprise=enterprise).order_by("pk")
    assert list(entries.values_list("state", flat=True)) == [
        "NONE", "UNKNOWN", "FOUNDED", "UNKNOWN", "NONE", "UNKNOWN",
    ]  # fmt: skip
    # Whoever knows that the union is older than the register may say so.
    known = {"state": UnionState.FOUNDED, "on": desk.today - timedelta(days=400), "source": Source.VISIT}
    told = {"enterprise": enterprise, "reason": "看了工会法人证书"}
    assert code_of(states.set_state, by=desk.by, **told, **known) == ""


def test_taken_back_the_day_stands_on_which_a_person_noted_that_nothing_is_known(desk, uncertain):
    pair = queries.registers.waiting(uncertain(), desk.by.pk)[0]
    given = {"by": desk.by, "pair": pair}
    noted = desk.today - timedelta(days=3)
    enterprise = desk.ledger.add(
        reviewing.opened(pair)["a"]["name"],
        codes=tuple(reviewing.opened(pair)["a"]["codes"]),
        state="UNKNOWN",
        state_on=noted,
    )
    for verdict in (Verdict.OTHER, Verdict.SAME):
        assert code_of(reviewing.decide_pair, verdict=verdict, **given) == ""
        assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said_of(pair, desk.by)) == ""
        enterprise.refresh_from_db()
        assert (enterprise.state, enterprise.state_on) == ("UNKNOWN", noted)


def test_what_a_person_noted_after_the_decision_stays_when_it_is_taken_back(desk, uncertain):
    pair = queries.registers.waiting(uncertain(), desk.by.pk)[0]
    reviewing.decide_pair(by=desk.by, at=clock.now(), pair=pair, verdict=Verdict.OTHER)
    pair.refresh_from_db()
    states.set_state(
        by=desk.by, at=clock.now(), enterprise=pair.enterprise, state=UnionState.REFUSED,
        on=desk.today, source=Source.VISIT, reason="不愿意",
    )  # fmt: skip
    name = pair.enterprise.name
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said_of(pair, desk.by)) == ""
    assert (state_of(desk)[name], ReviewPair.objects.get(pk=pair.pk).state) == ("REFUSED", "OPEN")


def test_what_another_ground_has_taken_in_since_stays_when_a_decision_is_taken_back(desk, uncertain):
    pair = queries.registers.waiting(uncertain(), desk.by.pk)[0]
    reviewing.decide_pair(by=desk.by, at=clock.now(), pair=pair, verdict=Verdict.OTHER)
    pair.refresh_from_db()
    Enterprise.objects.filter(pk=pair.enterprise.pk).update(ground=desk.ledger.elsewhere)
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said_of(pair, desk.by)) == ""
    assert desk.ledger.fresh(pair.enterprise).state == "NONE"
    assert ReviewPair.objects.get(pk=pair.pk).state == "OPEN"


def test_anything_but_ones_own_last_decision_takes_a_reason_and_others_an_administrator(desk, uncertain):
    first, second, third = queries.registers.waiting(uncertain(), desk.by.pk)[:3]
    for pair, by in ((first, desk.by), (second, desk.by), (third, desk.ledger.administrator)):
        reviewing.decide_pair(by=by, at=clock.now(), pair=pair, verdict=Verdict.OTHER)
    recall = reviewing.recall_opinion
    own = said_of(first, desk.by)
    assert code_of(recall, by=desk.by, opinion=own) == "REASON_MISSING"
    assert code_of(recall, by=desk.by, opinion=own, reason="按错键") == ""
    assert code_of(recall, by=desk.by, opinion=said_of(third, desk.ledger.administrator)) == "NOT_ALLOWED"
    other = {"by": desk.ledger.administrator, "opinion": said_of(second, desk.by)}
    assert code_of(recall, **other) == "REASON_MISSING"
    assert code_of(recall, reason="两个地址", **other) == ""
    assert list(PairRecall.objects.order_by("pk").values_list("account", "reason", "reopened")) == [
        (desk.by.pk, "按错键", True), (desk.ledger.administrator.pk, "两个地址", True),
    ]  # fmt: skip
    trail = str(list(AuditLine.objects.values_list("fields", "refs")))
    assert "按错键" not in trail


def test_of_two_who_were_asked_each_takes_back_their_own(desk, uncertain):
    waiting_, settled, third = queries.registers.waiting(uncertain(), desk.by.pk)[:3]
    keys = [waiting_.pk, settled.pk, third.pk]
    ReviewPair.objects.filter(pk__in=keys).update(twice=True)
    deputy, boss = desk.ledger.deputy, desk.ledger.administrator
    decide, recall = reviewing.decide_pair, reviewing.recall_opinion
    run = settled.run
    # Before anybody else has looked: only what stands counts.
    assert code_of(decide, by=desk.by, pair=waiting_, verdict=Verdict.SAME) == ""
    assert code_of(recall, by=desk.by, opinion=said_of(waiting_, desk.by)) == ""
    for by in (desk.by, deputy):
        assert code_of(decide, by=by, pair=waiting_, verdict=Verdict.OTHER) == ""
    assert queries.registers.agreed([run]) == (1, 1)
    # Two are enough without the first, who was of another mind.
    for by, verdict in ((desk.by, Verdict.SAME), (deputy, Verdict.OTHER), (boss, Verdict.OTHER)):
        assert code_of(decide, by=by, pair=third, verdict=verdict) == ""
    assert queries.registers.agreed([run]) == (2, 1)
    assert code_of(recall, by=desk.by, opinion=said_of(third, desk.by), reason="看错") == ""
    third.refresh_from_db()
    assert third.state == "OTHER"
    assert queries.registers.agreed([run]) == (2, 2)
    # Opened again it is decided by the other's opinion and one more, and shows nothing of agreement.
    for by in (desk.by, deputy):
        assert code_of(decide, by=by, pair=settled, verdict=Verdict.SAME) == ""
    assert queries.registers.agreed([run]) == (3, 3)
    assert code_of(recall, by=desk.by, opinion=said_of(settled, desk.by)) == ""
    assert ReviewPair.objects.get(pk=settled.pk).state == "OPEN"
    assert code_of(decide, by=deputy, pair=settled, verdict=Verdict.SAME) == "PAIR_SAID"
    assert code_of(decide, by=desk.by, pair=settled, verdict=Verdict.SAME) == ""
    assert ReviewPair.objects.get(pk=settled.pk).state == "SAME"
    assert queries.registers.agreed([run]) == (2, 2)


def test_after_seven_days_the_records_are_deleted_and_the_decision_stays(desk, uncertain):
    run = uncertain()
    pair = queries.registers.waiting(run, desk.by.pk)[0]
    at = clock.now()
    reviewing.decide_pair(by=desk.by, at=at, pair=pair, verdict=Verdict.SAME)
    said = said_of(pair, desk.by)
    late = at + reviewing.RECALLABLE
    assert reviewing.purge(at=late - timedelta(hours=1)) == 0
    with pytest.raises(Refusal) as refused:
        reviewing.recall_opinion(by=desk.by, at=late, opinion=said)
    assert (refused.value.code, bool(messages.of_refusal(refused.value))) == ("RECALL_OVER", True)
    assert reviewing.purge(at=late) == 1
    pair.refresh_from_db()
    assert (pair.state, pair.sealed, LinkDecision.objects.count()) == ("SAME", None, 1)
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said) == "RECALL_OVER"


def test_nothing_is_taken_back_while_registers_are_linked_and_the_next_run_asks_again(desk, uncertain):
    run = uncertain()
    pair = queries.registers.waiting(run, desk.by.pk)[0]
    reviewing.decide_pair(by=desk.by, at=clock.now(), pair=pair, verdict=Verdict.SAME)
    said = said_of(pair, desk.by)
    begun = LinkageRun.objects.create(
        ground=desk.street, market=run.market, union=run.union, account=desk.by, at=clock.now()
    )
    runs._ask(begun, desk.by, clock.now())
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said) == "RUN_UNDER_WAY"
    Job.objects.filter(subject=begun.public_id).update(state="CANCELLED", finished_at=clock.now())
    assert code_of(reviewing.recall_opinion, by=desk.by, opinion=said) == ""
    again = uncertain()
    assert again.pairs.filter(key_a=bytes(pair.key_a), key_b=bytes(pair.key_b), state="OPEN").exists()
    assert ReviewPair.objects.get(pk=pair.pk).state == "LAPSED"
