from __future__ import annotations

from django.urls import path

from unionhall.apps.people.views import persons, signing

app_name = "people"
urlpatterns = [
    path("people", persons.people, name="people"),
    path("people/<public_id>", persons.person, name="person"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("demo", signing.demo, name="demo"),
]
