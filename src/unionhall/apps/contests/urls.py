from __future__ import annotations

from django.urls import path

from unionhall.apps.contests.views import desk, imports, phone, preparation, results, screen, stages

app_name = "contests"
urlpatterns = [
    path("contests", stages.contest_list, name="list"),
    path("contests/new", preparation.new_contest, name="new-contest"),
    path("contests/<public_id>", stages.contest, name="contest"),
    path("contests/<public_id>/stages/new", preparation.new_stage, name="new-stage"),
    path("stages/<public_id>/rules/edit", preparation.edit_rules, name="edit-rules"),
    path("stages/<public_id>/entries/new", preparation.new_entry, name="new-entry"),
    path(
        "stages/<public_id>/entries/<entry_id>/special-prize", preparation.special_prize, name="special-prize"
    ),
    path("stages/<public_id>/entries/<entry_id>/points", preparation.adjust, name="adjust"),
    path("stages/<public_id>/entries/<entry_id>/withdraw", preparation.withdraw, name="withdraw"),
    path("stages/<public_id>/juries/new", preparation.new_jury, name="new-jury"),
    path("stages/<public_id>/juries/<code>/seats", preparation.new_seats, name="new-seats"),
    path("stages/<public_id>/juries/<code>/open-code", preparation.open_code, name="open-code"),
    path("stages/<public_id>/cues/new", preparation.new_cue, name="new-cue"),
    path("stages/<public_id>/cues/<cue_id>", preparation.change_cue, name="change-cue"),
    path("stages/<public_id>/draw", preparation.draw, name="draw"),
    path("stages/<public_id>/imports/<import_id>", imports.review, name="import"),
    path("stages/<public_id>/imports/<import_id>/commit", imports.commit, name="import-commit"),
    path("stages/<public_id>/imports/<import_id>/returned", imports.returned, name="import-returned"),
    path("stages/<public_id>/upload/<kind>", imports.upload, name="upload"),
    path("stages/<public_id>/upload/<kind>/blank", imports.blank, name="import-blank"),
    path("stages/<public_id>/duties/new", preparation.new_duty, name="new-duty"),
    path("stages/<public_id>", stages.overview, name="stage"),
    path("stages/<public_id>/programme", stages.programme, name="programme"),
    path("stages/<public_id>/rules", stages.rulebook, name="rulebook"),
    path("stages/<public_id>/freeze", stages.freeze, name="freeze"),
    path("stages/<public_id>/passes", stages.issue, name="passes"),
    path("stages/<public_id>/rehearsals", stages.rehearse, name="rehearse"),
    path("stages/<public_id>/desk", desk.page, name="desk"),
    path("stages/<public_id>/desk/state", desk.state, name="desk-state"),
    path("stages/<public_id>/desk/counts", desk.counts, name="desk-counts"),
    path("stages/<public_id>/desk/seat", desk.seat, name="desk-seat"),
    path("stages/<public_id>/desk/paper", desk.paper, name="desk-paper"),
    path("stages/<public_id>/desk/reissue", desk.reissue, name="desk-reissue"),
    path("stages/<public_id>/desk/<action>", desk.act, name="desk-act"),
    path("stages/<public_id>/hall", screen.hall, name="hall"),
    path("stages/<public_id>/board", results.board, name="board"),
    path("stages/<public_id>/sheets/<entry_id>", results.sheets, name="sheets"),
    path("stages/<public_id>/ballots/<int:number>/correct", results.correct, name="correct"),
    path("stages/<public_id>/corrections/<correction_id>", results.decide, name="decide"),
    path("stages/<public_id>/results", results.published, name="results"),
    path("juror", phone.sheet, name="sheet"),
    path("juror/ballot", phone.send, name="send"),
]
