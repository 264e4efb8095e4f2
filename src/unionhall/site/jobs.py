"""Pages of long work: what somebody asked for, how far it is, what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.people.queries import account_of
from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM, Actor
from unionhall.kernel.jobs import cancel_job, messages
from unionhall.kernel.jobs.queue import jobs_of
from unionhall.kernel.jobs.rules import sees_job
from unionhall.kernel.models import Job
from unionhall.kernel.permissions import guard, signed_in
from unionhall.kernel.refusals import Refusal
from unionhall.site.tables import JobFilter, JobTable
from unionhall.ui.lists import list_page


def _job(public_id: str) -> Job:
    return get_object_or_404(Job, public_id=public_id)


@guard(signed_in)
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs that somebody asked for, or oversees."""
    return list_page(
        request, jobs_of(request.user), JobTable, JobFilter, heading=_("Background jobs"), name="jobs"
    )


@guard(sees_job, _job)
def job(request: HttpRequest, job: Job) -> HttpResponse:
    """One job, live."""
    actor = Actor.named(job.asked_by)
    asked_by = _("the program itself") if actor == SYSTEM else account_of(actor).shown_name
    context = {"shown": messages.shown(job), "asked_by": asked_by}
    return render(request, "site/job.html", context)


@guard(sees_job, _job)
def job_state(request: HttpRequest, job: Job) -> HttpResponse:
    """What a page that shows a job asks for every second while it is under way."""
    return _panel(request, job)


def _panel(request: HttpRequest, job: Job) -> HttpResponse:
    """A job's progress; when it has ended, the page around it is asked for anew and shows what came of it."""
    inside = "inside" in request.GET
    response = render(request, "ui/job.html", {"shown": messages.shown(job), "inside": inside})
    if inside and not job.under_way:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@guard(sees_job, _job)
def job_cancel(request: HttpRequest, job: Job) -> HttpResponse:
    """Cancel a job."""
    account: Any = request.user
    try:
        job = cancel_job(by=account, at=clock.now(), job=job)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    if request.headers.get("HX-Request"):
        job.refresh_from_db()
        return _panel(request, job)
    return HttpResponseRedirect(reverse("job", args=[job.public_id]))
