"""What issues come from besides meetings. A higher app names its kind of source; no foreign key points up."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

from unionhall.apps.meetings.models import Issue


class Source(NamedTuple):
    """What a source is called, and the page that shows it by its public id."""

    label: str | Promise
    url_name: str


_sources: dict[str, Source] = {}


def register_source(code: str, label: str | Promise, url_name: str) -> None:
    """Name a kind of source; called when the house is joined."""
    _sources[code] = Source(label, url_name)


def source_of(issue: Issue) -> tuple[str, str] | None:
    """(label, address) of what an issue came from, where that is a kind that somebody has named."""
    source = _sources.get(issue.source)
    return (str(source.label), reverse(source.url_name, args=[issue.source_id])) if source else None
