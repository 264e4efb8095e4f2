"""Foreign keys point down the storeys only; a key named by a string slips past the import contracts."""

from __future__ import annotations

from django.apps import apps
from django.db import models

STOREYS = ["kernel", "orgs", "people", "meetings", "coverage", "membership", "contests"]


def upward(all_models) -> list[str]:
    """Relations from a lower storey to a higher one."""
    found = []
    for model in all_models:
        here = model._meta.app_label
        for field in model._meta.get_fields():
            if not (field.is_relation and not field.auto_created and field.related_model):
                continue
            there = field.related_model._meta.app_label
            if here in STOREYS and there in STOREYS and STOREYS.index(there) > STOREYS.index(here):
                found.append(f"{model.__name__}.{field.name} -> {there}")
    return found


def test_no_key_points_up():
    assert upward(apps.get_models()) == []


def test_a_planted_upward_key_is_found():
    class Planted(models.Model):
        final = models.ForeignKey("contests.Stage", on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "people"

    try:
        assert upward([Planted]) == ["Planted.final -> contests"]
    finally:
        del apps.all_models["people"]["planted"]
        apps.clear_cache()
