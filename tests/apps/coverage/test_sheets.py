from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO

from django.db import connection
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from tests.apps.coverage.conftest import code_of, credit_code
from unionhall.apps.coverage import messages, queries
from unionhall.apps.coverage.codes import SheetPurpose
from unionhall.apps.coverage.models import Enterprise, VisitContact
from unionhall.apps.coverage.usecases.sheet import exporting, importing
from unionhall.apps.coverage.usecases.sheet.columns import (
    FORM_WORDS,
    FORMS,
    FUNDS,
    FUNDS_WORDS,
    PARTIES,
    PARTY_WORDS,
    STATE_WORDS,
    STATES,
    meant,
)
from unionhall.kernel import audit, clock
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.imports.staging import file_of, report_of
from unionhall.kernel.sealed import seal

TITLES = [
    "序号",
    "单位名称",
    "信用代码",
    "经营地址",
    "职工数",
    "联系人",
    "手机",
    "是否建会",
    "走访情况",
    "网格员",
    "楼长",
    "备注",
]


def workbook(*rows, titles=TITLES, heading="梧桐里街道企业建会台账（2025年）"):
    book = Workbook()
    sheet = book.active
    if heading:
        sheet.append([heading])
    sheet.append(titles)
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


FIRST = [1, "云澜信息技术有限公司", credit_code(1), "梧桐里街道东港路12号", "31人", "王经理",
         "15400000001", "未建会",
         "2025-03-04 上门，门卫接待", "田野", "刘楼长", "三楼"]  # fmt: skip


def taken(ledger, run_jobs, data, name="台账.xlsx", choice=ImportChoice.ALL):
    """The staged file after its dry run, and after its commit when it was wanted."""
    staged = importing.hand_in(by=ledger.officer, at=clock.now(), ground=ledger.street, name=name, data=data)
    run_jobs()
    staged.refresh_from_db()
    if choice:
        importing.ask_commit(by=ledger.officer, at=clock.now(), staged=staged, choice=choice)
        run_jobs()
        staged.refresh_from_db()
    return staged


def said(staged):
    return {line["row"]: messages.of_line(line) for line in report_of(staged)}


def out_of(ledger, *, by=None, opened=False):
    target = BytesIO()
    exporting.export_sheet(
        by=by or ledger.officer, at=clock.now(), ground=ledger.street, purpose=SheetPurpose.VISITS,
        opened=opened, target=target,
    )  # fmt: skip
    rows = list(load_workbook(BytesIO(target.getvalue())).worksheets[0].iter_rows(values_only=True))
    titles = [title.rstrip("*") for title in rows[0]]
    return target.getvalue(), [dict(zip(titles, row, strict=True)) for row in rows[2:]]


def test_last_years_ledger_comes_in_with_columns_of_its_own(ledger, run_jobs):
    staged = taken(ledger, run_jobs, workbook(FIRST), choice=None)
    assert staged.counts == {"ADD": 1}
    assert Enterprise.objects.count() == 0
    staged = taken(ledger, run_jobs, workbook(FIRST))
    assert staged.counts == {"ADD": 1}
    row = Enterprise.objects.get()
    assert (row.name, row.credit_code, row.headcount, row.state) == (FIRST[1], credit_code(1), 31, "NONE")
    assert (row.town, row.road, row.steward_words) == ("梧桐里街道", "东港路", "田野")
    assert row.last_contact_on == date(2025, 3, 4)
    assert queries.enterprises.kept_columns(row) == {
        "楼长": "刘楼长", "备注": "三楼", "走访记录": "2025-03-04 上门，门卫接待",
    }  # fmt: skip
    assert "刘楼长".encode() not in bytes(row.extra_sealed)
    assert VisitContact.objects.get().enterprise == row


def test_the_same_file_again_says_what_is_there(ledger, run_jobs):
    taken(ledger, run_jobs, workbook(FIRST))
    assert taken(ledger, run_jobs, workbook(FIRST)).counts == {"SAME": 1}
    assert Enterprise.objects.count() == 1


def test_what_goes_out_comes_in_again_unchanged(ledger, run_jobs):
    taken(ledger, run_jobs, workbook(FIRST))
    ledger.contact(
        Enterprise.objects.get(), outcome="AGREED", note="愿意建会", next_step="送材料", next_due=ledger.soon
    )
    ledger.add(
        codes=(credit_code(50),),
        state="REFUSED",
        party="JOINT",
        funds="YES",
        funds_fen=123456,
        legal_form="PRIVATE",
        headcount=7,
    )
    data, rows = out_of(ledger)
    assert [row["序号"] for row in rows] == ["1", "2"]
    first = next(row for row in rows if row["企业名称"] == FIRST[1])
    assert (first["楼长"], first["备注"], first["联系人"], first["联系电话"]) == (
        "刘楼长",
        "三楼",
        "王经理",
        "154****0001",
    )
    assert first["走访记录"].splitlines() == [
        f"{ledger.today.isoformat()} 上门走访 同意 愿意建会 （林晓东）", "2025-03-04 上门，门卫接待",
    ]  # fmt: skip
    assert (first["建会情况"], first["下一步"], first["完成时限"]) == (
        "未建会",
        "送材料",
        ledger.soon.isoformat(),
    )
    second = next(row for row in rows if row["企业名称"] != FIRST[1])
    assert (second["代收金额（元）"], second["建会情况"], second["党组织情况"]) == (
        "1234.56",
        "拒绝建会",
        "联合党支部",
    )
    assert taken(ledger, run_jobs, data).counts == {"SAME": 2}


HOURED = ["企业名称", "统一社会信用代码", "营业时间"]


def test_hours_come_in_as_people_write_them_and_go_out_in_one_way(ledger, run_jobs):
    staged = taken(
        ledger,
        run_jobs,
        workbook(
            ["甲厂", credit_code(2), "星期一到五 9点—18点"], ["乙店", credit_code(3), "看老板心情"],
            ["丙店", credit_code(4), "/"], titles=HOURED,
        ),
        choice=ImportChoice.GOOD,
    )  # fmt: skip
    assert staged.counts == {"ADD": 2, "ERROR": 1}
    assert said(staged)[4] == (
        "营业时间：“看老板心情”无法识别。请写成“周一至周五 9:00-18:00，周六 10:00-16:00”的样子。"
    )
    assert dict(Enterprise.objects.values_list("name", "opening_hours")) == {
        "甲厂": "Mo-Fr 09:00-18:00",
        "丙店": "",
    }
    data, rows = out_of(ledger)
    assert {row["企业名称"]: row["营业时间"] for row in rows} == {
        "甲厂": "周一至周五 09:00–18:00",
        "丙店": None,
    }
    assert taken(ledger, run_jobs, data).counts == {"SAME": 2}
    changed = workbook(["甲厂", credit_code(2), "每天 24小时"], titles=HOURED)
    staged = taken(ledger, run_jobs, changed)
    assert (staged.counts, said(staged)[3]) == ({"CHANGE": 1}, "与现有内容不同：营业时间")
    assert Enterprise.objects.get(name="甲厂").opening_hours == "00:00-24:00"


def test_a_column_of_hours_that_was_kept_before_goes_out_in_its_place(ledger):
    one = ledger.add("甲厂")
    text = json.dumps({"开放时间": "早市", "楼长": "刘"}, ensure_ascii=False)
    Enterprise.objects.update(extra_sealed=seal(text, row=one.public_id, column=queries.enterprises.EXTRA))
    _data, rows = out_of(ledger)
    assert (rows[0]["营业时间"], rows[0]["楼长"], "开放时间" in rows[0]) == ("早市", "刘", False)


def test_numbers_in_full_are_an_administrators(ledger, run_jobs):
    taken(ledger, run_jobs, workbook(FIRST))
    refused = code_of(
        exporting.export_sheet, by=ledger.officer, ground=ledger.street, purpose=SheetPurpose.REPORT,
        opened=True, target=BytesIO(),
    )  # fmt: skip
    assert refused == "NOT_ALLOWED"
    _data, rows = out_of(ledger, by=ledger.administrator, opened=True)
    assert rows[0]["联系电话"] == "15400000001"
    line = audit.history(ledger.street).filter(action="ledger.export").first()
    assert line.refs == {"rows": 1, "purpose": "VISITS", "opened": 1}


def test_a_changed_row_changes_what_it_says_and_nothing_else(ledger, run_jobs):
    taken(ledger, run_jobs, workbook(FIRST))
    changed = [1, "云澜智能科技有限公司", credit_code(1), "", 55, "", "", "已建会", "", "", "", "四楼"]
    staged = taken(ledger, run_jobs, workbook(changed))
    assert staged.counts == {"CHANGE": 1}
    assert list(said(staged).values()) == ["与现有内容不同：企业名称、职工人数、建会情况、贵单位自有列"]
    row = Enterprise.objects.get()
    assert (row.name, row.headcount, row.state, row.address) == (
        "云澜智能科技有限公司",
        55,
        "FOUNDED",
        FIRST[3],
    )
    assert list(row.names.order_by("pk").values_list("name", "former")) == [
        (FIRST[1], True),
        (row.name, False),
    ]
    assert queries.enterprises.kept_columns(row)["备注"] == "四楼"
    # Nobody goes there any more to found a union.
    assert VisitContact.objects.count() == 0


def test_wrong_rows_come_back_with_row_column_and_cure(ledger, run_jobs):
    wrong = [
        [1, "", credit_code(2)],
        [2, "甲厂", 911101000000001234],
        [3, "乙厂", "91990000MA0000011X"],
        [4, "丙厂", "", "", "三十来个"],
        [5, "丁厂", "", "", "", "", "12", "也许吧"],
        [6, "戊厂"],
        [7, "戊厂 "],
    ]
    staged = taken(ledger, run_jobs, workbook(*wrong, FIRST), choice=None)
    assert staged.counts == {"ERROR": 6, "ADD": 2}
    assert {row: text.split("：")[0] for row, text in said(staged).items()} == {
        3: "企业名称", 4: "统一社会信用代码", 5: "统一社会信用代码", 6: "职工人数", 7: "建会情况",
        9: "企业名称",
    }  # fmt: skip
    refused = code_of(importing.ask_commit, by=ledger.officer, staged=staged, choice=ImportChoice.ALL)
    assert refused == "IMPORT_ERRORS"
    importing.ask_commit(by=ledger.officer, at=clock.now(), staged=staged, choice=ImportChoice.GOOD)
    run_jobs()
    assert set(Enterprise.objects.values_list("name", flat=True)) == {"戊厂", FIRST[1]}


def test_a_row_that_became_wrong_meanwhile_stops_a_ledger_of_all_or_none(ledger, run_jobs, monkeypatch):
    monkeypatch.setattr(importing, "INTAKE", replace(importing.INTAKE, portion=1))
    other = [2, "甲厂", credit_code(2)]
    staged = taken(ledger, run_jobs, workbook(FIRST, other), choice=None)
    assert staged.counts == {"ADD": 2}
    ledger.add("甲厂", ground=ledger.district, codes=(credit_code(2),))
    importing.ask_commit(by=ledger.officer, at=clock.now(), staged=staged, choice=ImportChoice.ALL)
    (job,) = run_jobs()
    assert (job.state, job.error, job.error_data) == ("FAILED", "IMPORT_ERRORS", {"rows": 1})
    # On SQLite each portion stands for itself, so that nobody waits for its only writer.
    left = Enterprise.objects.filter(name=FIRST[1]).count()
    assert left == (0 if connection.vendor == "postgresql" else 1)


def test_the_uploaders_own_file_comes_back(ledger, run_jobs, client):
    staged = taken(ledger, run_jobs, workbook([1, "丙厂", "", "", "三十来个"]), choice=None)
    client.force_login(ledger.officer)
    response = client.get(
        reverse("coverage:sheet-returned", args=[ledger.street.public_id, staged.public_id])
    )
    sheet = load_workbook(BytesIO(b"".join(response))).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][: len(TITLES)] == tuple(TITLES)
    assert rows[1][-1] == "需改正"
    assert rows[2][-1].startswith("职工人数：")


def test_one_of_another_ground_is_left_where_it_is(ledger, run_jobs):
    there = ledger.add(ground=ledger.district, codes=(credit_code(1),))
    staged = taken(ledger, run_jobs, workbook(FIRST), choice=None)
    assert staged.counts == {"ERROR": 1}
    assert "城东区总工会" in next(iter(said(staged).values()))
    assert ledger.fresh(there).ground == ledger.district


def test_a_sheet_in_gb18030_and_a_hostile_one(ledger, run_jobs, client):
    data = "单位名称,备注\n云栈𠮷商贸有限公司,=cmd|' /C calc'!A0\n".encode("gb18030")
    assert taken(ledger, run_jobs, data, name="旧台账.csv").counts == {"ADD": 1}
    _data, rows = out_of(ledger)
    assert rows[0]["企业名称"] == "云栈𠮷商贸有限公司"
    assert rows[0]["备注"].startswith("'=")
    client.force_login(ledger.officer)
    url = reverse("coverage:sheets", args=[ledger.street.public_id])
    for content, words in ((b"\x00\x01", "损坏"), ("姓名\n甲\n".encode(), "企业名称"), (b"", "")):
        sent = BytesIO(content)
        sent.name = "x.csv"
        response = client.post(url, {"file": sent})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert file_of(importing.StagedImport.objects.latest("pk")) == data


def test_every_word_that_goes_out_is_read_as_what_it_says():
    for words, told in (
        (STATES, STATE_WORDS),
        (PARTIES, PARTY_WORDS),
        (FUNDS, FUNDS_WORDS),
        (FORMS, FORM_WORDS),
    ):
        back = {code: meant(words, word) for code, word in told.items()}
        # What a founding says is never taken from a sheet.
        assert back == {code: "NONE" if code == "BEING_FOUNDED" else code for code in told}


def test_the_longest_word_decides_and_a_cell_at_odds_says_nothing():
    assert meant(STATES, "无需建会") == "NOT_DUE"
    assert meant(STATES, "不是") == "NONE"
    assert meant(STATES, "未建（总部已建）") is None
    assert meant(STATES, "……") is None


def test_nothing_that_a_row_says_is_dropped_without_a_word(ledger, run_jobs):
    titles = ["企业名称", "联系电话", "经费代收", "代收金额", "下一步", "完成时限", "建会情况", "建会时间"]
    rows = [
        ["甲厂", "15400000001", "", "1,200.5元", "", "", "", ""],
        ["乙厂", "", "否", "300", "", "", "", ""],
        ["丙厂", "", "", "", "", "2026-12-01", "", ""],
        ["丁厂", "", "", "", "", "", "", "2024.3"],
    ]
    staged = taken(ledger, run_jobs, workbook(*rows, titles=titles, heading=""), choice=ImportChoice.GOOD)
    assert staged.counts == {"ADD": 1, "ERROR": 3}
    assert {row: text.split("：")[0] for row, text in said(staged).items()} == {
        3: "代收金额（元）", 4: "完成时限", 5: "建会时间",
    }  # fmt: skip
    row = Enterprise.objects.get()
    assert (row.funds, row.funds_fen) == ("YES", 120_050)
    data, out = out_of(ledger)
    assert (out[0]["联系人"], out[0]["联系电话"]) == ("（未留姓名）", "154****0001")
    assert taken(ledger, run_jobs, data).counts == {"SAME": 1}
