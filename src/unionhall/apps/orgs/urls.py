from __future__ import annotations

from django.urls import path

from unionhall.apps.orgs import views

app_name = "orgs"
urlpatterns = [
    path("unions", views.unions, name="unions"),
    path("unions/<public_id>", views.union, name="union"),
]
