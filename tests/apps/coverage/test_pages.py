from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.coverage.conftest import credit_code
from unionhall.apps.coverage.models import Enterprise, Founding
from unionhall.apps.coverage.usecases import contacts
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM


@pytest.fixture
def page(ledger, client):
    client.force_login(ledger.officer)
    return client


def names(response):
    return [row.record.name for row in response.context["table"].paginated_rows]


def test_the_ledger_is_filtered_searched_and_sorted(ledger, page):
    big = ledger.add("大厂", headcount=300, trade="食品制造业", address="梧桐里街道东港路1号")
    small = ledger.add(
        "小店", headcount=3, trade="餐饮业", state="NONE", next_step="上门", next_due=ledger.today
    )
    unknown = ledger.add("未详", state="FOUNDED")
    ledger.add("别处", ground=ledger.elsewhere, by=SYSTEM)
    url = reverse("coverage:ledger")
    assert names(page.get(url)) == ["大厂", "小店", "未详"]
    for asked, found in [
        ({"q": "小店"}, [small]), ({"q": credit_code(1)}, [big]), ({"state": "FOUNDED"}, [unknown]),
        ({"size": "S300"}, [big]), ({"size": "UNKNOWN"}, [unknown]), ({"sector": "H"}, [small]),
        ({"place": "东港路"}, [big]), ({"step": "SET"}, [small]), ({"step": "OVERDUE"}, []),
    ]:  # fmt: skip
        assert names(page.get(url, asked)) == [one.name for one in found], asked
    assert names(page.get(url, {"sort": "headcount"})) == ["小店", "大厂", "未详"]
    assert names(page.get(url, {"sort": "-headcount"})) == ["大厂", "小店", "未详"]
    with clock.set_to(clock.now().replace(year=clock.now().year + 1)):
        assert names(page.get(url, {"step": "OVERDUE"})) == ["小店"]
        assert "已超期" in page.get(url).content.decode()


def test_a_list_and_a_page_ask_a_fixed_number_of_questions(ledger, page, django_assert_num_queries):
    one = ledger.add(state="NONE", latitude=Decimal("30.2"), longitude=Decimal("120.2"))
    ledger.contact(one)
    ledger.founding(ledger.add(state="NONE"))
    urls = [reverse("coverage:ledger"), reverse("coverage:enterprise", args=[one.public_id])]
    urls += [reverse("coverage:map"), reverse("coverage:sites"), reverse("coverage:foundings")]
    ledger.site()
    asked = []
    for url in urls:
        with CaptureQueriesContext(connection) as few:
            page.get(url)
        asked.append(len(few))
    for _n in range(12):
        more = ledger.add(state="NONE", latitude=Decimal("30.1"), longitude=Decimal("120.1"))
        ledger.contact(one)
        ledger.founding(more)
        ledger.site(f"站点{_n}")
    for url, number in zip(urls, asked, strict=True):
        with django_assert_num_queries(number):
            page.get(url)


def test_an_enterprise_is_entered_and_changed_by_its_pages(ledger, page):
    response = page.post(
        reverse("coverage:new-enterprise"),
        {"ground": ledger.street.pk, "name": "江岸食品有限公司", "code": credit_code(7), "headcount": 30,
         "state": "NONE", "funds": "YES", "funds_yuan": "1200.50"},
    )  # fmt: skip
    one = Enterprise.objects.get()
    assert response.headers["Location"] == reverse("coverage:enterprise", args=[one.public_id])
    assert (one.funds_fen, one.headcount) == (120_050, 30)
    again = page.post(
        reverse("coverage:new-enterprise"),
        {
            "ground": ledger.street.pk,
            "name": "别名",
            "code": credit_code(7),
            "state": "NONE",
            "funds": "UNKNOWN",
        },
    )
    assert again.status_code == 422
    assert "江岸食品有限公司" in again.content.decode()
    of = {
        "rename": {"name": "江岸餐饮有限公司", "source": "MARKET"},
        "move": {"address": "梧桐里街道东港路9号", "source": "TAX", "latitude": "30.1", "longitude": "120"},
        "count": {"count": 28, "on": clock.today().isoformat(), "source": "INSURANCE"},
        "facts": {"trade": "餐饮业", "legal_form": "COMPANY", "party": "OWN", "funds": "NO",
                  "opening_hours": "早9点至晚9点，周日休息"},
        "state": {"state": "REFUSED", "on": clock.today().isoformat(), "source": "VISIT", "reason": "暂缓"},
        "next-step": {"next_step": "再谈", "next_due": ledger.soon.isoformat()},
        "contact": {"key": "a" * 32, "kind": "VISIT", "on": clock.today().isoformat(), "outcome": "AGREED"},
        "person": {"name": "王经理", "phone": "15400000001"},
    }  # fmt: skip
    for name, form in of.items():
        assert page.post(reverse(f"coverage:{name}", args=[one.public_id]), form).status_code == 302, name
    one.refresh_from_db()
    assert (one.name, one.road, one.headcount, one.sector, one.state) == (
        "江岸餐饮有限公司", "东港路", 28, "H", "REFUSED",
    )  # fmt: skip
    shown = page.get(reverse("coverage:enterprise", args=[one.public_id])).content.decode()
    assert "周一至周六 09:00–21:00" in shown
    assert (
        'value="周一至周六 09:00–21:00"'
        in page.get(reverse("coverage:facts", args=[one.public_id])).content.decode()
    )
    assert "154****0001" in shown
    assert "15400000001" not in shown
    opened = page.post(reverse("coverage:phone", args=[one.public_id]), {"reason": "CONTACT"})
    assert "15400000001" in opened.content.decode()
    page.post(reverse("coverage:forget", args=[one.public_id]))
    assert page.get(reverse("coverage:phone", args=[one.public_id])).status_code == 404


def test_a_joint_founding_names_its_enterprises_line_by_line(ledger, page):
    one, other = ledger.add("甲餐饮", state="NONE"), ledger.add("乙餐饮", state="NONE")
    ledger.add("丙餐饮", state="FOUNDED")
    url = reverse("coverage:new-founding", args=[one.public_id])
    form = {
        "kind": "JOINT", "name": "楼宇联合工会", "short_name": "楼宇", "upper": ledger.district.pk,
        "due": ledger.soon.isoformat(),
    }  # fmt: skip
    wrong = page.post(url, form | {"enterprises": "甲餐饮\n丙餐饮"})
    assert wrong.status_code == 422
    assert "丙餐饮" in wrong.content.decode()
    assert Founding.objects.count() == 0
    sent = page.post(url, form | {"enterprises": f"甲餐饮\n{other.credit_code}\n甲餐饮"})
    founding = Founding.objects.get()
    assert sent.headers["Location"] == reverse("coverage:founding", args=[founding.public_id])
    assert set(Enterprise.objects.filter(state="BEING_FOUNDED")) == {one, other}


def test_the_map_marks_what_is_to_be_done_by_shape_and_leaves_the_rest(ledger, page):
    assert page.get(reverse("coverage:map")).context["map"] is None
    for n, state in enumerate(("NONE", "FOUNDED", "NOT_DUE")):
        ledger.add(state=state, latitude=Decimal("30.1") + n, longitude=Decimal("120.1"), address="甲")
    ledger.add()
    response = page.get(reverse("coverage:map"))
    assert sorted(spot.form for spot in response.context["map"].spots) == ["DONE", "ELSE", "OPEN"]
    assert (response.context["placed"], response.context["missing"]) == (3, 1)
    filtered = page.get(reverse("coverage:map"), {"state": "NONE"})
    assert [spot.form for spot in filtered.context["map"].spots] == ["OPEN"]


def test_a_contact_form_sent_twice_notes_one(ledger, page):
    one = ledger.add()
    form = {"key": "b" * 32, "kind": "CALL", "on": clock.today().isoformat(), "outcome": "NOBODY"}
    url = reverse("coverage:contact", args=[one.public_id])
    assert [page.post(url, form).status_code for _n in range(2)] == [302, 302]
    assert one.contacts.count() == 1
    assert page.post(url, form | {"outcome": "AGREED"}).status_code == 422
    contacts.purge(at=clock.now())
