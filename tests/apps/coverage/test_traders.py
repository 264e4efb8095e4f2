"""Names that name a person: masked wherever they stand, whole for whoever goes there, found by an index."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from openpyxl import load_workbook

from tests.apps.coverage.conftest import code_of, credit_code, geojson
from tests.apps.coverage.test_registers import as_csv, desk  # noqa: F401 - a fixture
from tests.apps.coverage.test_sheets import FIRST, said, taken, workbook
from unionhall.apps.coverage import migrations, queries
from unionhall.apps.coverage.codes import Gone, SheetPurpose, Source, UnionState
from unionhall.apps.coverage.models import Enterprise, EnterpriseName, Founding, WholeName
from unionhall.apps.coverage.usecases import contacts, covering, enterprises, rounds, states
from unionhall.apps.coverage.usecases.figures import freeze_figures
from unionhall.apps.coverage.usecases.samples import draw_sample
from unionhall.apps.coverage.usecases.sheet import exporting
from unionhall.apps.orgs.models import Employer
from unionhall.kernel import clock
from unionhall.kernel.imports.staging import report_of
from unionhall.kernel.models import AuditLine

SHOP, MASKED = "江城市城东区李红梅服装店", "江城市城东区李某某服装店"


def whole(enterprise):
    return queries.names.whole([enterprise])[enterprise.pk]


def shown(ground):
    return sorted(Enterprise.objects.filter(ground=ground).values_list("name", flat=True))


def found_by(text):
    return sorted(Enterprise.objects.filter(queries.enterprises.like(text)).values_list("name", flat=True))


def holding(*words, labels=("coverage", "kernel", "orgs")):
    """The columns of all tables in which one of some words stands, as text or in bytes."""
    found = set()
    for model in apps.get_models():
        if model._meta.app_label not in labels:
            continue
        for field in model._meta.local_fields:
            if not isinstance(
                field, (models.CharField, models.TextField, models.JSONField, models.BinaryField)
            ):
                continue
            for value in model.objects.values_list(field.attname, flat=True):
                text = (
                    bytes(value).decode("utf-8", "ignore")
                    if isinstance(value, (bytes, memoryview))
                    else str(value)
                )
                if any(word in text for word in words):
                    found.add(f"{model.__name__}.{field.name}")
    return found


def test_a_traders_name_is_masked_sealed_and_found_by_the_whole_of_it(ledger):
    row = ledger.add(SHOP, codes=(), person="李红梅")
    ledger.add("李红梅服装有限公司", person="李红梅")
    row.refresh_from_db()
    (held,) = row.names.all()
    assert (row.name, held.name, whole(row)) == (MASKED, MASKED, SHOP)
    assert held.whole.keep_until == ledger.today + contacts.KEPT
    assert found_by(SHOP) == found_by(" 江城市城东區李紅梅服裝店 ") == [MASKED]
    assert found_by("李某某") == [MASKED]
    assert found_by("李红梅服装店") == found_by("李小芳服装店") == [MASKED]
    assert found_by("李红梅") == ["李红梅服装有限公司", MASKED]
    assert holding("李红梅") == {"Enterprise.name", "EnterpriseName.name"}
    Enterprise.objects.filter(pk=row.pk).update(credit_code=None)
    other = WholeName.objects.get()
    other.public_id = ledger.street.public_id
    assert queries.names.opened(other) == ""


def test_two_traders_masked_alike_are_two_and_one_is_one(ledger):
    ledger.add("张建国", codes=())
    ledger.add("张志明", codes=())
    assert shown(ledger.street) == ["张某某", "张某某"]
    assert code_of(
        enterprises.add_enterprises, by=ledger.officer, ground=ledger.street, source=Source.HAND,
        told=[enterprises.Told(name="張建國")],
    ) == "ENTERPRISE_EXISTS"  # fmt: skip


def test_a_name_typed_again_changes_nothing_and_another_one_is_masked_too(ledger):
    row = ledger.add(SHOP, person="李红梅")

    def rename(name):
        given = {"by": ledger.officer, "since": ledger.today, "source": Source.HAND}
        return enterprises.rename(at=clock.now(), enterprise=row, name=name, **given)

    assert [rename(name).name for name in (SHOP, MASKED)] == [MASKED, MASKED]
    assert row.names.count() == 1
    assert rename("李红梅烧烤店").name == "李某某烧烤店"
    assert [name for _row, name in queries.names.history(row)] == ["李红梅烧烤店", SHOP]
    assert found_by(SHOP) == ["李某某烧烤店"]
    # Deleted after its time, it is kept again once somebody types it.
    WholeName.objects.all().delete()
    assert rename("李红梅烧烤店").name == "李某某烧烤店"
    assert whole(ledger.fresh(row)) == "李红梅烧烤店"


PEOPLE = ("李红梅", "张建国", "赵秀英", "欧阳修文")
ROWS = [
    (SHOP, "", "李红梅", "东港路1号", ""),
    ("张建国", "", "张建国", "东港路2号", "13912345678"),
    ("赵秀英小吃店", credit_code(31), "赵秀英", "东港路3号", ""),
    ("个体工商户欧阳修文", credit_code(32), "欧阳修文", "东港路4号", ""),
    ("金太阳超市", credit_code(33), "周一", "东港路5号", ""),
    ("梧桐李红梅商贸有限公司", credit_code(34), "李红梅", "东港路6号", ""),
]
UNIONS = [("赵秀英小吃店工会委员会", credit_code(31), "", "东港路3号", "")]
NAMES = sorted(
    ["个体工商户欧阳某某", "张某某", MASKED, "梧桐李红梅商贸有限公司", "赵某某小吃店", "金太阳超市"]
)


def ran(desk):  # noqa: F811
    market, union = desk.source(), desk.source("UNION")
    ready = desk.ready(market, as_csv(*ROWS)), desk.ready(union, as_csv(*UNIONS), name="工会.csv")
    run = desk.linked(*ready)
    assert run.job.state == "DONE", (run.job.error, run.job.error_data)
    return run.run.report["written"]


def test_after_a_whole_run_no_plain_name_of_a_person_stands_anywhere(desk, client):  # noqa: F811
    ledger = desk.ledger
    assert ran(desk)["NEW"] == 6
    assert shown(desk.street) == NAMES
    company = Enterprise.objects.get(name="梧桐李红梅商贸有限公司")
    # Whom nobody goes to any more has no whole name.
    kept = {one.of.enterprise.name for one in WholeName.objects.select_related("of__enterprise")}
    assert kept == {MASKED, "张某某", "个体工商户欧阳某某"}
    trader = Enterprise.objects.get(name=MASKED)
    ledger.contact(trader, outcome="REFUSED", note="不愿")
    freeze_figures(by=ledger.officer, at=clock.now(), union=desk.street)
    draw_sample(by=ledger.officer, at=clock.now(), union=desk.street, size=2)
    out = BytesIO()
    exporting.export_sheet(
        by=ledger.administrator, at=clock.now(), ground=desk.street, purpose=SheetPurpose.REPORT,
        opened=True, target=out,
    )  # fmt: skip
    cells = [str(cell) for line in load_workbook(out).active.iter_rows(values_only=True) for cell in line]
    client.force_login(ledger.officer)
    pages = [
        client.get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
        for address in (
            reverse("coverage:ledger"),
            f"{reverse('coverage:ledger')}?_export=csv",
            reverse("coverage:map"),
        )
    ]
    for text in (*cells, *pages):
        assert [name for name in PEOPLE if name in text.replace(company.name, "")] == []
    assert MASKED in cells
    assert MASKED in pages[0]
    names = EnterpriseName.objects.filter(enterprise=company)
    names.delete()
    Enterprise.objects.filter(pk=company.pk).update(name="")
    assert holding(*PEOPLE) == set()
    assert AuditLine.objects.exists()
    # Whoever may visit sees it whole.
    page = client.get(reverse("coverage:enterprise", args=[trader.public_id])).content.decode()
    assert SHOP in page


def test_the_next_run_finds_the_same_traders_and_keeps_their_names_anew(desk):  # noqa: F811
    ran(desk)
    before = set(Enterprise.objects.values_list("pk", flat=True))
    later = clock.now() + timedelta(days=300)
    with clock.set_to(later):
        written = ran(desk)
    assert written.get("NEW", 0) == 0
    assert set(Enterprise.objects.values_list("pk", flat=True)) == before
    assert shown(desk.street) == NAMES
    ends = set(WholeName.objects.values_list("keep_until", flat=True))
    assert ends == {desk.today + timedelta(days=300) + contacts.KEPT}
    WholeName.objects.all().delete()
    with clock.set_to(later + timedelta(days=1)):
        ran(desk)
    assert whole(Enterprise.objects.get(name=MASKED)) == SHOP


def test_a_run_that_knows_the_representative_masks_what_stood_open_and_opens_a_brand(desk):  # noqa: F811
    row = desk.ledger.add("阿依古丽馕店", codes=())
    brand = desk.ledger.add("金太阳超市", codes=())
    assert [row.name, brand.name] == ["阿依古丽馕店", "金某某超市"]
    rows = [("阿依古丽馕店", "", "阿依古丽", "", ""), ("金太阳超市", "", "周一", "", "")]
    market, union = desk.source(), desk.source("UNION")
    assert (
        desk.linked(
            desk.ready(market, as_csv(*rows)), desk.ready(union, as_csv(*UNIONS), name="工会.csv")
        ).job.state
        == "DONE"
    )
    assert [desk.ledger.fresh(one).name for one in (row, brand)] == ["阿某某馕店", "金太阳超市"]
    assert [whole(desk.ledger.fresh(one)) for one in (row, brand)] == ["阿依古丽馕店", "金太阳超市"]
    assert WholeName.objects.count() == 1
    # Who runs it now is another, and the name still names whoever did.
    rows = [("阿依古丽馕店", "", "周一", "", "")]
    with clock.set_to(clock.now() + timedelta(days=1)):
        desk.linked(desk.ready(market, as_csv(*rows)), desk.ready(union, as_csv(*UNIONS), name="工会.csv"))
    assert desk.ledger.fresh(row).name == "阿某某馕店"


def test_a_sheet_finds_traders_by_their_whole_names_and_by_masked_ones(ledger, run_jobs):
    def sheet(name, contact="李红梅"):
        return [1, name, "", "", "", contact, "15400000001", "未建会", "", "", "", ""]

    taken(ledger, run_jobs, workbook(sheet("红梅阿依裁缝铺", contact="红梅阿依"), sheet("张建国"), FIRST))
    assert shown(ledger.street) == ["云澜信息技术有限公司", "张某某", "红某某裁缝铺"]
    again = taken(ledger, run_jobs, workbook(sheet("張建國"), sheet("红某某裁缝铺", contact="红梅阿依")))
    assert said(again) == {}
    assert shown(ledger.street) == ["云澜信息技术有限公司", "张某某", "红某某裁缝铺"]
    assert EnterpriseName.objects.count() == 3
    ledger.add("张志明", codes=())
    twice = taken(ledger, run_jobs, workbook(sheet("张某某")), choice=None)
    assert [line["notes"][0][0] for line in report_of(twice)] == ["MASKED"]
    out = BytesIO()
    given = {"purpose": SheetPurpose.REPORT, "opened": False, "target": out}
    exporting.export_sheet(by=ledger.officer, at=clock.now(), ground=ledger.street, **given)
    cells = [str(cell) for line in load_workbook(out).active.iter_rows(values_only=True) for cell in line]
    assert "张建国" not in " ".join(cells)


def test_a_lead_is_masked_sealed_while_it_waits_and_entered_whole(blocks, client):
    ledger = blocks.ledger
    blocks.take(geojson(1, 1))
    given = {"by": ledger.officer, "block": blocks.get("A1"), "name": SHOP, "key": "k"}
    lead = rounds.report_lead(at=clock.now(), **given)
    assert lead.name == MASKED
    assert queries.names.of_lead(lead) == SHOP
    assert holding("李红梅") == set()
    assert rounds.report_lead(at=clock.now(), **given) == lead
    assert code_of(rounds.report_lead, **given | {"name": "别的店"}) == "KEY_REUSED"
    client.force_login(ledger.officer)
    assert SHOP in client.get(reverse("coverage:lead", args=[lead.public_id])).content.decode()
    entered = rounds.enter_lead(by=ledger.officer, at=clock.now(), lead=lead)
    assert (entered.name, whole(entered)) == (MASKED, SHOP)
    lead.refresh_from_db()
    assert (lead.name, lead.name_sealed) == (MASKED, None)


@pytest.mark.parametrize("how", ["GONE", "COVERED", "LATE"])
def test_once_nobody_goes_there_the_whole_name_is_deleted_and_the_index_stays(ledger, how):
    row = ledger.add(SHOP, person="李红梅")
    given = {"by": ledger.officer, "at": clock.now(), "enterprise": row}
    if how == "GONE":
        enterprises.mark_gone(gone=Gone.CLOSED, on=ledger.today, **given)
    elif how == "COVERED":
        states.set_state(
            state=UnionState.FOUNDED, on=ledger.today, source=Source.HAND, reason="有会牌", **given
        )
    else:
        contacts.purge(at=clock.now() + contacts.KEPT)
        assert WholeName.objects.count() == 1
        contacts.purge(at=clock.now() + contacts.KEPT + timedelta(days=1))
    assert WholeName.objects.count() == 0
    assert whole(ledger.fresh(row)) == MASKED
    assert found_by(SHOP) == [MASKED]


def test_the_purge_deletes_what_a_migration_sealed_of_those_that_are_gone(ledger):
    row = ledger.add(SHOP, person="李红梅")
    Enterprise.objects.filter(pk=row.pk).update(gone=Gone.CLOSED, gone_on=ledger.today)
    contacts.purge(at=clock.now())
    assert WholeName.objects.count() == 0


def test_a_contact_noted_anew_leaves_the_whole_name(ledger):
    row = ledger.add(SHOP, person="李红梅")
    for _time in range(2):
        contacts.note_visit_contact(by=ledger.officer, at=clock.now(), enterprise=row, name="李红梅")
    assert whole(row) == SHOP


def test_a_union_that_takes_a_trader_in_knows_the_whole_name(ledger):
    first, second = ledger.add(SHOP, person="李红梅"), ledger.add("张建国")
    founding = ledger.approved(first, ledger.add())
    union = covering.register_union(
        by=ledger.administrator, at=clock.now(), founding=founding, since=ledger.today
    )
    assert Employer.objects.filter(enterprise=first).get().name == SHOP
    WholeName.objects.all().delete()
    given = {"by": ledger.administrator, "enterprise": second, "union": union, "since": ledger.today}
    assert code_of(covering.join_joint_union, **given) == "NAME_DELETED"


def test_a_union_is_founded_with_the_right_one_of_two_masked_alike(ledger, client):
    ledger.add("李小芳服装店", codes=(), person="李小芳")
    row = ledger.add("李红梅服装店", codes=(), person="李红梅")
    client.force_login(ledger.officer)
    page = reverse("coverage:new-founding", args=[row.public_id])
    proposed = client.get(page).context["form"].initial
    assert [proposed[name] for name in ("enterprises", "name")] == ["李红梅服装店", "李红梅服装店工会委员会"]
    given = proposed | {"kind": "SINGLE", "due": ledger.soon.isoformat()}
    assert (
        "有多家企业名为“李某某服装店”"
        in client.post(page, given | {"enterprises": row.name}).content.decode()
    )
    assert client.post(page, given).status_code == 302
    (founding,) = Founding.objects.all()
    assert [part.enterprise for part in founding.parts.all()] == [row]


def test_the_migration_masks_what_is_there_and_back(ledger):
    (name,) = (path.stem for path in Path(migrations.__path__[0]).glob("*_traders.py"))
    migration = import_module(f"{migrations.__name__}.{name}")
    rows = [ledger.add(f"梧桐第{n}家店", codes=()) for n in range(4)]
    names = ["张建国", SHOP, "李红梅服装有限公司", "金太阳超市"]
    for row, name in zip(rows, names, strict=True):
        Enterprise.objects.filter(pk=row.pk).update(name=name)
        row.names.update(name=name)
    EnterpriseName.objects.create(
        enterprise=rows[0], name="张志明烧烤店", former=True, source=Source.HAND, at=clock.now()
    )
    migration.PORTION = 2
    migration.mask_names(apps, None)
    fresh = [ledger.fresh(row) for row in rows]
    assert [row.name for row in fresh] == ["张某某", MASKED, "李红梅服装有限公司", "金某某超市"]
    assert [whole(row) for row in fresh] == names
    assert [called for _row, called in queries.names.history(fresh[0])] == ["张志明烧烤店", "张建国"]
    assert found_by("张建国") == found_by("张志明烧烤店") == ["张某某"]
    migration.open_names(apps, None)
    assert [ledger.fresh(row).name for row in rows] == names
    assert sorted(EnterpriseName.objects.values_list("name", flat=True)) == sorted([*names, "张志明烧烤店"])
