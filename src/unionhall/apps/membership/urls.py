from __future__ import annotations

from django.urls import path

from unionhall.apps.membership.views import (
    joining,
    member,
    own_data,
    printing,
    signing,
    visitors,
    wishes,
)

app_name = "membership"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("join/employers", joining.employers, name="employers"),
    path("join/find", joining.find, name="find"),
    path("join/<token>", joining.state, name="state"),
    path("join/<token>/confirm", joining.confirm, name="confirm"),
    path("join/<token>/form", joining.again, name="again"),
    path("join/<token>/withdraw", joining.withdraw, name="withdraw"),
    path("me", member.card, name="me"),
    path("me/sign-in", signing.sign_in, name="me-sign-in"),
    path("me/who", signing.who, name="me-who"),
    path("me/sign-out", signing.sign_out, name="me-sign-out"),
    path("me/record", member.record, name="me-record"),
    path("me/union", member.union, name="me-union"),
    path("me/services", member.services, name="me-services"),
    path("me/data", own_data.data, name="me-data"),
    path("me/data.<form>", own_data.export, name="me-export"),
    path("me/data/correct/<field>", own_data.correct, name="me-correct"),
    path("me/consent", own_data.consent, name="me-consent"),
    path("desk", wishes.desk, name="desk"),
    path("members/<public_id>/code", wishes.desk_code, name="desk-code"),
    path("wishes", wishes.wishes, name="wishes"),
    path("wishes/<public_id>", wishes.wish, name="wish"),
    path("sessions/<public_id>/check-in", visitors.check_in, name="check-in"),
    path("questions", visitors.questions, name="questions"),
    path("applications/<public_id>/print/<kind>.pdf", printing.form, name="print-form"),
    path("unions/<public_id>/register.pdf", printing.register, name="print-register"),
    path("codes/<public_id>/poster.pdf", printing.poster, name="print-poster"),
]
