"""Lists: filtered, sorted, paged and exported in one way everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
import django_tables2
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unionhall.kernel import audit, clock
from unionhall.kernel.exports import csv_response
from unionhall.kernel.typed import whole_number

PAGE = 25


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
        "heading": heading,
        "count": shown.paginator.count,
        "actions": actions,
        **(more or {}),
    }
    return render(request, template, context)


@transaction.atomic
def _note_export(request: HttpRequest, name: str, rows: int) -> None:
    """Who took a list along, and how long it was; names in it are personal data."""
    account: Any = request.user
    audit.record(account.actor, "list.export", account, at=clock.now(), refs={"list": name, "rows": rows})
