"""The house's doors; each capability keeps its own list."""

from __future__ import annotations

from django.urls import include, path

from unionhall.site import views

urlpatterns = [
    path("", views.today, name="today"),
    path("language", views.set_language, name="set_language"),
    # Printed codes are valid for ever, so their address belongs to the house and not to a capability.
    path("q/<code>", views.printed_code, name="seat"),
    path("", include("unionhall.apps.orgs.urls")),
    path("", include("unionhall.apps.people.urls")),
    path("", include("unionhall.apps.membership.urls")),
    path("", include("unionhall.apps.contests.urls")),
]
