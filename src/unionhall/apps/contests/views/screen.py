"""The hall screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from unionhall.apps.contests import queries
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.views import calibration, loading
from unionhall.kernel import clock
from unionhall.kernel.live import live_url
from unionhall.kernel.permissions import public


def _context(stage: Stage) -> dict[str, Any]:
    screen = queries.screen.screen(stage)
    return {"screen": screen, "stage": stage, **calibration.shown(screen.calibration)}


def frame(stage_id: str) -> dict[str, str]:
    """The whole screen; rendered once for all who watch."""
    stage = queries.floor.stage_of(stage_id)
    return {"hall": render_to_string("contests/hall/screen.html", _context(stage))} if stage else {}


@public("it shows what everybody in the hall sees: only what has been revealed or frozen")
def hall(request: HttpRequest, public_id: str) -> HttpResponse:
    """The screen; it follows the hall by itself."""
    stage = loading.stage(public_id)
    return render(
        request,
        "contests/hall/page.html",
        {
            **_context(stage),
            "live_url": live_url("hall", f"stage:{stage.public_id}"),
            "now": clock.now(),
        },
    )
