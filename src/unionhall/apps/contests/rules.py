"""Who may do what at a contest: by a dated post over its organiser, or by a part taken in it."""

from __future__ import annotations

from rules.predicates import Predicate

from unionhall.apps.contests.codes import DutyRole
from unionhall.apps.contests.models import Contest, Entry, Stage
from unionhall.apps.people.codes import PostRole
from unionhall.kernel.permissions import has_post, in_reach, takes_part


def organiser_of(thing: Contest | Stage | Entry) -> int:
    """The union that holds the contest to which a thing belongs."""
    if isinstance(thing, Entry):
        return thing.stage.contest.organiser_id
    return thing.organiser_id if isinstance(thing, Contest) else thing.contest.organiser_id


rehearsed = Predicate(lambda _account, stage: stage.rehearsal_of_id is not None, "rehearsed")
may_create_contest = has_post(PostRole.CONTEST_ORGANISER)
organises = in_reach(PostRole.CONTEST_ORGANISER, of=organiser_of)
scrutinises = takes_part(DutyRole.SCRUTINEER)
chairs = takes_part(DutyRole.CHIEF_JUROR)
# An entrant's union sees the contest, the programme and its own entries.
sees_contest = (
    organises
    | in_reach(PostRole.OFFICER, of=organiser_of)
    | takes_part(DutyRole.SCRUTINEER, DutyRole.CHIEF_JUROR, "ENTRANT")
)
runs = organises | scrutinises
# Nothing of a rehearsal is official, so whoever runs it may also publish it.
publishes = organises | (scrutinises & rehearsed)
oversees = organises | scrutinises | chairs
