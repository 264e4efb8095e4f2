"""Lists: filtered, sorted, paged and exported in one way everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import django_filters
import django_tables2
from django import forms
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unionhall.kernel import audit, clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.typed import whole_number

PAGE = 25


class InUse(NamedTuple):
    """A filter in use, told in words, and the address of the list without it."""

    label: str
    value: str
    without: str


def list_page(
    request: HttpRequest,
    rows: QuerySet[Any],
    table: type[django_tables2.Table],
    filters: type[django_filters.FilterSet],
    *,
    heading: str,
    name: str,
    actions: Sequence[tuple[str, str]] = (),
    template: str = "ui/list.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page of a list; with ``?export=csv`` all rows that pass the filter, as a file.

    ``actions`` are (label, address) of what can be done here besides looking; a ``template`` that extends
    the list's shows ``more``.
    """
    chosen = filters(request.GET or None, queryset=rows, request=request)
    shown = table(chosen.qs, empty_text="")
    # Not RequestConfig: with it an address could ask for a million rows on a page.
    wanted = request.GET.getlist(shown.prefixed_order_by_field)
    if known := [one for one in wanted if one.removeprefix("-") in shown.columns.names()]:
        shown.order_by = known
    shown.paginate(per_page=PAGE)
    shown.page = shown.paginator.get_page(whole_number(request.GET.get(shown.prefixed_page_field, "")) or 1)
    if request.GET.get("export") == "csv":
        header, *lines = shown.as_values()
        _note_export(request, name, len(lines))
        return csv_response(name, header, lines)
    context = {
        "table": shown,
        "filters": chosen,
        **_filter_bar(request, chosen.form, shown.prefixed_page_field),
        "heading": heading,
        "count": shown.paginator.count,
        "actions": actions,
        **(more or {}),
    }
    return render(request, template, context)


def _filter_bar(request: HttpRequest, form: forms.Form, page: str) -> dict[str, Any]:
    """The parts of a filter: what a phone shows at once, what it folds, and what of that is in use.

    Text that is looked for first stays in sight, so it is not told a second time. A filter of one field
    is no longer than the button that would fold it.
    """
    fields = list(form)
    searched = fields[0] if fields and isinstance(fields[0].field, forms.CharField) else None
    folded = [one for one in fields if one is not searched] if len(fields) > 1 else []
    # What the filter did not understand it ignores, and so it stands in no cleaned data.
    chosen = {name: value for name, value in getattr(form, "cleaned_data", {}).items() if value}
    used = [
        InUse(str(one.label), _in_words(one.field, chosen[one.name]), _without(request, [one.name, page]))
        for one in folded
        if one.name in chosen
    ]
    everything = _without(request, [*form.fields, page]) if chosen else ""
    return {"searched": searched, "folded": folded, "used": used, "everything": everything}


def _without(request: HttpRequest, names: Sequence[str]) -> str:
    """The address of this list with all that it says except what ``names`` say."""
    left = request.GET.copy()
    for name in names:
        left.pop(name, None)
    return f"{request.path}?{left.urlencode()}" if left else request.path


def _in_words(field: forms.Field, value: Any) -> str:
    """A chosen value as its field shows it; a record was read for the filter, and is not read again."""
    if isinstance(value, Model) and isinstance(field, forms.ModelChoiceField):
        return field.label_from_instance(value)
    if isinstance(field, forms.ModelChoiceField):
        return str(getattr(field, "null_label", ""))
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return str(value)


@transaction.atomic
def _note_export(request: HttpRequest, name: str, rows: int) -> None:
    """Who took a list along, and how long it was; names in it are personal data."""
    account: Any = request.user
    audit.record(account.actor, "list.export", account, at=clock.now(), refs={"list": name, "rows": rows})
