from __future__ import annotations

from django.urls import path

from unionhall.apps.membership.views import handling, joining, matches, outreach, rolls

app_name = "membership"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("join/employers", joining.employers, name="employers"),
    path("join/find", joining.find, name="find"),
    path("join/<token>", joining.state, name="state"),
    path("join/<token>/confirm", joining.confirm, name="confirm"),
    path("join/<token>/form", joining.again, name="again"),
    path("join/<token>/withdraw", joining.withdraw, name="withdraw"),
    path("applications", handling.applications, name="applications"),
    path("applications/<public_id>", handling.application, name="application"),
    path("applications/<public_id>/accept", handling.accept, name="accept"),
    path("applications/<public_id>/confirm", handling.confirm, name="confirm-desk"),
    path("applications/<public_id>/return", handling.send_back, name="send-back"),
    path("applications/<public_id>/forward", handling.forward, name="forward"),
    path("unions/<public_id>/decisions/new", handling.decide, name="decide"),
    path("members", rolls.members, name="members"),
    path("members/<public_id>", rolls.member, name="member"),
    path("members/<public_id>/entries/<kind>", rolls.write_entry, name="write-entry"),
    path("members/<public_id>/correct/<int:entry>", rolls.correct, name="correct"),
    path("matches", matches.matches, name="matches"),
    path("matches/<public_id>", matches.settle, name="settle-match"),
    path("unions/<public_id>/matches", matches.find, name="find-matches"),
    path("outreach", outreach.sessions, name="sessions"),
    path("outreach/new", outreach.new_session, name="new-session"),
    path("outreach/codes", outreach.codes, name="codes"),
    path("outreach/codes/new", outreach.new_code, name="new-code"),
    path("outreach/partners/new", outreach.new_partner, name="new-partner"),
    path("outreach/questions", outreach.open_questions, name="open-questions"),
    path("outreach/questions/<public_id>", outreach.answer, name="answer"),
    path("outreach/<public_id>", outreach.session, name="session"),
    path("outreach/<public_id>/outcome", outreach.outcome, name="outcome"),
    path("outreach/<public_id>/issues/new", outreach.raise_issue, name="raise-issue"),
    path("outreach/<public_id>/questions/new", outreach.note_question, name="note-question"),
]
