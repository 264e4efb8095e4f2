"""To which union an application goes."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from unionhall.apps.membership.codes import ApplicationState, Employment
from unionhall.apps.membership.models import Application, SourceCode
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Coverage, Employer, Union
from unionhall.apps.people.codes import PostRole
from unionhall.apps.people.models import Account
from unionhall.apps.people.queries import present_posts
from unionhall.kernel import clock


def union_for(employer: Employer | None, area: Union | None, source: SourceCode | None) -> Union | None:
    """The union that covers the employer; where none does, the territorial one.

    A joint union (one that covers many employers) covers its employers like any other. Without a covered
    employer it is the union of the employer's territory, then of the area that the applicant chose, then of
    whoever hung up the code that was scanned.
    """
    if employer is not None:
        covering = (
            Coverage.objects.filter(employer=employer, ends=None)
            .select_related("union")
            .order_by("starts", "pk")
            .first()
        )
        if covering is not None:
            return covering.union
        if employer.territory is not None:
            return employer.territory
    if area is not None:
        return area
    return source.union if source else None


def waiting_elsewhere(union: Union) -> QuerySet[Application]:
    """Applications from employers that a union covers which nobody has taken up yet, and that wait elsewhere.

    An employer that nobody had registered stands in an application as it was written: by its name. Where
    another grass-roots union has them, somebody meant that union.
    """
    covered = Coverage.objects.filter(union=union, ends=None)
    named = Q(employment=Employment.EMPLOYER, employer=None, workplace__in=covered.values("employer__name"))
    waiting = (ApplicationState.UNCONFIRMED, ApplicationState.SUBMITTED)
    return (
        Application.objects.filter(Q(employer__in=covered.values("employer_id")) | named, state__in=waiting)
        .exclude(union=union)
        .exclude(union__level=UnionLevel.GRASSROOTS)
        .order_by("pk")
    )


def receiving_unions() -> QuerySet[Union]:
    """Unions to which an application can be passed on."""
    return Union.objects.order_by("level", "name")


def posts_of(account: Account) -> list[Union]:
    """The unions in which an account holds a post that keeps rolls."""
    if account.person is None:
        return []
    posts = present_posts(account.person, clock.today()).filter(
        role__in=(PostRole.ADMINISTRATOR, PostRole.OFFICER)
    )
    return list({post.union.pk: post.union for post in posts.order_by("pk")}.values())
