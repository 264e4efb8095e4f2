from __future__ import annotations

from django.urls import path

from unionhall.apps.membership.views import figures, joining, periods, rolls

app_name = "membership"
urlpatterns = [
    path("join", joining.join, name="join"),
    path("join/employers", joining.employers, name="employers"),
    path("join/find", joining.find, name="find"),
    path("join/<token>", joining.state, name="state"),
    path("join/<token>/confirm", joining.confirm, name="confirm"),
    path("join/<token>/form", joining.again, name="again"),
    path("join/<token>/withdraw", joining.withdraw, name="withdraw"),
    path("members/<public_id>", rolls.member, name="member"),
    path("joining", figures.dashboard, name="dashboard"),
    path("joining/lists", figures.category_sets, name="category-sets"),
    path("joining/periods", periods.periods, name="periods"),
    path("joining/periods/<public_id>", periods.period, name="period"),
    path("joining/periods/<public_id>/check", periods.check, name="check-period"),
    path("joining/periods/<public_id>/restate", periods.restate, name="restate-period"),
    path("joining/periods/<public_id>/difference", periods.difference, name="period-difference"),
    path("joining/periods/<public_id>/entries/<figure>", periods.entries, name="period-entries"),
    path("unions/<public_id>/joining", figures.dashboard_of, name="dashboard-of"),
    path("unions/<public_id>/joining/cohorts", figures.cohorts, name="joining-cohorts"),
    path("unions/<public_id>/joining/entries", figures.entries, name="joining-entries"),
    path("unions/<public_id>/joining/target", figures.target, name="target"),
    path("unions/<public_id>/lists/new", figures.new_category_set, name="new-category-set"),
    path("unions/<public_id>/periods/new", periods.close, name="close-period"),
]
