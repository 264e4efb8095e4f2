"""What stands in an address or a hidden field, where anybody can type anything: a value, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

DIGITS = 9  # more fit neither a column nor a page number
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def whole_number(text: str) -> int | None:
    """The number that a text of a few digits stands for."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None


def moment(text: str) -> datetime | None:
    """The moment, with its offset, that a text in ISO 8601 stands for."""
    try:
        told = parse_datetime(text)
        return told.astimezone(UTC) if told is not None and is_aware(told) else None
    except (ValueError, OverflowError):
        return None


def without_nul(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that refuses what no keyboard makes and PostgreSQL cannot hold: the character NUL."""

    def looked_at(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: HttpRequest, *_view: object) -> None:
        if "\0" in request.path_info or _has_nul(request.GET.lists()):
            raise BadRequest("NUL")
        if request.method == "POST" and request.content_type in FORMS and _has_nul(request.POST.lists()):
            raise BadRequest("NUL")

    looked_at.process_view = process_view  # type: ignore[attr-defined]
    return looked_at


def _has_nul(lists: Iterable[tuple[str, list[str]]]) -> bool:
    return any("\0" in text for name, values in lists for text in (name, *values))
