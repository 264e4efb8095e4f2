"""Lists: filtered, sorted, paged and exported in one way everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig

from unionhall.kernel.exports import csv_response

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
    RequestConfig(request, paginate={"per_page": PAGE}).configure(shown)
    if request.GET.get("export") == "csv":
        header, *lines = shown.as_values()
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
