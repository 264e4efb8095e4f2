"""Members, unions and employers from official forms, and rolls back into them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from unionhall.apps.membership import messages
from unionhall.apps.membership.codes import EventKind, ExportPurpose, Standing
from unionhall.apps.membership.models import (
    Engagement,
    Match,
    Membership,
    MembershipEvent,
    RollExport,
    RollFile,
)
from unionhall.apps.membership.queries.ledger import entries_of, standing_of
from unionhall.apps.membership.usecases import duplicates
from unionhall.apps.membership.usecases.collecting import exporting, importing
from unionhall.apps.membership.usecases.collecting.columns import EMPLOYERS, FORMS, MEMBERS, UNIONS
from unionhall.apps.membership.usecases.retention import purge
from unionhall.apps.membership.views.collecting import WORKBOOK
from unionhall.apps.orgs.models import Command, Coverage, Employer, Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Particulars, Person
from unionhall.engines.identifiers import credit_check_character, identity_check_character
from unionhall.kernel import clock
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.imports import SheetError, blank_form, returned_form, write_form
from unionhall.kernel.imports.forms import label_of, purge_folders
from unionhall.kernel.imports.staging import purge_imports, report_of
from unionhall.kernel.jobs import Cancelled, cancel_job, run_jobs
from unionhall.kernel.jobs import messages as job_messages
from unionhall.kernel.models import AuditLine, Job, StagedImport
from unionhall.kernel.refusals import Refusal

TODAY = date(2026, 11, 1)
OLD_KIND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


def identity_number(n: int) -> str:
    """A number of a county that does not exist, in a province that does."""
    first = f"33019919900307{n:03}"
    return first + identity_check_character(first)


def credit_code(n: int) -> str:
    first = f"91330100{n:09}"
    return first + credit_check_character(first)


def word(column, code):
    return label_of(MEMBERS.column(column), code)


def row(n, **more):
    """A good row of the members' form: words of the drop-downs, codes, and words in English."""
    told = {
        "name": f"江{n}",
        "identity": identity_number(n),
        "phone": f"1990000{n:04}",
        "employment": word("employment", "PLATFORM"),
        "employer": "测试快送",
        "occupation": "FOOD_RIDER",
        "site": "城东站",
        "on": "2025-03-01",
        "how": "Joined",
    }
    return told | more


def filled(rows, form=MEMBERS) -> bytes:
    out = io.BytesIO()
    write_form(form, out, [[one.get(column.name, "") for column in form.columns] for one in rows])
    return out.getvalue()


class Collector:
    def __init__(self, desk):
        self.desk = desk
        self.by = desk.officer
        self.union = desk.district

    def hand_in(self, data, name="采集.xlsx", kind="MEMBERS", by=None, union=None):
        staged = importing.hand_in(
            by=by or self.by, at=clock.now(), union=union or self.union, kind=kind, name=name, data=data
        )
        assert [job.state for job in run_jobs()] == ["DONE"]
        return StagedImport.objects.get(pk=staged.pk)

    def commit(self, staged, choice=ImportChoice.ALL, by=None):
        importing.ask_commit(by=by or self.by, at=clock.now(), staged=staged, choice=choice)
        (job,) = run_jobs()
        staged.refresh_from_db()
        return job

    def taken_in(self, *rows):
        staged = self.hand_in(filled(rows))
        job = self.commit(staged, ImportChoice.GOOD)
        assert job.state == "DONE", job.error
        return staged

    def ask(self, opened=False, by=None, reason="与单位核对"):
        return exporting.ask_export(
            by=by or self.by,
            at=clock.now(),
            union=self.union,
            purpose=ExportPurpose.CHECK,
            reason=reason,
            opened=opened,
        )

    def export(self, opened, by=None, reason="与单位核对"):
        export = self.ask(opened, by, reason)
        assert [job.state for job in run_jobs()] == ["DONE"]
        return exporting.fetch_export(by=by or self.by, at=clock.now(), export=export)


@pytest.fixture
def collector(desk):
    return Collector(desk)


def said(staged):
    return [(line["row"], line["what"], messages.of_line(staged.kind, line)) for line in report_of(staged)]


def sheet(data):
    return load_workbook(io.BytesIO(data)).worksheets[0]


class TestForms:
    def test_an_empty_form_is_locked_but_for_its_data_and_offers_what_may_be_chosen(self):
        page = sheet(blank_form(MEMBERS, {"unions": ["城东区总工会"]}))
        assert page.title == "工会会员基本信息采集表"
        assert page.protection.sheet
        titles = [cell.value for cell in page[1]]
        assert titles[:5] == ["姓名*", "性别", "证件类型", "证件号码*", "手机号码"]
        assert len(titles) == len(MEMBERS.columns)
        assert [page.cell(line, 4).protection.locked for line in (1, 2)] == [True, True]
        column = page.column_dimensions["D"]
        assert (column.protection.locked, column.number_format) == (False, "@")
        coded = {str(rule.sqref).split(":")[0] for rule in page.data_validations.dataValidation}
        assert coded == {"B3", "C3", "G3", "H3", "K3", "N3", "O3", "Q3"}

    def test_an_empty_form_holds_no_rows(self, collector):
        assert collector.hand_in(blank_form(MEMBERS)).counts == {}

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (lambda: filled([], UNIONS), "FORM_OTHER"),
            (lambda: filled([], MEMBERS.__class__("MEMBERS", 2, "表", MEMBERS.columns)), "FORM_VERSION"),
            (lambda: b"no workbook", "NOT_A_SHEET"),
            (lambda: b"PK\x03\x04 and no more", "NOT_A_SHEET"),
            (lambda: OLD_KIND + bytes(600), "OLD_WORKBOOK"),
            (lambda: OLD_KIND + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "PASSWORD"),
            (open_document, "OTHER_WORKBOOK"),
            (lambda: without_sheet(filled([row(1)])), "SHEET_MISSING"),
            (lambda: pasted([row(1)], lambda page: page.delete_cols(4)), "COLUMN_MISSING"),
            (lambda: pasted([], lambda page: page.delete_rows(1)), "EMPTY"),
        ],
        ids=["other", "version", "broken", "torn", "xls", "locked", "ods", "no sheet", "no column", "empty"],
    )
    def test_what_cannot_be_this_form_is_refused_in_words(self, collector, client, data, code):
        with pytest.raises(SheetError) as refused:
            collector.hand_in(data())
        assert (refused.value.code, StagedImport.objects.count(), Job.objects.count()) == (code, 0, 0)
        client.force_login(collector.by)
        sent = io.BytesIO(data())
        sent.name = "采集.xlsx"
        address = f"/collection/{collector.union.public_id}/new"
        page = client.post(address, {"kind": "MEMBERS", "file": sent})
        assert (page.status_code, "未保存任何内容" in page.content.decode()) == (422, True)

    def test_on_paper_the_columns_stand_side_by_side_below_their_titles(self):
        papers = {}
        for form in FORMS.values():
            page = sheet(blank_form(form))
            setup = page.page_setup
            papers[form.code] = setup.paperSize
            assert (setup.orientation, setup.fitToHeight, page.print_title_rows) == ("landscape", 0, "$1:$2")
            assert page.sheet_properties.pageSetUpPr.fitToPage
        assert papers == {"MEMBERS": 8, "UNIONS": 9, "EMPLOYERS": 9}

    def test_what_another_office_program_has_saved_is_read(self, collector):
        """LibreOffice has taken the form through its own kind of file and back."""
        data = (Path(__file__).parent / "files" / "saved-by-libreoffice.xlsx").read_bytes()
        page = sheet(data)
        assert page.protection.sheet
        offered = {str(rule.sqref).split(":")[0] for rule in page.data_validations.dataValidation}
        assert offered == {"B3", "C3", "G3", "H3", "K3", "N3", "O3", "Q3"}
        staged = collector.hand_in(data)
        assert said(staged) == [
            (3, "ERROR", "工作站点：含有公式，请直接填写数值"),
            (4, "ERROR", "证件号码：已被表格软件当作数值，末尾几位丢失，请将单元格设为文本后重新填写"),
            (5, "ERROR", "该行含有合并单元格，其内容只会落在一行上，请取消合并后逐行填写"),
        ]

    def test_a_form_that_is_not_finished_leaves_nothing_on_the_disk(self, monkeypatch, tmp_path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

        def rows():
            yield ["江1"] * 4
            assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_form(MEMBERS, io.BytesIO(), rows())
        assert list(tmp_path.iterdir()) == []

    def test_what_a_killed_writer_left_is_deleted_in_time(self, monkeypatch, tmp_path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        left = tmp_path / "unionhall-form-x"
        (left / "part").mkdir(parents=True)
        (tmp_path / "others").mkdir()
        assert (purge_folders(at=clock.now()), left.exists()) == (0, True)
        assert purge_folders(at=clock.now() + timedelta(hours=7)) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["others"]

    def test_rows_pasted_into_an_own_sheet_are_read_by_their_titles(self, collector):
        staged = collector.hand_in(pasted([row(1), row(2, on=TODAY)]))
        assert staged.counts == {"ADD": 2}

    def test_a_csv_is_read_too(self, collector):
        names = ["name", "identity", "employment", "employer", "occupation", "on", "how", "phone"]
        lines = [names, [row(1)[name] for name in names]]
        text = "\r\n".join(",".join(line) for line in lines)
        assert collector.hand_in(text.encode("gb18030"), name="采集.csv").counts == {"ADD": 1}

    def test_titles_may_stand_below_a_headline_and_on_a_later_sheet(self, collector, client):
        def headline(page):
            page.insert_rows(1, 2)
            page["A1"] = "城东区会员信息采集表"
            page.merge_cells("A1:Q2")
            page.parent.create_sheet("填表说明", 0)["A1"] = "请于月底前报送"

        data = pasted([row(1), row(2, how="")], headline)
        staged = collector.hand_in(data)
        assert (staged.counts, [line[0] for line in said(staged)]) == ({"ADD": 1, "ERROR": 1}, [5])
        client.force_login(collector.by)
        here = f"/collection/{collector.union.public_id}/{staged.public_id}"
        back = load_workbook(io.BytesIO(b"".join(client.get(f"{here}/returned").streaming_content)))
        last = len(MEMBERS.columns) + 1
        assert [back.worksheets[1].cell(line, last).value for line in (1, 3, 4, 5)] == [
            None, "需改正", None, "入会方式：未填写，请补充",
        ]  # fmt: skip
        assert back.worksheets[0]["A1"].value == "请于月底前报送"

    def test_rows_with_merged_cells_formulas_and_rounded_numbers_are_given_back_one_by_one(self, collector):
        def spoil(page):
            page.merge_cells("I3:I4")
            page["D5"] = "=D2"
            page["D6"] = float(row(5)["identity"][:17] + "0")
            page["D7"] = "3.30199E+17"

        staged = collector.hand_in(pasted([row(n) for n in range(1, 8)], spoil))
        assert staged.counts == {"ADD": 2, "ERROR": 5}
        merged = "该行含有合并单元格，其内容只会落在一行上，请取消合并后逐行填写"
        rounded = "证件号码：已被表格软件当作数值，末尾几位丢失，请将单元格设为文本后重新填写"
        assert said(staged) == [
            (3, "ERROR", merged),
            (4, "ERROR", merged),
            (5, "ERROR", "证件号码：含有公式，请直接填写数值"),
            (6, "ERROR", rounded),
            (7, "ERROR", rounded),
        ]

    def test_a_csv_that_a_table_program_has_rounded_is_told(self, collector):
        names = ["name", "identity", "employment", "employer", "occupation", "on", "how", "phone"]
        told = row(1) | {"identity": "3.30199E+17"}
        text = "\r\n".join(",".join(line) for line in (names, [told[name] for name in names]))
        (line,) = said(collector.hand_in(text.encode(), name="采集.csv"))
        assert line[2].startswith("证件号码：已被表格软件当作数值")

    def test_too_many_rows_end_the_dry_run_in_words(self, collector, monkeypatch):
        from unionhall.kernel.imports import streams
        from unionhall.kernel.imports.sheets import Limits

        few = Limits(file=10**6, unzipped=10**7, rows=2)
        monkeypatch.setattr(streams.read_form, "__defaults__", (few,))
        staged = importing.hand_in(
            by=collector.by,
            at=clock.now(),
            union=collector.union,
            kind="MEMBERS",
            name="x.xlsx",
            data=filled([row(n) for n in range(3)]),
        )
        (job,) = run_jobs()
        staged.refresh_from_db()
        assert (job.state, job.error, staged.checked_at) == ("FAILED", "TOO_MANY_ROWS", None)


def without_sheet(data) -> bytes:
    """A form of which somebody deleted the sheet itself; what the drop-downs offer is left."""
    book = load_workbook(io.BytesIO(data))
    del book[MEMBERS.title]
    book.worksheets[0].sheet_state = "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pasted(rows, change=None) -> bytes:
    """A sheet of somebody's own: the titles, and rows with words in English, dates as dates."""
    book = Workbook()
    page = book.active
    page.append([column.titles[0] for column in MEMBERS.columns])
    for one in rows:
        page.append([one.get(column.name) for column in MEMBERS.columns])
    if rows:
        page.cell(60, 1).value = "  "
    if change:
        change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class TestMembers:
    def test_a_dry_run_changes_nothing_and_the_commit_makes_members(self, collector):
        before = Person.objects.count(), AuditLine.objects.filter(action="membership.join").count()
        staged = collector.hand_in(filled([row(1), row(2, collector="采集员甲", confirmed="PHONE")]))
        assert (staged.counts, said(staged)) == ({"ADD": 2}, [])
        assert (Person.objects.count(), Membership.objects.count()) == (before[0], 0)
        job = collector.commit(staged)
        assert (job.result, job.done, job.total) == ({"ADD": 2}, 2, 2)
        person = Person.objects.get(name="江1")
        head = person.membership
        assert (head.standing, head.union, head.joined_on, head.since) == (
            Standing.MEMBER,
            collector.union,
            date(2025, 3, 1),
            date(2025, 3, 1),
        )
        work = person.engagements.values_list("employment", "employer", "workplace", "site", "occupation")
        assert list(work) == [("PLATFORM", None, "测试快送", "城东站", "FOOD_RIDER")]
        assert (person.name_key, person.particulars.birth, person.particulars.sex) == (
            "江1",
            date(1990, 3, 7),
            "MALE",
        )
        second = MembershipEvent.objects.get(person__name="江2")
        assert (second.kind, second.reason, second.account) == (
            EventKind.JOIN,
            "采集员：采集员甲；代填确认：电话确认",
            collector.by,
        )
        lines = AuditLine.objects.filter(action="membership.join").order_by("-pk")
        assert lines.count() == before[1] + 2
        assert lines[0].refs == {
            "person": second.person.public_id,
            "union": collector.union.public_id,
            "import": staged.public_id,
        }

    def test_every_problem_of_a_row_is_told_with_its_column(self, collector):
        rows = [
            row(1, identity="330199199003070012", phone="123", on="春天", occupation="飞行员"),
            row(2, name="", union="没有的工会"),
            row(3, identity="990********0031"),
            row(4),
            row(4, name="江4 重复"),
            row(5, on="2999-01-01", employer="", employment="EMPLOYER"),
            row(6, employer="=1+1"),
        ]
        staged = collector.hand_in(filled(rows))
        assert staged.counts == {"ERROR": 5, "ADD": 2}
        assert said(staged) == [
            (
                3,
                "ERROR",
                (
                    "证件号码：校验位不符，有数字填错，请与原件核对；手机号码：不是 11 位手机号码，请改正；"
                    "职业：不在下拉列表中，请从列表中选择；入会日期：不是日期，请写成 2025-03-01 的样式"
                ),
            ),
            (4, "ERROR", "姓名：未填写，请补充；所在工会：所选工会及其下属没有“没有的工会”，请写工会全称"),
            (5, "ERROR", "证件号码：已遮盖，只有带完整号码导出的名册才能重新导入"),
            (7, "ERROR", "证件号码：与第 6 行重复，请删去其中一行"),
            (
                8,
                "ERROR",
                "用人单位：未填写，请补充；入会日期：晚于今天，请填写实际发生的日期",
            ),
        ]

    def test_all_or_none_and_the_good_ones_are_two_choices(self, collector):
        staged = collector.hand_in(filled([row(1), row(2, how="")]))
        with pytest.raises(Refusal) as refused:
            importing.ask_commit(by=collector.by, at=clock.now(), staged=staged, choice=ImportChoice.ALL)
        assert (refused.value.code, refused.value.data) == ("IMPORT_ERRORS", {"rows": 1})
        assert collector.commit(staged, ImportChoice.GOOD).result == {"ADD": 1, "ERROR": 1}
        assert Membership.objects.count() == 1
        with pytest.raises(Refusal) as again:
            importing.ask_commit(by=collector.by, at=clock.now(), staged=staged, choice=ImportChoice.GOOD)
        assert again.value.code == "IMPORT_DONE"
        mended = collector.hand_in(filled([row(1), row(2)]))
        assert mended.counts == {"SAME": 1, "ADD": 1}

    def test_a_row_that_became_wrong_meanwhile_stops_a_file_of_all_or_none(self, collector, monkeypatch):
        monkeypatch.setattr(importing, "INTAKE", replace(importing.INTAKE, portion=1))
        staged = collector.hand_in(filled([row(1), row(2)]))
        collector.taken_in(row(2, name="别人"))
        job = collector.commit(staged, ImportChoice.ALL)
        assert (job.state, job.error, staged.committed_at) == ("FAILED", "IMPORT_ERRORS", None)
        from django.db import connection

        left = Person.objects.filter(name="江1").count()
        assert left == (0 if connection.vendor == "postgresql" else 1)

    def test_a_broken_off_commit_goes_on_where_it_was(self, collector, monkeypatch):
        monkeypatch.setattr(importing, "INTAKE", replace(importing.INTAKE, portion=2))
        staged = collector.hand_in(filled([row(n) for n in range(5)]))

        class CancelledHereError(Exception):
            pass

        def step(done, _total):
            if done == 4:
                raise CancelledHereError

        told = {"by": collector.by, "at": clock.now(), "staged": staged, "choice": ImportChoice.GOOD}
        with pytest.raises(CancelledHereError):
            importing.commit_form(**told, step=step)
        assert Membership.objects.count() == 4
        assert importing.commit_form(**told, step=lambda _done, _total: None) == {"SAME": 4, "ADD": 1}
        assert (Membership.objects.count(), MembershipEvent.objects.count()) == (5, 5)

    def test_whoever_stands_on_another_roll_is_transferred_and_joins_no_second_time(self, collector, desk):
        member = desk.member(identity=identity_number(700), name="江移")
        told = row(700, name="江移", union="城东区总工会", on=clock.today().isoformat(), employer="新站公司")
        early = collector.hand_in(filled([told | {"on": "2020-01-01"}]))
        assert said(early) == [
            (3, "ERROR", f"入会日期：现会籍自 {clock.today()} 起，转入日期不能更早"),
        ]
        staged = collector.taken_in(told)
        assert staged.counts == {"TRANSFER": 1}
        kinds = MembershipEvent.objects.filter(person=member.person).order_by("pk")
        assert list(kinds.values_list("kind", "union__name")) == [
            ("JOIN", "梧桐里街道总工会"),
            ("TRANSFER_OUT", "梧桐里街道总工会"),
            ("TRANSFER_IN", "城东区总工会"),
        ]
        head = Membership.objects.select_related("person").get(pk=member.pk)
        assert (head.union, head.person.union) == (desk.district, desk.district)
        stand = standing_of(entries_of(member.person))
        assert (stand.standing, stand.union, stand.joined_on) == (
            head.standing,
            head.union_id,
            head.joined_on,
        )
        open_work = Engagement.objects.get(person=member.person, ends=None)
        assert open_work.workplace == "新站公司"

    def test_where_from_decides_between_joining_and_transfer_in(self, collector):
        collector.taken_in(row(1, how="TRANSFER_IN"), row(2, standing="RETAINED"))
        events = MembershipEvent.objects.order_by("pk").values_list("person__name", "kind")
        assert list(events) == [("江1", "TRANSFER_IN"), ("江2", "JOIN"), ("江2", "RETAIN")]
        heads = dict(Membership.objects.values_list("person__name", "standing"))
        assert heads == {"江1": "MEMBER", "江2": "RETAINED"}
        assert Membership.objects.get(person__name="江1").joined_on is None
        for person in Person.objects.filter(membership__isnull=False):
            assert standing_of(entries_of(person)).standing == person.membership.standing

    def test_a_likely_double_is_added_and_put_before_an_officer(self, collector):
        collector.taken_in(row(1))
        staged = collector.taken_in(
            row(50, name="江1", phone=row(1)["phone"]),
            row(60, name="江六"),
            row(61, name="江六", phone=row(60)["phone"]),
        )
        assert staged.counts == {"MATCH": 2, "ADD": 1}
        assert said(staged) == [
            (3, "MATCH", "已登记有姓名、手机号码相同，或姓名、生日、单位相同的人，将提交人工核对"),
            (5, "MATCH", "与第 4 行姓名、手机号码相同，将提交人工核对"),
        ]
        pairs = Match.objects.values_list("first__name", "second__name", "kind", "state").order_by("pk")
        assert list(pairs) == [("江1", "江1", "PHONE", "OPEN"), ("江六", "江六", "PHONE", "OPEN")]

    def test_same_name_birthday_and_employer_is_likely_one_person(self, collector):
        Employer.objects.create(name="丝路纺织厂二厂", credit_code=credit_code(7))
        told = {"employment": "EMPLOYER", "employer": "", "credit_code": credit_code(7), "name": "江工"}
        staged = collector.taken_in(row(1, **told))
        assert staged.counts == {"ADD": 1}
        again = collector.taken_in(row(2, **told))
        assert again.counts == {"MATCH": 1}
        assert list(Match.objects.values_list("kind", flat=True)) == ["NAME_BIRTH_EMPLOYER"]

    def test_what_is_worth_a_look_is_a_warning(self, collector):
        number = "10" + identity_number(1)[2:17]
        rows = [
            row(1, identity=number + identity_check_character(number), phone=""),
            row(2, employment="EMPLOYER", employer="没登记的厂"),
        ]
        staged = collector.taken_in(*rows)
        assert staged.counts == {"WARNING": 2}
        assert said(staged) == [
            (
                3,
                "WARNING",
                "证件号码：开头的地区码不在已知范围内，请与证件核对；手机号码：未填写，将无法以短信联系该会员",
            ),
            (4, "WARNING", "用人单位：未登记，按所填文字保存"),
        ]

    def test_whoever_was_under_sixteen_that_day_is_not_taken_in(self, collector):
        # Born on 7 March 1990.
        staged = collector.hand_in(filled([row(1, on="2006-03-06"), row(2, on="2006-03-07")]))
        assert (staged.counts, said(staged)) == (
            {"ADD": 1, "ERROR": 1},
            [(3, "ERROR", "入会日期：当日未满 16 周岁，请与证件和入会材料核对日期")],
        )

    def test_permits_of_hong_kong_macao_and_taiwan_and_young_districts_are_taken_in(self, collector):
        def number(first):
            return first + identity_check_character(first)

        regions = ("810000", "820000", "830000", "330113", "330114")
        numbers = [number(f"{region}19900307{n:03}") for n, region in enumerate(regions)]
        rows = [row(n, identity=identity) for n, identity in enumerate(numbers)]
        staged = collector.hand_in(filled(rows))
        assert (staged.counts, said(staged)) == ({"ADD": 5}, [])

    def test_the_number_of_a_merged_record_makes_no_second_person(self, collector):
        collector.taken_in(row(1), row(2))
        first, second = Person.objects.filter(name__in=["江1", "江2"]).order_by("pk")
        match = Match.objects.create(first=first, second=second, kind="PHONE", found_at=clock.now())
        duplicates.merge_persons(by=collector.by, at=clock.now(), match=match, kept=first)
        before = Person.objects.count()
        staged = collector.hand_in(filled([row(2), row(3)]))
        told = "证件号码：是已与另一条记录合并的记录的证件号码；请填写保留记录的证件号码"
        assert said(staged) == [(3, "ERROR", told)]
        assert staged.counts == {"ADD": 1, "ERROR": 1}
        assert collector.commit(staged, ImportChoice.GOOD).state == "DONE"
        assert Person.objects.count() == before + 1

    def test_codes_and_names_of_employers_must_fit(self, collector):
        Employer.objects.create(name="丝路纺织厂二厂", credit_code=credit_code(7))
        told = {"employment": "EMPLOYER"}
        rows = [
            row(1, **told, employer="别的厂", credit_code=credit_code(7)),
            row(2, **told, employer="丝路纺织厂二厂", credit_code=credit_code(8)),
            row(3, **told, employer="", credit_code=credit_code(8)),
            row(4, **told, credit_code="x"),
        ]
        assert [words for _row, _what, words in said(collector.hand_in(filled(rows)))] == [
            "统一社会信用代码：属于“丝路纺织厂二厂”，请改正代码或名称",
            "统一社会信用代码：“丝路纺织厂二厂”登记的是另一代码，请核对名称和代码",
            "统一社会信用代码：没有登记此代码的单位，请同时填写单位名称",
            "统一社会信用代码：位数不对，请与原件核对",
        ]

    def test_who_is_there_is_not_changed_and_what_differs_is_told(self, collector):
        collector.taken_in(row(1))
        rows = [row(1, phone="19911112222", site="别站", on="2025-03-02")]
        staged = collector.taken_in(*rows)
        assert (staged.counts, said(staged)) == (
            {"SAME": 1},
            [(3, "SAME", "与登记不同，未作改动：手机号码、工作站点、入会日期")],
        )
        other = collector.hand_in(filled([row(1, name="别人")]))
        assert said(other) == [(3, "ERROR", "姓名：该证件号码登记在另一姓名下，请核对姓名和号码")]

    def test_a_large_batch_takes_a_fixed_number_of_questions(self, collector, django_assert_max_num_queries):
        few, many = (
            collector.hand_in(filled([row(n) for n in range(a, b)])) for a, b in ((0, 10), (100, 300))
        )
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def commit(staged):
            importing.commit_form(
                by=collector.by, at=clock.now(), staged=staged, choice=ImportChoice.ALL, step=lambda *_: None
            )

        with CaptureQueriesContext(connection) as asked:
            commit(few)
        # SQLite takes about a hundred rows in a statement, PostgreSQL all of them.
        more = 0 if connection.vendor == "postgresql" else 20
        with django_assert_max_num_queries(len(asked) + more):
            commit(many)

    def test_nobody_else_hands_in_and_a_lost_post_ends_the_job(self, collector, city):
        elsewhere = Union.objects.get(name="江岸街道总工会")
        for by, union, kind in (
            (collector.by, elsewhere, "MEMBERS"),
            (collector.by, collector.union, "UNIONS"),
            (city.scrutineer, collector.union, "MEMBERS"),
        ):
            with pytest.raises(Refusal):
                collector.hand_in(filled([row(1)], FORMS[kind]), by=by, union=union, kind=kind)
        staged = collector.hand_in(filled([row(1)]))
        importing.ask_commit(by=collector.by, at=clock.now(), staged=staged, choice=ImportChoice.ALL)
        collector.by.person.posts.update(ends=clock.today())
        (job,) = run_jobs()
        assert (job.state, job.error, Membership.objects.count()) == ("FAILED", "NOT_ALLOWED", 0)


class TestReturnedSheet:
    def test_the_uploaders_own_sheet_comes_back_with_the_reasons(self, collector, client):
        data = filled([row(1, how=""), row(2)])
        staged = collector.hand_in(data)
        client.force_login(collector.by)
        here = f"/collection/{collector.union.public_id}/{staged.public_id}"
        back = b"".join(client.get(f"{here}/returned").streaming_content)
        page, own = sheet(back), sheet(data)
        last = len(MEMBERS.columns) + 1
        assert [page.cell(line, last).value for line in (1, 2, 3, 4)] == [
            "需改正", None, "入会方式：未填写，请补充", None,
        ]  # fmt: skip
        assert [[c.value for c in line[: last - 1]] for line in page.iter_rows()] == [
            [c.value for c in line] for line in own.iter_rows()
        ]
        assert page.protection.sheet
        assert len(page.data_validations.dataValidation) == 7
        # Mended and handed in again, it is read, and a second return has one such column, not two.
        again = collector.hand_in(back)
        assert again.counts == {"ADD": 1, "ERROR": 1}
        out = io.BytesIO()
        returned_form(MEMBERS, again.file_name, back, "需改正", {4: "x"}, out)
        twice = sheet(out.getvalue())
        assert (twice.max_column, twice.cell(3, last).value, twice.cell(4, last).value) == (last, None, "x")

    def test_other_programs_ways_of_writing_a_sheet(self):
        import zipfile

        def changed(data, old, new):
            out = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as made:
                for part in source.namelist():
                    text = source.read(part)
                    made.writestr(part, text.replace(old, new) if "sheet1" in part else text)
            return out.getvalue()

        data = changed(pasted([row(1)]), b'<row r="2">', b'<row r="2" spans="1:17">')
        out = io.BytesIO()
        returned_form(MEMBERS, "x.xlsx", data, "错误", {2: "<&\x01", 60: "=末行"}, out)
        page = sheet(out.getvalue())
        last = len(MEMBERS.columns) + 1
        assert [page.cell(line, last).value for line in (1, 2, 60)] == ["错误", "<&", "'=末行"]

    def test_a_csv_comes_back_too(self):
        out = io.BytesIO()
        titles = "姓名,证件号码,就业形态,职业,入会日期,入会方式"
        data = f"城东区会员\n{titles}\n=cmd()\n".encode()
        name = returned_form(MEMBERS, "x.csv", data, "错误", {3: "+1"}, out)
        assert (name, out.getvalue().decode("utf-8-sig")) == (
            "x-错误.csv",
            f"城东区会员,\r\n{titles},错误\r\n'=cmd(),'+1\r\n",
        )

    def test_what_is_said_is_encrypted_and_deleted_with_the_file(self, collector):
        staged = collector.hand_in(filled([row(1, name="", employer="很特别的单位")]))
        assert "未填写".encode() not in bytes(staged.report)
        purge_imports(at=staged.created_at + timedelta(days=8))
        staged.refresh_from_db()
        assert (staged.payload, staged.report, said(staged)) == (None, None, [])


class TestExport:
    def test_the_roll_stands_in_the_form_with_numbers_masked(self, collector):
        collector.taken_in(row(1, name="=江1"), row(2, union="梧桐里街道总工会", how="TRANSFER_IN"))
        rows = [[c.value or "" for c in line] for line in sheet(collector.export(opened=False)).iter_rows()]
        shown = [dict(zip([c.name for c in MEMBERS.columns], line, strict=True)) for line in rows[2:]]
        assert [one["name"] for one in shown] == ["'=江1", "江2"]
        assert shown[1] == {
            "name": "江2", "sex": "女", "identity_kind": word("identity_kind", "ID_CARD"),
            "identity": "330***********" + identity_number(2)[-4:], "phone": "199****0002",
            "birth": "1990-03-07", "union": "梧桐里街道总工会", "employment": word("employment", "PLATFORM"),
            "employer": "测试快送", "credit_code": "", "occupation": word("occupation", "FOOD_RIDER"),
            "site": "城东站", "on": "2025-03-01", "how": word("how", "TRANSFER_IN"), "standing": "会员",
            "collector": "", "confirmed": "",
        }  # fmt: skip

    def test_who_took_it_and_what_for_is_on_record_in_ids_and_field_names(self, collector):
        collector.taken_in(row(1))
        collector.export(opened=False)
        export = RollExport.objects.get()
        assert (export.purpose, export.reason, export.opened, export.rows, export.account) == (
            "CHECK", "与单位核对", False, 1, collector.by,
        )  # fmt: skip
        trail = AuditLine.objects.filter(subject=export.public_id).order_by("id")
        assert [line.action for line in trail] == [
            "membership.ask_export", "membership.export", "membership.fetch_export",
        ]  # fmt: skip
        line = AuditLine.objects.get(action="membership.export")
        assert (line.subject, line.fields, line.refs) == (
            export.public_id,
            [column.name for column in MEMBERS.columns],
            {"union": collector.union.public_id, "rows": 1, "purpose": "CHECK", "opened": 0},
        )

    def test_full_numbers_only_for_administrators_and_a_reason_always(self, collector, city):
        with pytest.raises(Refusal) as refused:
            collector.export(opened=True)
        assert (refused.value.code, RollExport.objects.count()) == ("NOT_ALLOWED", 0)
        collector.export(opened=True, by=city.administrator)
        assert RollExport.objects.get().opened
        with pytest.raises(Refusal) as silent:
            collector.export(opened=False, reason=" ")
        assert silent.value.code == "REASON_MISSING"

    def test_a_roll_that_no_form_holds_is_not_cut_off(self, collector, client, monkeypatch):
        from unionhall.kernel.imports.sheets import Limits

        collector.taken_in(row(1), row(2))
        monkeypatch.setattr(exporting, "LARGE", Limits(file=1, unzipped=1, rows=1))
        client.force_login(collector.by)
        address = f"/collection/{collector.union.public_id}/export"
        page = client.post(address, {"purpose": "REPORT", "reason": "年报"})
        said = "名册上有 2 名会员，而一张采集表最多 1 行。未导出任何内容，请分别导出下属各工会。"
        assert (page.status_code, said in page.content.decode(), RollExport.objects.count()) == (422, True, 0)

    def address(self, export, more=""):
        return f"/collection/{export.union.public_id}/exports/{export.public_id}{more}"

    def test_the_page_gives_the_file(self, collector, client):
        collector.taken_in(row(1))
        client.force_login(collector.by)
        address = f"/collection/{collector.union.public_id}/export"
        assert "opened" not in client.get(address).content.decode()
        asked = {"purpose": "REPORT", "reason": "年报", "opened": "on"}
        answer = client.post(address, asked)
        export = RollExport.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (302, self.address(export))
        waiting = client.get(self.address(export)).content.decode()
        assert ("生成中" in waiting, "下载工作簿" in waiting) == (True, False)
        early = client.get(self.address(export, "/file"))
        assert (early.status_code, early.headers["Location"]) == (302, self.address(export))
        (job,) = run_jobs()
        assert (job.state, job.result, job_messages.shown(job).address) == (
            "DONE", {"rows": 1}, self.address(export),
        )  # fmt: skip
        assert "下载工作簿" in client.get(self.address(export)).content.decode()
        file = client.get(self.address(export, "/file"))
        assert file.headers["Content-Type"] == WORKBOOK
        page = sheet(b"".join(file.streaming_content))
        assert "*" in page.cell(3, 4).value
        assert not export.opened
        listed = client.get(f"/collection/{collector.union.public_id}").content.decode()
        assert (self.address(export) in listed, "已生成" in listed) == (True, True)

    def test_a_second_press_makes_no_second_job(self, collector, city):
        collector.taken_in(row(1))
        first = collector.ask()
        assert collector.ask() == first
        others = [collector.ask(reason="年报"), collector.ask(by=city.administrator)]
        assert (len({first, *others}), Job.objects.filter(kind=exporting.EXPORT).count()) == (3, 3)
        assert [job.state for job in run_jobs()] == ["DONE"] * 3
        # What is finished is finished: later the roll may be another.
        assert collector.ask() not in {first, *others}

    def test_cancelled_midway_nothing_is_left(self, collector, client, monkeypatch, tmp_path):
        collector.taken_in(row(1), row(2), row(3))
        monkeypatch.setattr(exporting, "PORTION", 1)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        export = collector.ask()
        steps = []

        def until_cancelled(done, total, saying):
            steps.append((done, total, saying))
            if done == 2:
                raise Cancelled

        with pytest.raises(Cancelled):
            exporting.write_roll(by=collector.by, at=clock.now(), export=export, step=until_cancelled)
        assert steps == [(1, 3, "ROLL_WRITTEN"), (2, 3, "ROLL_WRITTEN")]
        assert list(tmp_path.iterdir()) == []
        cancel_job(by=collector.by, at=clock.now(), job=Job.objects.get(subject=export.public_id))
        assert run_jobs() == []
        noted = AuditLine.objects.filter(action="membership.export")
        assert (RollFile.objects.count(), noted.count()) == (0, 0)
        client.force_login(collector.by)
        page = client.get(self.address(export)).content.decode()
        assert ("未生成工作簿" in page, "下载工作簿" in page) == (True, False)

    def test_cancelled_when_it_is_packed_nothing_is_left_either(self, collector):
        collector.taken_in(row(1))
        export = collector.ask()

        def stop(_done, _total, saying):
            if saying == "ROLL_PACKED":
                raise Cancelled

        with pytest.raises(Cancelled):
            exporting.write_roll(by=collector.by, at=clock.now(), export=export, step=stop)
        assert RollFile.objects.count() == 0

    def test_begun_again_it_finds_the_finished_one(self, collector):
        collector.taken_in(row(1))
        export = collector.ask()
        quiet = lambda *_told: None  # noqa: E731
        for _time in range(2):
            assert exporting.write_roll(by=collector.by, at=clock.now(), export=export, step=quiet) == 1
        assert AuditLine.objects.filter(action="membership.export").count() == 1

    def test_it_is_kept_encrypted_and_for_seven_days(self, collector, client):
        collector.taken_in(row(1))
        collector.export(opened=False)
        file = RollFile.objects.get()
        assert not bytes(file.payload).startswith(b"PK")
        at = file.made_at + timedelta(days=7, seconds=1)
        with pytest.raises(Refusal) as late:
            exporting.fetch_export(by=collector.by, at=at, export=file.export)
        assert late.value.code == "EXPORT_DELETED"
        assert (exporting.purge_exports(at=file.made_at + timedelta(days=6)), purge(at=at)) == (0, 1)
        file.refresh_from_db()
        assert (file.payload, file.rows) == (None, 1)
        client.force_login(collector.by)
        assert "已删除" in client.get(self.address(file.export)).content.decode()
        answer = client.get(self.address(file.export, "/file"), follow=True)
        assert "请重新导出" in answer.content.decode()

    def test_only_who_asked_for_it_gets_it_and_only_while_they_may(self, collector, city, client):
        collector.taken_in(row(1))
        collector.export(opened=True, by=city.administrator)
        export = RollExport.objects.get()
        client.force_login(collector.by)
        page = client.get(self.address(export))
        assert (page.status_code, "下载工作簿" in page.content.decode()) == (200, False)
        assert client.get(self.address(export, "/file")).status_code == 404
        client.force_login(city.administrator)
        assert client.get(self.address(export, "/file")).status_code == 200
        # Full numbers go with the post that opens them.
        city.administrator.person.posts.update(role=PostRole.OFFICER)
        assert client.get(self.address(export)).status_code == 200
        assert client.get(self.address(export, "/file")).status_code == 404

    def test_who_may_not_any_more_gets_no_workbook_written(self, collector, city):
        collector.taken_in(row(1))
        collector.ask(opened=True, by=city.administrator)
        city.administrator.person.posts.all().delete()
        (job,) = run_jobs()
        assert (job.state, job.error, RollFile.objects.count()) == ("FAILED", "NOT_ALLOWED", 0)

    def test_the_pages_ask_a_fixed_number_of_questions(self, collector, client):
        collector.taken_in(row(1))
        client.force_login(collector.by)
        here = f"/collection/{collector.union.public_id}"
        for n in range(3):
            collector.export(opened=False, reason=f"年报{n}")
        client.get(here)
        with CaptureQueriesContext(connection) as few:
            client.get(here)
        for n in range(3, 9):
            collector.export(opened=False, reason=f"年报{n}")
        collector.ask(reason="还在排队")
        with CaptureQueriesContext(connection) as many:
            page = client.get(here).content.decode()
        assert (len(many), page.count("已生成"), page.count("生成中")) == (len(few), 9, 1)
        files = [one["sql"] for one in many if "rollfile" in one["sql"]]
        assert [len(files), *(sql for sql in files if '"payload",' in sql)] == [1]

    def test_memory_does_not_grow_with_the_questions_of_the_roll(self, collector):
        """As many statements for each batch of the roll, none for each member."""
        collector.taken_in(*(row(n) for n in range(1, 6)))
        ground = frozenset(Union.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as few:
            assert len(list(exporting.roll_rows(ground, opened=False))) == 5
        collector.taken_in(*(row(n) for n in range(6, 30)))
        with CaptureQueriesContext(connection) as many:
            assert len(list(exporting.roll_rows(ground, opened=False))) == 29
        assert len(few) == len(many)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=20
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["=江", "+1", "-阿依努尔·买买提", "@李𠮷", "'王", "江明"]) | TEXT,
            "employment": st.sampled_from(["EMPLOYER", "PLATFORM", "NONE"]),
            "employer": st.sampled_from(["=快送", "0012 车间", "测试纺织厂"]),
            "occupation": st.sampled_from(["COURIER", "OTHER", "LORRY_DRIVER"]),
            "site": st.sampled_from(["", "-1 站", "'城东"]),
            "on": st.dates(date(2007, 1, 1), TODAY).map(date.isoformat),
            "how": st.sampled_from(["JOIN", "TRANSFER_IN"]),
            "standing": st.sampled_from(["", "MEMBER", "RETAINED"]),
            "union": st.sampled_from(["", "梧桐里街道总工会"]),
            "phone": st.sampled_from(["", "19900001111", "+86 199-0000-2222"]),
            "sex": st.sampled_from(["", "MALE"]),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_was_exported_and_comes_back_is_the_same(collector, city, rows):
    from django.db import transaction

    with transaction.atomic():
        Employer.objects.get_or_create(name="测试纺织厂", defaults={"credit_code": credit_code(9)})
        first = collector.hand_in(filled([row(n, **one) for n, one in enumerate(rows)]))
        assert first.counts.get("ERROR", 0) == 0, said(first)
        collector.commit(first, ImportChoice.ALL)
        data = collector.export(opened=True, by=city.administrator)
        again = collector.hand_in(data)
        assert (again.counts, said(again)) == ({"SAME": len(rows)}, [])
        assert Particulars.objects.filter(person__membership__isnull=False).count() == len(rows)
        transaction.set_rollback(True)


class TestOrganisations:
    def test_unions_are_founded_in_the_order_of_the_file(self, collector, city):
        rows = [
            {"name": "城东快递行业工会联合会", "level": "GRASSROOTS", "superior": "城东区总工会",
             "since": "2025/3/1"},
            {"name": "城东第一快递站工会", "short_name": "一站", "level": "GRASSROOTS",
             "superior": "城东快递行业工会联合会", "since": "2025年4月1日", "credit_code": credit_code(81)},
            {"name": "没上级", "level": "CITY", "superior": "没有的", "since": "2025-04-01"},
        ]  # fmt: skip
        staged = collector.hand_in(filled(rows, UNIONS), kind="UNIONS", by=city.administrator)
        assert staged.counts == {"ADD": 2, "ERROR": 1}
        assert said(staged) == [
            (
                5,
                "ERROR",
                "工会级别：不在下拉列表中，请从列表中选择；上级工会：所选工会及其下属没有“没有的”，请写工会全称",
            ),
        ]
        job = collector.commit(staged, ImportChoice.GOOD, by=city.administrator)
        assert (job.state, job.error) == ("DONE", "")
        line = Command.objects.get(union__name="城东第一快递站工会")
        assert (line.superior.name, line.starts, line.union.credit_code) == (
            "城东快递行业工会联合会", date(2025, 4, 1), credit_code(81),
        )  # fmt: skip
        again = collector.hand_in(
            filled([rows[1] | {"short_name": "壹站"}], UNIONS), kind="UNIONS", by=city.administrator
        )
        assert (again.counts, said(again)[0][2]) == ({"SAME": 1}, "与登记不同，未作改动：工会简称")

    def test_employers_are_registered_and_covered(self, collector, city):
        Employer.objects.create(name="旧厂", credit_code=credit_code(1))
        rows = [
            {"name": "新厂", "credit_code": credit_code(2), "unit_type": "PRIVATE",
             "union": "梧桐里街道总工会", "since": "2025-01-01"},
            {"name": "旧厂", "credit_code": credit_code(1), "union": "城东区总工会", "since": "2025-01-01"},
            {"name": "另厂", "credit_code": credit_code(1)},
            {"name": "丁厂", "credit_code": credit_code(3)[:-1] + "Y", "union": "城东区总工会"},
        ]  # fmt: skip
        staged = collector.hand_in(filled(rows, EMPLOYERS), kind="EMPLOYERS", by=city.administrator)
        assert staged.counts == {"ADD": 2, "ERROR": 2}
        assert said(staged) == [
            (4, "ADD", "单位已登记，将增加所属工会"),
            (
                5,
                "ERROR",
                (
                    "统一社会信用代码：与第 4 行重复，请删去其中一行；统一社会信用代码：已是“旧厂”的代码，"
                    "请核对名称和代码"
                ),
            ),
            (
                6,
                "ERROR",
                "统一社会信用代码：校验位不符，有数字填错，请与原件核对；覆盖起始日期：未填写，请补充",
            ),
        ]
        collector.commit(staged, ImportChoice.GOOD, by=city.administrator)
        new = Employer.objects.get(name="新厂")
        assert (new.credit_code, new.unit_type, new.territory) == (credit_code(2), "PRIVATE", collector.union)
        covered = Coverage.objects.filter(employer__name__in=("新厂", "旧厂")).order_by("employer__name")
        assert sorted(covered.values_list("employer__name", "union__name")) == [
            ("新厂", "梧桐里街道总工会"),
            ("旧厂", "城东区总工会"),
        ]
        again = collector.hand_in(filled(rows[:2], EMPLOYERS), kind="EMPLOYERS", by=city.administrator)
        assert again.counts == {"SAME": 2}


class TestPages:
    def test_from_upload_to_result(self, collector, client):
        client.force_login(collector.by)
        base = f"/collection/{collector.union.public_id}"
        assert client.get("/collection").url == base
        assert "尚未导入过采集表" in client.get(base).content.decode()
        sent = io.BytesIO(filled([row(1), row(2, how="")]))
        sent.name = "采集.xlsx"
        here = client.post(f"{base}/new", {"kind": "MEMBERS", "file": sent}).url
        assert "核对采集表" in client.get(here).content.decode()
        run_jobs()
        page = client.get(here).content.decode()
        assert ("导入 1 行正确的，其余退回" in page, "入会方式：未填写，请补充" in page) == (True, True)
        assert client.post(f"{here}/decide", {"decision": "GOOD"}).url == here
        run_jobs()
        assert "正确的行已导入" in client.get(here).content.decode()
        assert client.post(f"{here}/decide", {"decision": "WHATEVER"}).status_code == 404
        assert "taken in" in client.get(base, headers={"Accept-Language": "en"}).content.decode() or (
            "已导入" in client.get(base).content.decode()
        )

    def test_a_discarded_file_is_gone(self, collector, client):
        staged = collector.hand_in(filled([row(1)]))
        client.force_login(collector.by)
        here = f"/collection/{collector.union.public_id}/{staged.public_id}"
        client.post(f"{here}/decide", {"decision": "DISCARD"})
        staged.refresh_from_db()
        assert staged.payload is None
        assert "文件已放弃" in client.get(here).content.decode()

    def test_the_empty_forms_offer_the_unions_within_reach(self, collector, client):
        client.force_login(collector.by)
        base = f"/collection/{collector.union.public_id}/forms"
        answer = client.get(f"{base}/MEMBERS")
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        offered = [cell.value for column in book["选项"].columns for cell in column]
        assert ("梧桐里街道总工会" in offered, "江岸街道总工会" in offered) == (True, False)
        assert client.get(f"{base}/UNIONS").status_code == 404

    def test_officers_are_led_to_every_page_by_links(self, collector, client):
        import re

        staged = collector.hand_in(filled([row(1), row(2, how="")]))
        client.force_login(collector.by)

        def led(address):
            page = client.get(address, follow=True)
            assert page.status_code == 200, address
            return set(re.findall(r'href="(/[^"#?]*)"', page.content.decode()))

        base = f"/collection/{collector.union.public_id}"
        assert ("/collection" in led("/"), "/collection" in led("/members")) == (True, True)
        wanted = {f"{base}/new", f"{base}/export", f"{base}/forms/MEMBERS", f"{base}/{staged.public_id}"}
        under = f"/collection/{Union.objects.get(name='梧桐里街道总工会').public_id}"
        assert wanted | {under} <= led("/collection")
        assert f"{base}/{staged.public_id}/returned" in led(f"{base}/{staged.public_id}")
        assert {f"{base}/forms/MEMBERS", base} <= led(f"{base}/new")
        for address in (*wanted, under, f"{base}/{staged.public_id}/returned"):
            answer = client.get(address)
            assert (answer.status_code, answer.getvalue() != b"") == (200, True), address

    def test_the_page_comes_anew_when_its_job_has_ended(self, collector, client):
        client.force_login(collector.by)
        staged = importing.hand_in(
            by=collector.by,
            at=clock.now(),
            union=collector.union,
            kind="MEMBERS",
            name="采集.xlsx",
            data=filled([row(1)]),
        )
        job = Job.objects.get(subject=staged.public_id)
        page = client.get(f"/collection/{collector.union.public_id}/{staged.public_id}").content.decode()
        assert f'hx-get="/jobs/{job.public_id}/state?inside=1"' in page
        state = f"/jobs/{job.public_id}/state"
        assert "HX-Refresh" not in client.get(f"{state}?inside=1").headers
        run_jobs()
        assert client.get(f"{state}?inside=1").headers["HX-Refresh"] == "true"
        assert "HX-Refresh" not in client.get(state).headers

    def test_pairs_that_an_import_brought_up_are_one_link_away(self, collector, client):
        staged = collector.taken_in(row(1), row(2, name="江1", phone=row(1)["phone"]))
        client.force_login(collector.by)
        page = client.get(f"/collection/{collector.union.public_id}/{staged.public_id}").content.decode()
        assert page.count('href="/matches"') == 2  # in the navigation, and here
