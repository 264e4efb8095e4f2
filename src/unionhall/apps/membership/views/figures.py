"""Joining in figures: the dashboard of a union, and the entries behind each number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from unionhall.apps.membership import messages, queries, rules
from unionhall.apps.membership.codes import Channel, Occupation
from unionhall.apps.membership.figure_words import words_of
from unionhall.apps.membership.forms.figures import CategorySetForm, TargetForm
from unionhall.apps.membership.models import CategorySet, Partner
from unionhall.apps.membership.queries.counting import JOINS, MEMBERS, NEW_EMPLOYMENT_JOINS, OF_KIND
from unionhall.apps.membership.queries.live import Dashboard, Scope
from unionhall.apps.membership.tables import EntryTable, LiveEntryFilter, MemberFilter, MemberTable
from unionhall.apps.membership.usecases import definitions
from unionhall.apps.membership.views import loading
from unionhall.apps.orgs.codes import UnionLevel
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import line_of_command
from unionhall.kernel import clock
from unionhall.kernel.permissions import allowed, guard
from unionhall.kernel.typed import whole_number
from unionhall.ui.charts import BarChart, bar_chart
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

YEARS = 5


@guard(rules.keeps_any_roll)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Joining in the union of one's first post."""
    return _dashboard(request, _own(request))


@guard(rules.keeps_roll, loading.union)
def dashboard_of(request: HttpRequest, union: Union) -> HttpResponse:
    """Joining in any union within reach."""
    return _dashboard(request, union)


def _own(request: HttpRequest) -> Union:
    by: Any = request.user
    return queries.routing.posts_of(by)[0]


def _year(request: HttpRequest) -> int:
    this = clock.today().year
    year = whole_number(request.GET.get("year", "")) or this
    return year if this - YEARS < year <= this else this


def _month(request: HttpRequest) -> int:
    month = whole_number(request.GET.get("month", "")) or 0
    return month if 1 <= month <= 12 else 0


def chosen_list(request: HttpRequest, lists: list[CategorySet]) -> CategorySet:
    """The list of occupations that the address names, else the newest official one."""
    named = whole_number(request.GET.get("list", ""))
    return next((one for one in lists if one.pk == named), lists[0])


def _dashboard(request: HttpRequest, union: Union) -> HttpResponse:
    today = clock.today()
    line = line_of_command(union, today)
    lists = queries.figures.lists_for([union, *line])
    scope = queries.live.scope_of(union, _year(request), today)
    told = queries.live.dashboard(scope, chosen_list(request, lists))
    context = {
        "told": told,
        "union": union,
        "line": [one for one in reversed(line) if allowed(rules.keeps_roll, request.user, one)],
        "lists": lists,
        "years": range(today.year, today.year - YEARS, -1),
        "as_of": today,
        "moves": [(figure, words_of(figure).label, told.figures[figure]) for figure in OF_KIND.values()],
        "behind": reverse("membership:joining-entries", args=[union.public_id])
        + "?"
        + urlencode({"year": scope.year, "list": told.listed.pk}),
        "occupations": [
            (code, Occupation(code).label if code else _("Not noted"), n) for code, n in told.by_occupation
        ],
        "sets_measures": allowed(rules.sets_measures, request.user, union),
        **_charts(told),
    }
    return render(request, "membership/dashboard.html", context)


def _charts(told: Dashboard) -> dict[str, BarChart]:
    both = (_("In new forms of employment"), _("Others"))
    return {
        "months": bar_chart(
            both, [(_("Month %(n)d") % {"n": month}, (new, all_ - new)) for month, all_, new in told.by_month]
        ),
        "channels": bar_chart(
            [_("Joins")], [(str(one.channel.label), (one.joins,)) for one in told.by_channel]
        ),
    }


def _under(scope: Scope, public_id: str) -> tuple[str, frozenset[int] | None]:
    """The name of a branch and the unions in it; of the union itself the union alone."""
    if not public_id:
        return "", None
    branch = Union.objects.filter(public_id=public_id).first()
    if branch is None or branch.pk not in scope.unions:
        raise Http404
    return branch.short_name, scope.of_branch(branch.pk)


@guard(rules.keeps_roll, loading.union)
def entries(request: HttpRequest, union: Union) -> HttpResponse:
    """The entries, or the members, that one number of the dashboard counts."""
    figure = request.GET.get("figure", JOINS)
    scope = queries.live.scope_of(union, _year(request), clock.today())
    branch, unions = _under(scope, request.GET.get("under", ""))
    heading = f"{words_of(figure).label} · {branch or union.short_name}" if figure in SHOWN_LIVE else ""
    if figure == MEMBERS:
        rows = queries.live.members(scope, unions).select_related("person__employer", "union")
        return list_page(
            request,
            rows.order_by("pk"),
            MemberTable,
            MemberFilter,
            heading=f"{_('Members now')} · {branch or union.short_name}",
            name="members",
            template="membership/entries.html",
            more=_kept(request, union, [_("as of today")]),
        )
    if figure not in SHOWN_LIVE:
        raise Http404
    listed = chosen_list(request, queries.figures.lists_for([union, *line_of_command(union, clock.today())]))
    rows_ = queries.live.entries(replace(scope, month=_month(request)), figure, listed, unions)
    said = [f"{scope.year}"]
    if figure == NEW_EMPLOYMENT_JOINS:
        said.append(listed.name)
    rows_, through = _through(request, rows_)
    return list_page(
        request,
        rows_.select_related("person__membership", "union", "application__attribution").order_by(
            "-on", "-pk"
        ),
        EntryTable,
        LiveEntryFilter,
        heading=heading,
        name="entries",
        template="membership/entries.html",
        more=_kept(request, union, said + through),
    )


@guard(rules.keeps_roll, loading.union)
def cohorts(request: HttpRequest, union: Union) -> HttpResponse:
    """From coming to joining, month by month; the dashboard fetches it, and it stands alone as well."""
    scope = queries.live.scope_of(union, _year(request), clock.today())
    told = {"cohorts": queries.live.cohorts(scope), "union": union, "scope": scope}
    fetched = bool(request.headers.get("HX-Request"))
    return render(request, f"membership/{'cohort_table' if fetched else 'cohorts'}.html", told)


SHOWN_LIVE = (JOINS, NEW_EMPLOYMENT_JOINS, *OF_KIND.values(), MEMBERS)
KEPT = ("figure", "year", "list", "under", "channel", "assisted", "partner")


def _kept(request: HttpRequest, union: Union, said: list[str]) -> dict[str, Any]:
    """What a filter on top leaves as it is, and how it is told."""
    return {
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
        "said": said,
        "back": reverse("membership:dashboard-of", args=[union.public_id]),
    }


def _through(request: HttpRequest, rows: Any) -> tuple[Any, list[str]]:
    channel, assisted = request.GET.get("channel", ""), request.GET.get("assisted", "")
    named = request.GET.get("partner", "")
    partner = Partner.objects.filter(public_id=named).first()
    if named and partner is None:
        raise Http404
    said = []
    for code, text in ((channel, _("through: %(channel)s")), (assisted, _("helped by: %(channel)s"))):
        if code:
            if code not in Channel:
                raise Http404
            said.append(text % {"channel": Channel(code).label})
    if partner is not None:
        said.append(_("with %(partner)s") % {"partner": partner.name})
    rows = queries.live.through(
        rows, channel=channel, assisted_by=assisted, partner=partner.pk if partner else None
    )
    return rows, said


@guard(rules.sets_measures, loading.union)
def target(request: HttpRequest, union: Union) -> HttpResponse:
    """Say how many joins a year is to bring."""
    today = clock.today()
    lists = queries.figures.lists_for([union, *line_of_command(union, today)])
    by: Any = request.user
    return form_page(
        request,
        TargetForm(request.POST or None, lists=lists, initial={"year": today.year}),
        _("Target · %(union)s") % {"union": union.short_name},
        lambda data: definitions.set_target(by=by, at=clock.now(), union=union, **data),
        reverse("membership:dashboard-of", args=[union.public_id]),
        in_words=messages.of_refusal,
        explained=_(
            "One number for a year: of all joins, or of those in new forms of employment by one list. A new"
            " number takes the place of the former one."
        ),
    )


@guard(rules.keeps_any_roll)
def category_sets(request: HttpRequest) -> HttpResponse:
    """The lists of occupations by which new forms of employment are counted, with all their versions."""
    by: Any = request.user
    own = [one for one in queries.routing.posts_of(by) if one.level == UnionLevel.DISTRICT]
    lists = [
        (one, [Occupation(code).label for code in one.occupations]) for one in queries.figures.all_lists()
    ]
    mine = [one for one in own if allowed(rules.sets_measures, by, one)]
    return render(request, "membership/category_sets.html", {"lists": lists, "districts": mine})


@guard(rules.sets_measures, loading.union)
def new_category_set(request: HttpRequest, union: Union) -> HttpResponse:
    """Publish a district's own list, or its next version."""
    former = queries.figures.own_list(union)
    initial = (
        {"name": former.name, "basis": former.basis, "occupations": former.occupations} if former else {}
    )
    by: Any = request.user
    return form_page(
        request,
        CategorySetForm(request.POST or None, initial=initial),
        _("List of occupations · %(union)s") % {"union": union.short_name},
        lambda data: definitions.publish_list(by=by, at=clock.now(), union=union, **data),
        reverse("membership:category-sets"),
        in_words=messages.of_refusal,
        explained=_(
            "It becomes a new version. Former ones stay as they are, since closed periods were counted"
            " by them."
        ),
    )
