from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from tests.apps.coverage.conftest import code_of
from unionhall.apps.coverage import queries
from unionhall.apps.coverage.models import NamedWorker, Site
from unionhall.apps.coverage.usecases import contacts, sites
from unionhall.kernel import audit, clock


def test_workers_are_counted_and_the_latest_day_shows(ledger):
    site = ledger.site(headcount=40, joined=8)
    given = {"by": ledger.officer, "site": site}
    assert code_of(sites.count_workers, headcount=5, joined=6, on=ledger.today, **given) == "JOINED_TOO_MANY"
    early = ledger.today - timedelta(days=3)
    sites.count_workers(at=clock.now(), headcount=30, joined=1, on=early, **given)
    sites.count_workers(at=clock.now(), headcount=50, joined=20, on=ledger.today, **given)
    row = Site.objects.get()
    assert (row.headcount, row.joined, row.counted_on) == (50, 20, ledger.today)
    assert list(queries.sites.counts(site).values_list("joined", flat=True)) == [20, 8, 1]
    assert (
        code_of(sites.add_site, by=ledger.officer, ground=ledger.street, kind="TEAM", name=site.name)
        == "SITE_EXISTS"
    )


def test_nobody_is_named_without_consent_and_a_withdrawal_deletes(ledger):
    site = ledger.site()
    given = {"by": ledger.officer, "site": site, "name": "韩骑手", "phone": "", "consented_on": ledger.today}
    assert code_of(sites.name_worker, consent=" ", **given) == "CONSENT_MISSING"
    worker = ledger.named(site)
    assert "韩骑手".encode() not in bytes(worker.name_sealed)
    assert code_of(sites.withdraw_consent, by=ledger.stranger(), worker=worker) == "NOT_ALLOWED"
    public_id = worker.public_id
    sites.withdraw_consent(by=ledger.officer, at=clock.now(), worker=worker)
    assert NamedWorker.objects.count() == 0
    assert audit.history(site)[0].refs == {"worker": public_id}


def test_whoever_was_named_is_forgotten_after_a_year(ledger):
    ledger.named(ledger.site())
    assert contacts.purge(at=clock.now() + timedelta(days=365)) == 0
    assert contacts.purge(at=clock.now() + timedelta(days=367)) == 1


def test_a_contact_at_a_site_sets_its_next_step(ledger):
    site = ledger.site()
    contacts.note_contact(
        by=ledger.officer, at=clock.now(), site=site, kind="VISIT", on=ledger.today, outcome="AGREED",
        next_step="晨会宣讲", next_due=ledger.soon,
    )  # fmt: skip
    row = Site.objects.get()
    assert (row.next_step, row.next_due, row.last_contact_on) == ("晨会宣讲", ledger.soon, ledger.today)


def test_a_site_has_hours(ledger, client):
    site = ledger.site(opening_hours="每天 6:00-14:00")
    assert site.opening_hours == "06:00-14:00"
    assert code_of(
        sites.change_site, by=ledger.officer, site=site, kind="DEPOT", name=site.name, platform="",
        address="", opening_hours="清早",
    ) == "HOURS_WRONG"  # fmt: skip
    client.force_login(ledger.officer)
    url = reverse("coverage:change-site", args=[site.public_id])
    assert 'value="每天 06:00–14:00"' in client.get(url).content.decode()
    form = {"kind": "DEPOT", "name": site.name, "opening_hours": "周一至周六 6:00-14:00"}
    assert client.post(url, form).status_code == 302
    assert (
        "周一至周六 06:00–14:00"
        in client.get(reverse("coverage:site", args=[site.public_id])).content.decode()
    )


def test_a_closed_site_keeps_nobody_to_be_asked_for(ledger):
    site = ledger.site()
    contacts.note_visit_contact(by=ledger.officer, at=clock.now(), site=site, name="站长")
    sites.change_site(
        by=ledger.officer, at=clock.now(), site=site, kind="DEPOT", name=site.name, platform="", address="",
        closed_on=ledger.today,
    )  # fmt: skip
    assert not hasattr(Site.objects.get(), "contact")
