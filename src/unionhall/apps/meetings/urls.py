from __future__ import annotations

from django.urls import path

from unionhall.apps.meetings.views import issues, meetings

app_name = "meetings"
urlpatterns = [
    path("meetings", meetings.meetings, name="meetings"),
    path("meetings/new", meetings.new_meeting, name="new-meeting"),
    path("meetings/<public_id>", meetings.meeting, name="meeting"),
    path("meetings/<public_id>/plan", meetings.change, name="change-meeting"),
    path("meetings/<public_id>/record", meetings.record, name="record"),
    path("meetings/<public_id>/minutes", meetings.minutes, name="minutes"),
    path("meetings/<public_id>/issues/new", meetings.raise_at, name="raise"),
    path("issues", issues.issues, name="issues"),
    path("issues/new", issues.new_issue, name="new-issue"),
    path("issues/<public_id>", issues.issue, name="issue"),
    path("issues/<public_id>/owner", issues.assign, name="assign"),
    path("issues/<public_id>/due", issues.due, name="due"),
    path("issues/<public_id>/notes/new", issues.note, name="note"),
    path("issues/<public_id>/done", issues.claim, name="claim"),
    path("issues/<public_id>/close", issues.close, name="close"),
    path("issues/<public_id>/return", issues.send_back, name="return"),
    path("issues/<public_id>/reopen", issues.reopen, name="reopen"),
    path("issues/<public_id>/evidence/<file_id>", issues.evidence, name="evidence"),
]
