"""Where something stands in the house, and forms that lead back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from unionhall.apps.coverage import messages
from unionhall.apps.coverage.models import Block, Enterprise, Founding, Site
from unionhall.ui.forms import form_page

Thing = Enterprise | Site | Block | Founding


def to(thing: Thing) -> str:
    """The page of an enterprise, a site, a block or a founding; each stands under its own name."""
    return reverse(f"coverage:{thing._meta.model_name}", args=[thing.public_id])


def page(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    thing: Thing,
    explained: str = "",
    button: str = "",
) -> HttpResponse:
    """A form about one thing that leads back to its page."""
    name = thing.short_name if isinstance(thing, Founding) else thing.name
    return form_page(
        request,
        form,
        f"{heading} · {name}",
        work,
        to(thing),
        in_words=messages.of_refusal,
        explained=explained,
        button=button,
    )
