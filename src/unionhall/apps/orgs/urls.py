from __future__ import annotations

from django.urls import path

from unionhall.apps.orgs import views

app_name = "orgs"
urlpatterns = [
    path("unions", views.unions, name="unions"),
    path("unions/<public_id>", views.union, name="union"),
    path("unions/<public_id>/new-union", views.new_union, name="new-union"),
    path("unions/<public_id>/line", views.place, name="place"),
    path("unions/<public_id>/contact", views.contact, name="contact"),
    path("unions/<public_id>/affiliations/new", views.affiliate, name="affiliate"),
    path("unions/<public_id>/employers/new", views.cover, name="cover"),
]
