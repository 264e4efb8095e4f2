"""What lets a stranger check a result: bundles to take away, the second program, and a page that checks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from unionhall.apps.contests import queries, rules
from unionhall.apps.contests.models import Stage
from unionhall.apps.contests.usecases import results
from unionhall.apps.contests.views import loading
from unionhall.apps.contests.views.answers import done
from unionhall.apps.people.models import Account
from unionhall.engines import proof
from unionhall.engines.proof import Verdict
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, public

# A final with 300 jurors makes about 4 MB; larger bundles are for the command.
LARGEST = 8 * 1024 * 1024
RECEIPTS = 100


def bundle_file(stage: Stage, disclosure: str, juror: str = "") -> HttpResponse:
    """A bundle as a file to be kept; 404 before anything was published."""
    data = queries.log.published_bundle(stage, disclosure, juror)
    if data is None:
        raise Http404
    name = f"unionhall-{stage.public_id}-{disclosure.lower()}.bundle"
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@public("what is published is for everybody; it opens what the rules let everybody see")
@require_GET
def public_bundle(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The bundle of a published result as the public may have it."""
    return bundle_file(loading.stage(public_id), proof.PUBLIC)


@require_GET
@guard(rules.oversees, loading.stage)
def scrutineer_bundle(_request: HttpRequest, stage: Stage) -> HttpResponse:
    """The bundle with every ballot opened, for those who oversee the stage."""
    return bundle_file(stage, proof.SCRUTINEER)


@require_POST
@guard(rules.runs, loading.stage)
def cosign(request: HttpRequest, stage: Stage) -> HttpResponse:
    """Add a witness's signature, as a file or pasted."""
    assert isinstance(request.user, Account)
    by, sent = request.user, request.FILES.get("file")
    # Whatever is larger is refused for its length.
    text = sent.read(2**16).decode("utf-8-sig", "replace") if sent else request.POST.get("text", "")
    return done(
        request,
        lambda: results.add_cosignature(by=by, at=clock.now(), stage=stage, text=text),
        reverse("contests:results", args=[stage.public_id]),
        _("The witness's signature was added. Bundles carry it from now on."),
    )


@public("a program for strangers")
@require_GET
def second_count(_request: HttpRequest) -> HttpResponse:
    """The second program, which counts a bundle without any line of ours."""
    return HttpResponse(
        proof.second_script(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="second_count.py"'},
    )


@public("anybody may check a bundle; it is read, answered and not kept")
def check(request: HttpRequest) -> HttpResponse:
    """Upload a bundle and read the verdict."""
    context: dict[str, Any] = {"keys": queries.log.house_keys(), "limit": LARGEST // 2**20}
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            context["refusal"] = _("Choose a file first.")
        elif (sent.size or 0) > LARGEST:
            context["refusal"] = _(
                "This file is too large for the page. “unionhall verify” checks it on a computer."
            )
        else:
            verdict = proof.verify(sent.read(), receipts=RECEIPTS)
            context |= _told(verdict) | {"verdict": verdict, "name": sent.name}
    return render(request, "contests/verify.html", context, status=422 if "refusal" in context else 200)


def _told(verdict: Verdict) -> dict[str, Any]:
    """A verdict in words."""
    told: dict[str, Any] = {
        "checks": [(_(proof.NAMES[check]), check in verdict.checks) for check in _shown_checks(verdict)],
        "problem": proof.sentence(verdict.problem, _) if verdict.problem else "",
    }
    if verdict.bundle and verdict.log:
        told["level"] = _(proof.LEVELS[verdict.bundle.disclosure])
        told["roots"] = [(root.size, proof.grouped(root.root)) for root in reversed(verdict.roots)]
        told["cosigned"] = [
            {"witness": one.witness, "size": one.size, "time": proof.time_of(one.seconds)}
            for one in verdict.cosigned
        ]
        told["ours"] = verdict.bundle.key in queries.log.house_keys()
        rulebook = verdict.log.rulebook
        prizes = {prize.code: prize.name for prize in rulebook.prizes} if rulebook else {}
        told["lines"] = [
            {
                **line,
                "speaker": verdict.log.entries[line["entry"]],
                "prize_name": prizes.get(line["prize"], ""),
                "special": verdict.log.special.get(line["entry"]),
            }
            for line in verdict.log.result
        ]
    return told


def _shown_checks(verdict: Verdict) -> list[str]:
    """The checks that this copy could pass: totals are no matter of a copy without ballots."""
    closed = verdict.holds and not verdict.counted
    # The page has no key of its own to compare with; it shows the fingerprint instead.
    return [check for check in proof.CHECKS if check != "KEY" and not (closed and check == "RESULT")]
