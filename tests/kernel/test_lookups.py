"""`among` finds what `in` finds, however many keys there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from unionhall.apps.orgs.models import Command, Union


def found(**condition):
    return list(Command.objects.filter(**condition).order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("share", [0, 1, 2, 5])
def test_it_finds_what_in_finds(city, share):
    keys = list(Union.objects.order_by("pk").values_list("pk", flat=True))[:: share or 1] if share else []
    assert found(union__among=keys) == found(union__in=keys)
    assert found(union__commands__superior__among=keys) == found(union__commands__superior__in=keys)
    kept = Command.objects.exclude(union__among=keys)
    assert list(kept.order_by("pk")) == list(Command.objects.exclude(union__in=keys).order_by("pk"))


def test_a_rows_own_key_too(city):
    keys = list(Union.objects.order_by("pk").values_list("pk", flat=True))[::3]
    assert list(Union.objects.filter(pk__among=keys).order_by("pk").values_list("pk", flat=True)) == keys


def test_more_keys_than_a_statement_has_parameters(city):
    keys = range(200_000)
    with CaptureQueriesContext(connection) as asked:
        assert found(union__among=keys) == found()
    assert len(asked) == 2
