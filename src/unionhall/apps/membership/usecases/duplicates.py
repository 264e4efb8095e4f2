"""Two records of one person: found, looked at by an officer, merged, and parted again when that was wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from unionhall.apps.membership import queries, rules
from unionhall.apps.membership.codes import MatchKind, MatchState, Standing
from unionhall.apps.membership.facts import PersonsMerged
from unionhall.apps.membership.models import Match, Membership
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account, Particulars, Person
from unionhall.kernel import audit
from unionhall.kernel.facts import publish
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

STANDING = (Standing.MEMBER, Standing.RETAINED, Standing.MOVING)


@transaction.atomic
def find_matches(*, by: Account, at: datetime, union: Union) -> int:
    """Look for records under a union that may be one person; how many new pairs there are to look at.

    A pair that was looked at once is not brought up again.
    """
    require(rules.keeps_roll, by, union)
    found = queries.duplicates.likely_pairs(union, at)
    before = Match.objects.count()
    Match.objects.bulk_create(
        (
            Match(first_id=first, second_id=second, kind=MatchKind(kind), found_at=at)
            for (first, second), kind in sorted(found.items())
        ),
        ignore_conflicts=True,
    )
    new = Match.objects.count() - before
    audit.record(by.actor, "matches.find", union, at=at, refs={"pairs": new})
    return new


def _locked(match: Match, state: MatchState, by: Account) -> Match:
    fresh = Match.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=match.pk)
    if fresh.state != state:
        raise Refusal("MATCH_STATE", state=fresh.state)
    for person in (fresh.first, fresh.second):
        require(rules.keeps_person, by, person)
    return fresh


@transaction.atomic
def merge_persons(*, by: Account, at: datetime, match: Match, kept: Person) -> None:
    """Let one record hold on for both. Nothing is rewritten: the other points to it, and can be parted again.

    Refused with MERGE_KEEP_MEMBER when the other is the member, and with MERGE_TWO_UNIONS when both stand on
    rolls of different unions, which a transfer has to settle first.
    """
    fresh = _locked(match, MatchState.OPEN, by)
    # What was read before is read again under the lock that every entry of the ledger takes as well.
    pair = Person.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=(fresh.first_id, fresh.second_id)
    )
    fresh.first, fresh.second = pair.order_by("pk")
    other = fresh.second if kept.pk == fresh.first_id else fresh.first
    if kept.pk not in (fresh.first_id, fresh.second_id):
        raise Refusal("NOT_OF_THE_PAIR")
    kept = fresh.first if kept.pk == fresh.first_id else fresh.second
    if kept.merged_into_id is not None or other.merged_into_id is not None:
        raise Refusal("MERGED_ALREADY")
    heads = {head.person_id: head for head in Membership.objects.filter(person__in=(kept, other))}
    stands, gone = heads.get(kept.pk), heads.get(other.pk)
    if gone is not None and gone.standing in STANDING:
        if stands is None or stands.standing not in STANDING:
            raise Refusal("MERGE_KEEP_MEMBER", name=other.name)
        if stands.union_id != gone.union_id:
            raise Refusal("MERGE_TWO_UNIONS", name=kept.name)
    Person.objects.filter(pk=other.pk).update(merged_into=kept)
    Particulars.objects.filter(person=other).update(superseded=True)
    fresh.state, fresh.kept, fresh.decided_by, fresh.decided_at = MatchState.MERGED, kept, by, at
    fresh.save(update_fields=["state", "kept", "decided_by", "decided_at"])
    audit.record(
        by.actor, "person.merge", kept, at=at, refs={"other": other.public_id, "match": fresh.public_id}
    )
    publish(PersonsMerged(kept=kept.public_id, other=other.public_id), at=at)


@transaction.atomic
def part_persons(*, by: Account, at: datetime, match: Match) -> None:
    """Take a merge back: both records stand for themselves again, and the pair is to be looked at."""
    fresh = _locked(match, MatchState.MERGED, by)
    kept = fresh.kept
    assert kept is not None, "a merged pair has one that holds on"
    other = fresh.second if kept.pk == fresh.first_id else fresh.first
    Person.objects.filter(pk=other.pk).update(merged_into=None)
    try:
        with transaction.atomic():
            Particulars.objects.filter(person=other).update(superseded=False)
    except IntegrityError as error:
        raise Refusal("PART_NUMBER_HELD", name=other.name) from error
    fresh.state, fresh.kept, fresh.decided_by, fresh.decided_at = MatchState.OPEN, None, None, None
    fresh.save(update_fields=["state", "kept", "decided_by", "decided_at"])
    audit.record(by.actor, "person.part", kept, at=at, refs={"other": other.public_id})


@transaction.atomic
def keep_apart(*, by: Account, at: datetime, match: Match) -> None:
    """Note that the two are different persons."""
    fresh = _locked(match, MatchState.OPEN, by)
    fresh.state, fresh.decided_by, fresh.decided_at = MatchState.APART, by, at
    fresh.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(by.actor, "match.apart", fresh, at=at)
