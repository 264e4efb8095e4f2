from __future__ import annotations

from django.urls import path

from unionhall.apps.coverage.views import contacts, enterprises, foundings, priority

app_name = "coverage"
urlpatterns = [
    path("ledger", enterprises.ledger, name="ledger"),
    path("ledger/new", enterprises.new, name="new-enterprise"),
    path("enterprises/<public_id>", enterprises.enterprise, name="enterprise"),
    path("enterprises/<public_id>/name", enterprises.rename, name="rename"),
    path("enterprises/<public_id>/address", enterprises.move, name="move"),
    path("enterprises/<public_id>/number", enterprises.code, name="code"),
    path("enterprises/<public_id>/employees", enterprises.count, name="count"),
    path("enterprises/<public_id>/facts", enterprises.facts, name="facts"),
    path("enterprises/<public_id>/union", enterprises.state, name="state"),
    path("enterprises/<public_id>/next", enterprises.next_step, name="next-step"),
    path("enterprises/<public_id>/gone", enterprises.gone, name="gone"),
    path("enterprises/<public_id>/join", enterprises.join, name="join"),
    path("enterprises/<public_id>/contacts/new", contacts.contact, name="contact"),
    path("enterprises/<public_id>/person", contacts.person, name="person"),
    path("enterprises/<public_id>/person/phone", contacts.phone, name="phone"),
    path("enterprises/<public_id>/person/delete", contacts.forget, name="forget"),
    path("enterprises/<public_id>/founding", foundings.new, name="new-founding"),
    path("foundings", foundings.all_foundings, name="foundings"),
    path("foundings/<public_id>", foundings.founding, name="founding"),
    path("foundings/<public_id>/file", foundings.file, name="file"),
    path("foundings/<public_id>/pass", foundings.go_on, name="pass"),
    path("foundings/<public_id>/approve", foundings.approve, name="approve"),
    path("foundings/<public_id>/back", foundings.back, name="founding-back"),
    path("foundings/<public_id>/due", foundings.due, name="founding-due"),
    path("foundings/<public_id>/give-up", foundings.give_up, name="give-up"),
    path("foundings/<public_id>/assembly", foundings.assembly, name="assembly"),
    path("foundings/<public_id>/meeting", foundings.link_meeting, name="link-meeting"),
    path("foundings/<public_id>/register", foundings.register, name="register"),
    path("foundings/<public_id>/documents/<file_id>", foundings.document, name="document"),
    path("ledger/priority", priority.all_rules, name="rules"),
    path("ledger/priority/<public_id>", priority.rule, name="priority"),
    path("ledger/priority/<public_id>/publish", priority.publish, name="publish-rule"),
    path("ledger/priority/<public_id>/office", priority.office, name="office"),
]
