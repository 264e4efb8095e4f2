"""Every stored field has a sensitivity class, in its own app's list."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

APPS = {
    "kernel": "unionhall.kernel",
    "orgs": "unionhall.apps.orgs",
    "people": "unionhall.apps.people",
    "meetings": "unionhall.apps.meetings",
    "coverage": "unionhall.apps.coverage",
    "membership": "unionhall.apps.membership",
    "contests": "unionhall.apps.contests",
}


def stored(label) -> dict[str, list[str]]:
    return {
        model.__name__: sorted(f.name for f in model._meta.get_fields() if f.concrete and f.name != "id")
        for model in apps.get_app_config(label).get_models()
    }


def classified(fields) -> dict[str, list[str]]:
    return {model: sorted(" ".join(of.values()).split()) for model, of in fields.items()}


@pytest.mark.parametrize("label", APPS)
def test_every_field_is_classified_once(label):
    fields = import_module(f"{APPS[label]}.sensitivity").FIELDS
    expected = stored(label)
    assert classified(fields) == expected


def test_every_app_of_ours_is_looked_at():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("unionhall.")}
    assert ours - {"ui", "house"} == set(APPS)
