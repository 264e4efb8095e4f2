"""Registers by their pages: handed in, columns told, linked, decided, seen in the ledger."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.coverage.test_registers import Desk, as_csv, credit_code, namesakes, rows_of
from unionhall.apps.coverage.models import Delivery, LinkageRun, RegisterSource, ReviewPair
from unionhall.apps.coverage.usecases.registers import runs


@pytest.fixture
def desk(ledger, run_jobs, tmp_path, settings):
    settings.VAR = tmp_path / "var"
    return Desk(ledger, run_jobs, tmp_path)


@pytest.fixture
def page(client, desk):
    client.force_login(desk.by)
    return client


def hand_in(page, desk, source, data):
    address = reverse("coverage:deliver", args=[source.public_id])
    sent = {"file": SimpleUploadedFile("登记.csv", data), "as_of": desk.today.isoformat()}
    return page.post(address, sent)


def test_an_office_finds_who_has_no_union_and_decides_what_is_uncertain(page, desk, monkeypatch):
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    ground = desk.street
    boss = page.__class__()
    boss.force_login(desk.ledger.administrator)
    for kind in ("MARKET", "UNION"):
        told = {
            "office": "市场监管所", "register": kind, "title": f"{kind} 协议", "purpose": "建会",
            "officer": "方敏", "fields_used": ["NAME", "CODE", "PERSON", "ADDRESS"],
            "starts": desk.today.isoformat(),
        }  # fmt: skip
        assert boss.post(reverse("coverage:new-agreement", args=[ground.public_id]), told).status_code == 302
    agreements = {one.register: one for one in ground.agreements.all()}
    for kind, agreement in agreements.items():
        made = page.post(
            reverse("coverage:new-source", args=[ground.public_id]), {"name": kind, "agreement": agreement.pk}
        )
        source = RegisterSource.objects.get(name=kind)
        assert made.url == reverse("coverage:deliver", args=[source.public_id])
    wrong = hand_in(page, desk, source, "登记表,,\n企业名称,住所,电话\n甲,乙,丙\n".encode())
    assert wrong.status_code == 422
    assert "标题在第 2 行" in wrong.content.decode()
    market, union = namesakes(4)
    for kind, rows in (("MARKET", market), ("UNION", union)):
        sent = hand_in(page, desk, RegisterSource.objects.get(name=kind), as_csv(*rows))
        shown = page.get(sent.url).content.decode()
        assert "协议未涵盖，已舍去且未保存：联系电话" in shown
        form = {"column0": "name", "column1": "code", "column2": "person", "column3": "address"}
        assert page.post(sent.url, form).status_code == 302
        desk.run_jobs()
        assert "所有代码的校验位都正确" in page.get(sent.url).content.decode()
    files = {one.source.agreement.register: one for one in Delivery.objects.all()}
    link = reverse("coverage:link", args=[ground.public_id])
    offered = page.get(link).content.decode()
    assert ('<button class="btn btn-main">开始比对</button>' in offered, ">保存</button>" in offered) == (
        True,
        False,
    )
    begun = page.post(
        link,
        {"market": files["MARKET"].pk, "union": files["UNION"].pk},
    )
    run = LinkageRun.objects.get()
    assert begun.url == reverse("coverage:run", args=[run.public_id])
    desk.run_jobs()
    shown = page.get(begun.url).content.decode()
    assert "判定 4 对" in shown
    assert f"state=NONE&amp;ground={ground.pk}" in shown
    pairs = page.get(reverse("coverage:pairs", args=[run.public_id])).content.decode()
    assert [name for name, *_rest in union if name not in pairs] == []
    first, second, *_rest = run.pairs.order_by("-probability", "pk")
    address = reverse("coverage:pair", args=[first.public_id])
    shown = page.get(address).content.decode()
    assert "<mark>" in shown
    assert "字号和行业相同" in shown
    later = page.post(address, {"verdict": "LATER"})
    assert (later.url, ReviewPair.objects.get(pk=first.pk).state) == (
        reverse("coverage:pair", args=[second.public_id]),
        "OPEN",
    )
    assert page.post(address, {"verdict": "SAME"}).url == later.url
    assert page.post(address, {"verdict": "MAYBE"}).status_code == 404
    assert "已经判定过" in page.get(address).content.decode()
    page.post(later.url, {"verdict": "OTHER"})
    listed = page.get(f"{reverse('coverage:ledger')}?state=NONE&ground={ground.pk}").content.decode()
    assert sum(name in listed for name, *_rest in market) == 5
    assert "2 对" in page.get(begun.url).content.decode()


def test_the_page_says_in_which_row_the_office_has_something_to_mend(page, desk):
    whole = ("甲厂", credit_code(1), "王某", "文三路1号", "")
    data = as_csv(whole, whole, ("乙厂", "9.11E+17", "李某", "文三路2号", ""))
    shown = page.get(reverse("coverage:delivery", args=[desk.ready(desk.source(), data).public_id]))
    content = shown.content.decode()
    assert content.count("首次出现在第 3 行") == content.count("首次出现在第 4 行") == 1
    assert "首个空值在第 2 行" in content


def test_where_the_extra_is_missing_the_page_says_so(page, desk, monkeypatch):
    monkeypatch.setattr("unionhall.apps.coverage.usecases.registers.runs.can_link", lambda: False)
    shown = page.get(reverse("coverage:registers", args=[desk.street.public_id])).content.decode()
    assert "未安装比对组件" in shown


def test_the_lists_take_as_many_statements_for_many_as_for_few(page, desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("coverage:registers", args=[desk.street.public_id])

    def statements():
        with CaptureQueriesContext(connection) as caught:
            page.get(address)
        return len(caught)

    source = desk.source()
    desk.take_in(source, as_csv(*rows_of(range(1))))
    page.get(address)
    few = statements()
    for _n in range(4):
        desk.take_in(desk.source(), as_csv(("甲", credit_code(1), "", "", "")))
    assert statements() == few


@pytest.fixture
def run(desk, monkeypatch):
    """A run that leaves six pairs to people, one person each."""
    monkeypatch.setattr(runs, "asked_twice", lambda _pair: False)
    market, union = namesakes(6)
    files = (
        desk.ready(desk.source("MARKET"), as_csv(*market)),
        desk.ready(desk.source("UNION"), as_csv(*union)),
    )
    return desk.linked(*files).run


def test_a_slip_of_a_key_is_undone_on_the_next_page_or_from_the_list(page, desk, run):
    first, second, *_rest = run.pairs.order_by("-probability", "pk")
    address, following = (reverse("coverage:pair", args=[one.public_id]) for one in (first, second))
    back = reverse("coverage:recall", args=[first.public_id])
    assert 'data-key="z"' not in page.get(address).content.decode()
    assert page.post(address, {"verdict": "SAME"}).url == following
    shown = page.get(following).content.decode()
    said = first.opinions.get()
    assert ('data-key="z"' in shown, f'action="{back}"' in shown, f'value="{said.pk}"' in shown) == (
        True,
    ) * 3
    assert page.post(back, {"opinion": said.pk}).url == address
    assert 'value="OTHER"' in page.get(address).content.decode()
    assert "该判定已撤回" in page.post(back, {"opinion": said.pk}, follow=True).content.decode()
    assert [page.post(back, {"opinion": key}).status_code for key in ("", "x", "9" * 40, "²")] == [404] * 4
    for one in (address, following):
        page.post(one, {"verdict": "OTHER"})
    assert 'data-key="z"' in page.get(reverse("coverage:run", args=[run.public_id])).content.decode()
    decided = reverse("coverage:decided", args=[desk.street.public_id])
    assert [page.get(decided + query).content.decode().count("/recall") for query in ("", "?by=me")] == [2, 2]
    said = first.opinions.get(recall=None)
    assert 'name="reason"' in page.get(back).content.decode()
    assert "请简要说明原因" in page.post(back, {"opinion": said.pk}, follow=True).content.decode()
    deputy = page.__class__()
    deputy.force_login(desk.ledger.deputy)
    assert deputy.get(f"{decided}?by=me").content.decode().count("/recall") == 0
    assert "只能由判定人本人或本级工会管理员撤回" in deputy.get(back).content.decode()
    assert page.post(back, {"opinion": said.pk, "reason": "按错键"}).url == address


def test_the_list_of_decisions_takes_as_many_statements_for_many_as_for_few(page, desk, run):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("coverage:decided", args=[desk.street.public_id])
    counts = []
    for number, pair in enumerate(run.pairs.all()):
        page.post(reverse("coverage:pair", args=[pair.public_id]), {"verdict": "OTHER"})
        with CaptureQueriesContext(connection) as caught:
            shown = page.get(address).content.decode()
        assert shown.count("/recall") == number + 1
        counts.append(len(caught))
    assert len(counts) > 2
    assert set(counts[1:]) == {counts[-1]}
