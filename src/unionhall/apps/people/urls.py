from __future__ import annotations

from django.urls import path

from unionhall.apps.people.views import particulars, persons, signing

app_name = "people"
urlpatterns = [
    path("people", persons.people, name="people"),
    path("people/new", persons.new_person, name="new-person"),
    path("people/find", particulars.find, name="find"),
    path("people/<public_id>", persons.person, name="person"),
    path("people/<public_id>/honours/new", persons.honour, name="honour"),
    path("people/<public_id>/posts/new", persons.appoint, name="appoint"),
    path("people/<public_id>/posts/<post_id>/end", persons.end_post, name="end-post"),
    path("people/<public_id>/particulars", particulars.write, name="particulars"),
    path("people/<public_id>/particulars/<column>", particulars.reveal, name="reveal"),
    path("people/<public_id>/account", persons.account, name="account"),
    path("account", signing.own_account, name="own-account"),
    path("password", signing.own_password, name="own-password"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("demo", signing.demo, name="demo"),
]
