"""Where the storeys are joined: scopes for permissions, frames for live pages, the navigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from unionhall.apps.contests.queries import parts
from unionhall.apps.coverage.facts import EnterpriseCovered, UnionFounded
from unionhall.apps.coverage.rules import is_steward, keeps_any_ground
from unionhall.apps.meetings import queries as meetings
from unionhall.apps.meetings.rules import follows_issues, works_anywhere
from unionhall.apps.meetings.sources import register_source
from unionhall.apps.membership.codes import SESSION
from unionhall.apps.membership.handlers import on_enterprise_covered, on_union_founded
from unionhall.apps.membership.queries.kept import add_source
from unionhall.apps.membership.rules import keeps_any_roll
from unionhall.apps.people.models import Account
from unionhall.apps.people.queries import account_of, holds_post, reach, reaches
from unionhall.apps.people.rules import holds_any_post
from unionhall.kernel.facts import hear_fact, mends_deliveries
from unionhall.kernel.live import register_frame
from unionhall.kernel.permissions import supply_scopes
from unionhall.ui.navigation import Item, register


def join() -> None:
    """Join the house; called once when Django is ready."""
    supply_scopes(reach=reach, reaches=reaches, holds=holds_post, duties=_duties, accounts=account_of)
    add_source(parts.kept_of)
    register(Item("", _("Today"), "today", lambda _account: True))
    register(Item("", _("Background jobs"), "jobs", lambda _account: True))
    register(Item("", _("Failed deliveries"), "deliveries", mends_deliveries))
    register(Item(_("Unions and people"), _("Unions"), "orgs:unions", holds_any_post))
    register(Item(_("Unions and people"), _("People"), "people:people", holds_any_post))
    register(Item(_("Joining and service"), _("Applications"), "membership:applications", keeps_any_roll))
    register(Item(_("Joining and service"), _("Members"), "membership:members", keeps_any_roll))
    register(Item(_("Joining and service"), _("Codes for members"), "membership:desk", keeps_any_roll))
    register(Item(_("Joining and service"), _("Wishes for correction"), "membership:wishes", keeps_any_roll))
    register(Item(_("Joining and service"), _("Outreach"), "membership:sessions", keeps_any_roll))
    register(Item(_("Joining and service"), _("Double records"), "membership:matches", keeps_any_roll))
    register(Item(_("Joining and service"), _("Figures"), "membership:dashboard", keeps_any_roll))
    register(Item(_("Joining and service"), _("Import and export"), "membership:collections", keeps_any_roll))
    register(Item(_("Coverage"), _("Ledger of enterprises"), "coverage:ledger", keeps_any_ground))
    register(Item(_("Coverage"), _("Registers of offices"), "coverage:registers-start", keeps_any_ground))
    register(Item(_("Coverage"), _("Workers' sites"), "coverage:sites", keeps_any_ground))
    register(Item(_("Coverage"), _("Figures of coverage"), "coverage:figures", keeps_any_ground))
    register(Item(_("Coverage"), _("Foundings"), "coverage:foundings", keeps_any_ground))
    register(Item(_("Coverage"), _("Blocks"), "coverage:blocks", keeps_any_ground))
    register(Item(_("Coverage"), _("My round"), "coverage:round", is_steward))
    register(Item(_("Joining and service"), _("Meetings"), "meetings:meetings", works_anywhere))
    register(Item(_("Joining and service"), _("Issues"), "meetings:issues", follows_issues))
    register(Item(_("Stage and classroom"), _("Contests"), "contests:list", lambda _account: True))
    register_source(SESSION, _("Outreach"), "membership:session")
    hear_fact(UnionFounded, "membership.union_founded", on_union_founded)
    hear_fact(EnterpriseCovered, "membership.enterprise_covered", on_enterprise_covered)
    register_frame("desk", _desk)
    register_frame("hall", _hall)
    register_frame("juror", _juror)


def _duties(account: Account, thing: Any) -> frozenset[str]:
    return parts.duties(account, thing) | meetings.duties(account, thing)


# Views are imported when a frame is first made: Django is not ready for them when it is wired.
def _desk(subject: str) -> dict[str, str]:
    from unionhall.apps.contests.views import desk

    return desk.frame(subject.removeprefix("stage:"))


def _hall(subject: str) -> dict[str, str]:
    from unionhall.apps.contests.views import screen

    return screen.frame(subject.removeprefix("stage:"))


def _juror(subject: str) -> dict[str, str]:
    from unionhall.apps.contests.views import phone

    return phone.frame(subject.removeprefix("stage:"))
