from __future__ import annotations

from types import SimpleNamespace

import pytest

SHEET = {"CONTENT": "38.5", "LANGUAGE": "28", "BEARING": "14.5", "IMPRESSION": "14"}


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(django_db_modify_db_settings_xdist_suffix):
    """Each process has its own database. pytest-django takes our SQLite for a server; it stays in memory."""
    from django.conf import settings

    default = settings.DATABASES["default"]
    if default["ENGINE"] == "unionhall.kernel.sqlite":
        default.setdefault("TEST", {})["NAME"] = None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """One demo city for all tests, in which nobody has joined yet; each test's changes are rolled back."""
    from unionhall.site.demo import make_city

    with django_db_blocker.unblock():
        make_city(joining="none")


@pytest.fixture
def city(db):
    """The people of the demo city and its final, frozen and waiting."""
    from unionhall.apps.contests.models import Stage
    from unionhall.apps.people.models import Account

    accounts = {account.username: account for account in Account.objects.select_related("person")}
    return SimpleNamespace(**accounts, stage=Stage.objects.select_related("contest").get())


@pytest.fixture
def run_jobs(db):
    """Does all waiting jobs here and now; gives them as they ended."""
    from unionhall.kernel.jobs import run_jobs

    return run_jobs
