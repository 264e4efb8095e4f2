"""Blocks: the list, one ground with its map and loads, one block, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, queries, rules
from unionhall.apps.coverage.codes import TouchpointKind
from unionhall.apps.coverage.forms.blocks import BlockForm, HandOverForm, PutForm, TouchpointForm
from unionhall.apps.coverage.models import Block, Enterprise, Site, Touchpoint
from unionhall.apps.coverage.tables import BlockFilter, BlockTable
from unionhall.apps.coverage.usecases import placing
from unionhall.apps.coverage.usecases.blocks import keeping
from unionhall.apps.coverage.views import loading, maps
from unionhall.apps.coverage.views.pages import page, to
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.queries import people_within
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.charts import bar_chart
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page

SHOWN = 50


def _by(request: HttpRequest) -> Any:
    return request.user


def _reach(request: HttpRequest) -> frozenset[int]:
    return reach_of(request.user, *rules.KEEPERS)


def to_ground(ground: Union) -> str:
    """The page of a ground's blocks."""
    return reverse("coverage:ground", args=[ground.public_id])


def _ledger_of(ground: Union) -> str:
    """The ledger of a ground, to be filtered further."""
    return f"{reverse('coverage:ledger')}?ground={ground.pk}"


@guard(rules.keeps_any_ground)
def all_blocks(request: HttpRequest) -> HttpResponse:
    """The blocks of all grounds within reach."""
    return list_page(
        request,
        queries.blocks.blocks_within(_reach(request)),
        BlockTable,
        BlockFilter,
        heading=_("Blocks"),
        name="blocks",
        actions=[
            (_("Map, loads and plans"), reverse("coverage:grounds")),
            (_("Shops reported"), reverse("coverage:leads")),
        ],
        template="coverage/blocks/blocks.html",
    )


@guard(rules.keeps_any_ground)
def grounds(request: HttpRequest) -> HttpResponse:
    """The grounds within reach; straight on when it is one."""
    found = list(queries.enterprises.grounds(_reach(request)))
    if len(found) == 1:
        return HttpResponseRedirect(to_ground(found[0]))
    return render(request, "coverage/blocks/grounds.html", {"grounds": found})


@guard(rules.keeps_ground, loading.union)
def ground(request: HttpRequest, found: Union) -> HttpResponse:
    """One ground: who has which block, how evenly the work lies, which plans there were."""
    rows = list(queries.blocks.blocks_of(found))
    loads = queries.blocks.loads(rows)
    people = [one.person for one in loads]
    holder = {one.pk: one.steward_key for one in rows}  # type: ignore[attr-defined]
    plans = list(queries.blocks.plans(found)[:20])
    outside = queries.blocks.outside(found)
    context = {
        "ground": found,
        "blocks": len(rows),
        "work": sum(one.load for one in loads),
        "loads": loads,
        "keys": maps.keys(people),
        "map": maps.drawn(maps.shapes_of(queries.blocks.drawn(found)), holder, people),
        "chart": bar_chart([_("workload")], [(one.person.name, [one.load]) for one in loads])
        if loads
        else None,
        "plans": plans,
        "open_plan": next((one for one in plans if one.state in ("ASKED", "READY")), None),
        "outside": outside,
        "ledger": _ledger_of(found),
        "leads": queries.blocks.waiting_leads(found),
        "formula": _formula(),
    }
    return render(request, "coverage/blocks/ground.html", context)


def _formula() -> list[tuple[str, int]]:
    """The published numbers, line by line."""
    work = queries.workload
    more = _("with %(bound)s employees or more, besides")
    return [
        (_("Enterprise without a union, refusing, dormant or not known"), 3),
        (_("Enterprise whose union is being founded"), 5),
        (_("Enterprise with a union"), 1),
        *((more % {"bound": bound}, points) for bound, points in reversed(work.SIZES)),
        *(
            (_("with %(bound)s points of priority or more, besides") % {"bound": bound}, points)
            for bound, points in reversed(work.PRIORITIES)
        ),
        (_("Workers' site"), work.SITE),
        *(
            (_("with %(bound)s workers or more, besides") % {"bound": bound}, points)
            for bound, points in reversed(work.SITE_SIZES)
        ),
    ]


@guard(rules.sees_block, loading.block)
def block(request: HttpRequest, found: Block) -> HttpResponse:
    """One block."""
    told = queries.blocks.blocks_of(found.ground).filter(pk=found.pk).first()
    loads = queries.blocks.loads(queries.blocks.blocks_of(found.ground))
    present = queries.blocks.present(found)
    enterprises = queries.blocks.enterprises(found)
    context = {
        # A template has a block of its own.
        "piece": found,
        "told": told,
        "present": present,
        "load": next((one for one in loads if present and one.person.pk == present.person_id), None),
        "history": queries.blocks.history(found)[:SHOWN],
        "from_file": queries.blocks.FROM_FILE,
        "neighbours": queries.blocks.neighbours(found),
        "enterprises": enterprises[:SHOWN],
        "more": max(0, enterprises.count() - SHOWN),
        "sites": queries.blocks.sites(found)[:SHOWN],
        "touchpoints": queries.blocks.touchpoints(found),
        "ledger": _ledger_of(found.ground),
        "keeps": allowed(rules.keeps, request.user, found),
        "trail": audit.history(found)[:20],
    }
    return render(request, "coverage/blocks/block.html", context)


@guard(rules.keeps, loading.block)
def change(request: HttpRequest, found: Block) -> HttpResponse:
    """Its name, its community, its lock."""
    initial = {"name": found.name, "town": found.town, "locked": found.locked}

    def work(data: dict[str, Any]) -> object:
        data["locked_"] = data.pop("locked")
        return keeping.change_block(by=_by(request), at=clock.now(), block=found, **data)

    return page(request, BlockForm(request.POST or None, initial=initial), _("Change the block"), work, found)


@guard(rules.keeps, loading.block)
def hand_over(request: HttpRequest, found: Block) -> HttpResponse:
    """Into other hands."""
    return page(
        request,
        HandOverForm(request.POST or None, people=people_within(_reach(request))),
        _("Give it to another steward"),
        lambda data: keeping.hand_over(by=_by(request), at=clock.now(), block=found, **data),
        found,
        _("From today on. The history stays, and a handover sheet can be printed."),
        _("Hand it over"),
    )


@guard(rules.keeps, loading.block)
def close(request: HttpRequest, found: Block) -> HttpResponse:
    """It is no more."""
    return form_page(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        f"{_('Close the block')} · {found.name}",
        lambda _data: keeping.close_block(by=_by(request), at=clock.now(), block=found),
        to_ground(found.ground),
        in_words=messages.of_refusal,
        explained=_("Its stewardship ends today. What stands there is looked for in other blocks."),
        cancel=to(found),
        button=_("Close the block"),
    )


@guard(rules.keeps, loading.block)
def new_touchpoint(request: HttpRequest, found: Block) -> HttpResponse:
    """By what else its people are reached."""

    def work(data: dict[str, Any]) -> object:
        data["kind"] = TouchpointKind(data["kind"])
        return keeping.note_touchpoint(by=_by(request), at=clock.now(), block=found, **data)

    explained = _("The same kind and name again is counted anew.")
    return page(request, TouchpointForm(request.POST or None), _("Note a channel"), work, found, explained)


@require_POST
@guard(rules.keeps_block, loading.touchpoint)
def close_touchpoint(request: HttpRequest, found: Touchpoint) -> HttpResponse:
    """A channel that is no more."""
    keeping.close_touchpoint(by=_by(request), at=clock.now(), touchpoint=found)
    return HttpResponseRedirect(to(found.block))


@guard(rules.keeps, loading.enterprise)
def put_enterprise(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """In which block an enterprise stands."""
    return _put(request, found)


@guard(rules.keeps, loading.site)
def put_site(request: HttpRequest, found: Site) -> HttpResponse:
    """In which block a site stands."""
    return _put(request, found)


def _put(request: HttpRequest, here: Enterprise | Site) -> HttpResponse:
    blocks = Block.objects.filter(ground=here.ground_id, closed_on=None).defer("geometry").order_by("code")
    initial = {"block": here.block_id if here.block_by_hand else None}
    return page(
        request,
        PutForm(request.POST or None, blocks=blocks, initial=initial),
        _("Block"),
        lambda data: placing.put_in_block(by=_by(request), at=clock.now(), here=here, block=data["block"]),
        here,
        _("A block that is chosen here stays, whatever the coordinates say."),
    )
