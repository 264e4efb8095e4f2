"""Any history that the use cases let happen: one open membership each, and figures that agree."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import Count

from tests.apps.membership.conftest import identity_number
from unionhall.apps.membership import queries
from unionhall.apps.membership.codes import EventKind, MatchState, Standing
from unionhall.apps.membership.models import CategorySet, Match, Membership, MembershipEvent
from unionhall.apps.membership.queries import live
from unionhall.apps.membership.queries.counting import JOINS, MEMBERS
from unionhall.apps.membership.queries.ledger import Stand, entries_of, standing_of
from unionhall.apps.membership.usecases import duplicates, figures, ledger
from unionhall.apps.orgs.models import Union
from unionhall.kernel import clock
from unionhall.kernel.refusals import Refusal

STEPS = 120


class History:
    """Officers who do whatever comes to mind, in whatever order; what is not allowed is refused."""

    def __init__(self, desk, seed):
        self.desk, self.chance, self.today = desk, random.Random(seed), clock.today()
        names = ("梧桐里街道总工会", "环境卫生服务中心工会", "城东区总工会")
        self.unions = [Union.objects.get(name=name) for name in names]
        self.numbers = [identity_number(n) for n in range(600, 605)]
        self.day = self.today - timedelta(days=STEPS)
        self.told = {"by": desk.officer, "at": clock.now()}
        self.done, self.frozen = 0, {}

    def membership(self):
        return self.chance.choice(list(Membership.objects.order_by("pk")) or [None])

    def join(self):
        one = self.desk.accepted(identity=self.chance.choice(self.numbers), at=clock.now())
        self.desk.decide(one, on=self.day)

    def move(self):
        union = self.chance.choice(self.unions)
        act = self.chance.choice([ledger.transfer_in, ledger.retain, ledger.restore])
        act(membership=self.membership(), union=union, on=self.day, reason="换工作", **self.told)

    def leave(self):
        ledger.transfer_out(membership=self.membership(), on=self.day, reason="离职", **self.told)

    def end(self):
        kind = self.chance.choice([EventKind.LEAVE, EventKind.REMOVE])
        ledger.end_membership(
            membership=self.membership(), kind=kind, on=self.day, reason="本人申请", **self.told
        )

    def correct(self):
        last = queries.rolls.last_in_force(self.membership().person)
        ledger.correct_entry(event=last, reason="误录", **self.told)

    def merge(self):
        here = Membership.objects.filter(
            standing=Standing.MEMBER, union=self.chance.choice(self.unions), person__merged_into=None
        )
        people = [head.person for head in here.order_by("pk")]
        low, high = sorted(self.chance.sample(people, 2), key=lambda one: one.pk)
        match, _new = Match.objects.get_or_create(
            first=low, second=high, defaults={"kind": "PHONE", "found_at": clock.now()}
        )
        kept = self.chance.choice([low, high])
        duplicates.merge_persons(match=match, kept=kept, **self.told)
        other = high if kept == low else low
        self.frozen[match.pk] = (other.pk, MembershipEvent.objects.filter(person=other).count())

    def part(self):
        match = self.chance.choice(Match.objects.filter(state=MatchState.MERGED).order_by("pk"))
        duplicates.part_persons(match=match, **self.told)
        del self.frozen[match.pk]

    def go(self):
        acts = [self.join, self.join, self.move, self.move, self.leave, self.end, self.correct]
        acts += [self.merge, self.merge, self.part]
        for _ in range(STEPS):
            self.day = min(
                self.today - timedelta(days=1), self.day + timedelta(days=self.chance.randint(0, 1))
            )
            try:
                self.chance.choice(acts)()
                self.done += 1
            except (Refusal, AttributeError, IndexError, ValueError):
                # Refused, or there is nobody yet to do it to.
                continue


@pytest.mark.parametrize("seed", range(6))
def test_any_history_gives_each_person_one_open_membership_and_figures_that_agree(desk, seed):
    history = History(desk, seed)
    history.go()
    assert history.done > 10
    heads = list(Membership.objects.select_related("person"))
    # The head says what the entries say.
    for head in heads:
        stand = Stand(Standing(head.standing), head.union_id, head.since, head.joined_on)
        assert stand == standing_of(entries_of(head.person))
    # Nothing is written into a merged record, so that the one that holds on is the only open membership.
    merged = MembershipEvent.objects.filter(person__merged_into__isnull=False)
    assert dict(merged.values_list("person").annotate(n=Count("pk"))) == dict(history.frozen.values())
    # Joins and returns less departures are the members: in the frozen period, on the dashboard, in the roll.
    listed = CategorySet.objects.order_by("pk").first()
    frozen = figures.close_period(
        union=desk.district,
        starts=history.today - timedelta(days=STEPS + 1),
        ends=history.today,
        listed=listed,
        **history.told,
    ).figures
    members = [head for head in heads if head.standing == Standing.MEMBER and head.person.merged_into is None]
    assert frozen["MEMBERS"] == frozen["GAINED"] - frozen["LOST"] == len(members)
    year = live.scope_of(desk.district, history.today.year, history.today)
    shown = live.dashboard(year, listed).figures
    assert shown[MEMBERS] == len(members)
    if year.starts <= history.today - timedelta(days=STEPS + 1):
        assert shown[JOINS] == frozen["JOINS"] == live.entries(year, JOINS, listed).count()
    assert MembershipEvent.objects.filter(kind=EventKind.JOIN).count() >= frozen["JOINS"]
