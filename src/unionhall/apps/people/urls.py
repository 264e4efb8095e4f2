from __future__ import annotations

from django.urls import path

from unionhall.apps.people import views

app_name = "people"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("demo", views.demo, name="demo"),
]
