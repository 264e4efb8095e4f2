"""The house's doors; each capability keeps its own list."""

from __future__ import annotations

from django.urls import include, path

from unionhall.site import deliveries, jobs, views

urlpatterns = [
    path("", views.today, name="today"),
    path("offline-worker.js", views.offline_worker, name="offline-worker"),
    path("language", views.set_language, name="set_language"),
    path("jobs", jobs.jobs, name="jobs"),
    path("jobs/<public_id>", jobs.job, name="job"),
    path("jobs/<public_id>/state", jobs.job_state, name="job-state"),
    path("jobs/<public_id>/cancel", jobs.job_cancel, name="job-cancel"),
    path("deliveries", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery>/again", deliveries.deliver_again, name="deliver-again"),
    # Printed codes are valid for ever, so their address belongs to the house and not to a capability.
    path("q/<code>", views.printed_code, name="seat"),
    path("", include("unionhall.apps.orgs.urls")),
    path("", include("unionhall.apps.people.urls")),
    path("", include("unionhall.apps.membership.urls")),
    path("", include("unionhall.apps.meetings.urls")),
    path("", include("unionhall.apps.coverage.urls")),
    path("", include("unionhall.apps.contests.urls")),
]
