"""Pages that open again without network, on a phone that has opened them once over https.

A view opts in with `opens_offline`; its template loads `ui/offline.js` and includes `ui/offline.html`, with
further addresses to be kept in ``also``. The worker (`ui/offline-worker.js`) then asks for the page once more
without cookies, so that what it keeps is what anybody sees who is not signed in, and keeps it only under the
mark that `opens_offline` sets. Over plain http there is no worker, and nothing depends on it (docs/adr/0014).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

View = Callable[..., HttpResponseBase]

# On an answer: a worker of this version may keep it.
MARK = "Opens-Offline"
WORKER = Path(__file__).parent / "static" / "ui" / "offline-worker.js"


def opens_offline(view: View) -> View:
    """Let what a view answers to GET be kept on phones. It holds nothing that depends on who asks."""

    @wraps(view)
    def kept(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *arguments, **named)
        if request.method == "GET" and response.status_code == 200:
            response.headers[MARK] = version()
        return response

    return leads_offline(kept)


def leads_offline(view: View) -> View:
    """Let a view's redirects to pages that are kept be kept too; its own pages are not."""
    view.offline = True  # type: ignore[attr-defined]
    return view


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with any asset, the worker among them: a release replaces all that phones have kept."""
    digest = hashlib.sha256()
    files = sorted((name, storage) for finder in get_finders() for name, storage in finder.list([]))
    for name, storage in files:
        digest.update(name.encode())
        with storage.open(name) as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def worker() -> str:
    """The worker as browsers get it: its version and the addresses that it is for, then what it does."""
    pages = [_expression(route) for route in _routes(get_resolver())]
    keeping = {"version": version(), "pages": pages, "static": settings.STATIC_URL, "mark": MARK}
    return f"const KEEPING = {json.dumps(keeping)};\n{WORKER.read_text('utf-8')}"


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "offline"):
            yield route


def _expression(route: str) -> str:
    return "^/" + "[^/]+".join(re.escape(part) for part in re.split("<[^>]+>", route)) + "$"
