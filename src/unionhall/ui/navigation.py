"""The navigation, by capability; each capability's entries are registered by the site's wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Item:
    """An entry: its group and label (translated when shown), its address, and who sees it."""

    group: Promise | str
    label: Promise | str
    url_name: str
    visible: Callable[[Any], bool]


_items: list[Item] = []


def register(item: Item) -> None:
    """Add an entry; groups and entries stand in the order in which they came."""
    if item not in _items:
        _items.append(item)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the groups and entries that this account sees.

    A page may be rendered in parts, and many entries share a rule: each rule is asked once a request.
    """
    kept: dict[str, Any] | None = getattr(request, "kept_navigation", None)
    if kept is None:
        kept = {"navigation": _visible(request)}
        request.kept_navigation = kept  # type: ignore[attr-defined]
    return kept


def _visible(request: HttpRequest) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    here: list[dict[str, Any]] = []
    sees: dict[Callable[[Any], bool], bool] = {}
    if request.user.is_authenticated:
        for item in _items:
            if item.visible not in sees:
                sees[item.visible] = item.visible(request.user)
            if sees[item.visible]:
                url = reverse(item.url_name)
                shown = {"label": item.label, "url": url, "current": False}
                groups.setdefault(str(item.group), []).append(shown)
                if request.path == url or (url != "/" and request.path.startswith(url)):
                    here.append(shown)
    # A page below another's has an entry of its own: of several addresses the longest is where one is.
    if here:
        max(here, key=lambda shown: len(shown["url"]))["current"] = True
    return [{"label": label, "items": items} for label, items in groups.items()]
