"""An ordinary Django view that takes one ballot, kept to race against: form, ORM, full middleware.

`python -m benchmarks.ordinary_view` serves it behind our own bridge, as any page is served.
"""

from __future__ import annotations

import hashlib
import json

import django
import uvicorn

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from unionhall.apps.contests.models import Ballot, BallotBox, Excusal, Pass  # noqa: E402
from unionhall.apps.contests.queries import rulebooks  # noqa: E402
from unionhall.engines.scoring import read_scores  # noqa: E402
from unionhall.kernel import audit, clock  # noqa: E402
from unionhall.kernel.audit import Actor  # noqa: E402
from unionhall.site.bridge import Bridge  # noqa: E402
from unionhall.site.serve import address_of, listen  # noqa: E402


@csrf_exempt
def take(request: HttpRequest) -> JsonResponse:
    """One ballot, one transaction, written as anybody would write it."""
    sent = json.loads(request.body)
    pass_id, _, secret = request.COOKIES["seat"].partition(".")
    now = clock.now()
    with transaction.atomic():
        held = Pass.objects.select_related("juror__jury").get(public_id=pass_id, revoked_at=None)
        if held.device_hash != hashlib.sha256(secret.encode()).hexdigest():
            return JsonResponse({}, status=401)
        box = BallotBox.objects.select_for_update().select_related("entry").get(public_id=sent["box"])
        scores = read_scores(rulebooks.of_box(box.public_id), sent["scores"])
        if Excusal.objects.filter(box=box, juror=held.juror).exists():
            return JsonResponse({}, status=403)
        ballot, new = Ballot.objects.get_or_create(
            juror=held.juror,
            key=sent["key"],
            defaults={
                "box": box,
                "revision": 1,
                "scores": scores,
                "body_digest": "",
                "source": "FORM",
                "at": now,
            },
        )
        audit.record(Actor("JUROR", held.juror.public_id), "ballot.record", ballot, at=now)
    return JsonResponse({"number": ballot.pk}, status=201 if new else 200)


urlpatterns = [path("ballots", take)]

if __name__ == "__main__":
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.ordinary_view"
    bridge = Bridge(get_wsgi_application())
    listening = listen("127.0.0.1", 0)
    print(address_of(listening), flush=True)
    config = uvicorn.Config(
        bridge, http="httptools", loop="uvloop", lifespan="off", log_level="warning", access_log=False
    )
    uvicorn.Server(config).run(sockets=[listening])
