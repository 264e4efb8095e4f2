"""Entries and jurors from workbooks, good and bad."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from openpyxl import Workbook, load_workbook

from unionhall.apps.contests.codes import Admission
from unionhall.apps.contests.models import Juror, Stage
from unionhall.apps.contests.usecases import imports, stages
from unionhall.kernel import clock
from unionhall.kernel.imports import SheetError, purge_imports, returned_table, template
from unionhall.kernel.imports.staging import file_of
from unionhall.kernel.models import StagedImport
from unionhall.kernel.refusals import Refusal

HEADER = ["选手", "作品名称", "单位", "工种", "选送单位"]
ROWS = [
    ["李𠮷", "铁轨的温度", "线路工程段", "钢轨焊接工", "轨道交通工会"],
    ["阿依努尔·买买提", "经纬之间", "丝路纺织厂", "挡车工", "纺织服装工会"],
    ["ئاينۇر مەمەت", "晨光", "0012 车间", "质检员", "纺织服装工会"],
]


@pytest.fixture
def draft(city):
    at = clock.now()
    stage = stages.add_stage(
        by=city.organiser, at=at, contest=city.stage.contest, name="复赛", starts_at=at, venue="礼堂"
    )
    stages.form_jury(by=city.organiser, at=at, stage=stage, code="EXPERT", name="专家评审")
    return stage


def workbook(rows, change=None) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stage_file(city, stage, data, name="选手.xlsx", kind="ENTRIES"):
    return imports.stage_sheet(
        by=city.organiser, at=clock.now(), stage=stage, kind=kind, name=name, data=data
    )


def told(staged, stage):
    return [(o.row.number, o.what, o.said) for o in imports.plan(staged, stage)]


def test_a_dry_run_changes_nothing_and_the_commit_adds_all(city, draft):
    staged = stage_file(city, draft, workbook([HEADER, *ROWS]))
    assert told(staged, draft) == [(2, "ADD", ""), (3, "ADD", ""), (4, "ADD", "")]
    assert draft.entries.count() == 0
    assert imports.commit_sheet(by=city.organiser, at=clock.now(), stage=draft, staged=staged) == 3
    entered = draft.entries.order_by("id").values_list(
        "person__name", "title", "unit", "trade", "sent_by__name"
    )
    assert [list(row) for row in entered] == ROWS
    with pytest.raises(Refusal) as again:
        imports.commit_sheet(by=city.organiser, at=clock.now(), stage=draft, staged=staged)
    assert again.value.code == "IMPORT_DONE"
    second = stage_file(city, draft, workbook([HEADER, *ROWS]))
    assert [what for _row, what, _said in told(second, draft)] == ["SAME"] * 3


def test_a_speaker_known_to_the_union_is_not_registered_twice(city, draft):
    from unionhall.apps.people.models import Person

    before = Person.objects.filter(name="沈岚").count()
    person = Person.objects.get(name="沈岚")
    row = ["沈岚", "新作", "调度所", "调度员", person.union.name]
    staged = stage_file(city, draft, workbook([HEADER, row]))
    imports.commit_sheet(by=city.organiser, at=clock.now(), stage=draft, staged=staged)
    assert (Person.objects.filter(name="沈岚").count(), draft.entries.get().person) == (before, person)


def test_every_wrong_row_is_told_and_nothing_is_added(city, draft):
    rows = [
        HEADER,
        ROWS[0],
        ["", "无名", "厂", "工", "教育工会"],
        ["甲", "题", "厂", "工", "没有的工会"],
        ROWS[0],
        ["乙", "=1+1", "厂", "工", "教育工会"],
        ["丙", "题", 123456789012345678, "工", "教育工会"],
        ["丁", "长" * 121, "厂", "工", "教育工会"],
    ]
    staged = stage_file(city, draft, workbook(rows))
    assert told(staged, draft) == [
        (2, "ADD", ""),
        (3, "ERROR", "选手：请填写"),
        (4, "ERROR", "主办单位所属范围内没有“没有的工会”，请写工会全称"),
        (5, "ERROR", "该选手在文件中出现两次，请删去一行"),
        (6, "ERROR", "含有公式，请直接填写数值"),
        (7, "ERROR", "数字过长已失真，请将该列设为文本后重新填写"),
        (8, "ERROR", "作品名称：过长，请缩短"),
    ]
    with pytest.raises(Refusal) as refused:
        imports.commit_sheet(by=city.organiser, at=clock.now(), stage=draft, staged=staged)
    assert (refused.value.code, refused.value.data, draft.entries.count()) == (
        "IMPORT_ERRORS",
        {"rows": 6},
        0,
    )


def test_merged_cells_trailing_blanks_and_blank_lines(city, draft):
    def change(sheet):
        sheet.merge_cells("E2:E3")
        sheet.cell(40, 1).value = "  "

    rows = [
        HEADER,
        [*ROWS[1][:4], "纺织服装工会"],
        ["丙", "题", "厂", "工", None],
        [],
        ["丁", "题二", "厂", "工", "教育工会"],
    ]
    staged = stage_file(city, draft, workbook(rows, change))
    assert told(staged, draft) == [(2, "ADD", ""), (3, "ADD", ""), (5, "ADD", "")]


def test_the_returned_sheet_is_the_uploaders_own_with_the_reasons(city, draft, client):
    data = workbook([HEADER, ["甲", "题", "厂", "工", "没有的工会"], ROWS[0]])
    staged = stage_file(city, draft, data)
    client.force_login(city.organiser)
    answer = client.get(f"/stages/{draft.public_id}/imports/{staged.public_id}/returned")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [[c.value for c in line] for line in sheet.iter_rows()] == [
        [*HEADER, "需改正"],
        ["甲", "题", "厂", "工", "没有的工会", "第 2 行：主办单位所属范围内没有“没有的工会”，请写工会全称"],
        [*ROWS[0], None],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_that_people_have(city, draft, encoding):
    text = "\r\n".join(",".join(row) for row in [HEADER, ROWS[1]])
    staged = stage_file(city, draft, text.encode(encoding), name="选手.csv")
    assert told(staged, draft) == [(2, "ADD", "")]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.xlsx", b"no workbook", "NOT_A_SHEET"),
        ("x.xlsx", workbook([["甲", "乙"], ["1", "2"]]), "COLUMN_MISSING"),
        ("x.xlsx", workbook([]), "EMPTY"),
        ("x.csv", b"\xff\xfe\x00\x01", "NOT_A_SHEET"),
        ("x.csv", b"x" * (5 * 1024 * 1024 + 1), "TOO_LARGE"),
        ("x.csv", ("选手,作品名称,单位,工种,选送单位\n" + "a,b,c,d,e\n" * 10_001).encode(), "TOO_MANY_ROWS"),
        ("x.xlsx", bomb(), "TOO_LARGE"),
    ],
    ids=["no workbook", "columns", "empty", "binary", "large", "rows", "bomb"],
)
def test_files_that_cannot_be_taken(city, draft, name, data, code):
    with pytest.raises(SheetError) as refused:
        stage_file(city, draft, data, name=name)
    assert (refused.value.code, StagedImport.objects.count()) == (code, 0)


def test_a_refused_file_is_told_in_words_on_the_page(city, draft, client):
    client.force_login(city.organiser)
    sent = io.BytesIO(workbook([["甲"], ["1"]]))
    sent.name = "选手.xlsx"
    page = client.post(f"/stages/{draft.public_id}/upload/entries", {"file": sent})
    assert page.status_code == 422
    assert "文件缺少列：选手、作品名称、单位、工种、选送单位。未保存任何内容。" in page.content.decode()


def test_jurors_take_seats_on_their_juries(city, draft):
    stages.form_jury(
        by=city.organiser, at=clock.now(), stage=draft, code="PUBLIC", name="大众", admission=Admission.OPEN
    )
    rows = [
        ["评审组", "席位", "评委"],
        ["专家评审", "专家 1", "王一"],
        ["EXPERT", "专家 2", ""],
        ["大众", "1", ""],
        ["无", "1", ""],
    ]
    staged = stage_file(city, draft, workbook(rows), kind="JURORS")
    assert told(staged, draft)[2:] == [
        (4, "ERROR", "大众为开放评审组，没有名单"),
        (5, "ERROR", "没有评审组“无”，请先组建"),
    ]
    staged = stage_file(city, draft, workbook(rows[:3]), kind="JURORS")
    assert imports.commit_sheet(by=city.organiser, at=clock.now(), stage=draft, staged=staged) == 2
    seats = (
        Juror.objects.filter(jury__stage=draft).order_by("seat").values_list("seat", "label", "person__name")
    )
    assert list(seats) == [(1, "专家 1", "王一"), (2, "专家 2", None)]


def test_the_file_is_encrypted_bound_to_its_id_and_deleted_after_seven_days(city, draft):
    data = "选手,作品名称,单位,工种,选送单位\n甲,题,厂,工,教育工会\n".encode()
    staged = stage_file(city, draft, data, name="x.csv")
    assert data not in bytes(staged.payload)
    assert file_of(staged) == data
    assert purge_imports(at=staged.created_at + timedelta(days=6)) == 0
    assert purge_imports(at=staged.created_at + timedelta(days=8)) == 1
    staged.refresh_from_db()
    with pytest.raises(Refusal) as gone:
        file_of(staged)
    assert gone.value.code == "IMPORT_PURGED"


def test_the_template_is_accepted_and_returned_cells_are_harmless(city, draft):
    staged = stage_file(city, draft, template(imports.ENTRIES))
    assert told(staged, draft) == []
    _name, data = returned_table("x.csv", "选手\n=cmd()\n".encode(), "错误", {2: "+1"})
    assert data.decode("utf-8-sig") == "选手,错误\r\n'=cmd(),'+1\r\n"


def test_nobody_else_may_import(city, draft):
    with pytest.raises(Refusal):
        imports.stage_sheet(
            by=city.scrutineer,
            at=clock.now(),
            stage=Stage.objects.get(pk=draft.pk),
            kind="ENTRIES",
            name="x.csv",
            data=b"",
        )
