"""Plans of blocks: asked for, looked at before and after, accepted or discarded; handover sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages as toasts
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from unionhall.apps.coverage import messages, plan_words, queries, rules
from unionhall.apps.coverage.codes import PlanKind, PlanState
from unionhall.apps.coverage.forms.blocks import PlanForm
from unionhall.apps.coverage.models import Block, BlockPlan
from unionhall.apps.coverage.usecases.blocks import handing, planning
from unionhall.apps.coverage.usecases.blocks.planning import Staff
from unionhall.apps.coverage.views import loading, maps
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Person
from unionhall.apps.people.queries import people_within
from unionhall.kernel import clock
from unionhall.kernel.permissions import guard, reach_of
from unionhall.kernel.printing import pdf
from unionhall.kernel.refusals import Refusal

TEMPLATES = Path(__file__).resolve().parent.parent / "print"


def _by(request: HttpRequest) -> Any:
    return request.user


def to(plan: BlockPlan) -> str:
    """The page of a plan."""
    return reverse("coverage:plan", args=[plan.public_id])


@guard(rules.keeps_ground, loading.union)
def new(request: HttpRequest, ground: Union) -> HttpResponse:
    """Ask for a plan."""
    present = list(
        Person.objects.filter(pk__in=set(queries.blocks.holders(ground).values())).order_by("name", "pk")
    )
    people = people_within(reach_of(request.user, *rules.KEEPERS))
    kind = PlanKind.DRIFT if len(present) > 1 else PlanKind.FIRST
    form = PlanForm(request.POST or None, people=people, present=present, initial={"kind": kind})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = planning.ask_plan(
                    by=_by(request),
                    at=clock.now(),
                    ground=ground,
                    kind=PlanKind(data["kind"]),
                    staff=_staff(data, present),
                    tolerance=int(data["tolerance"] * 10) if data["tolerance"] else 0,
                )
            except Refusal as refusal:
                form.add_error(None, messages.of_refusal(refusal))
            else:
                return HttpResponseRedirect(to(made))
    context = {"ground": ground, "form": form}
    return render(request, "coverage/blocks/new_plan.html", context, status=status)


def _staff(data: dict[str, Any], present: list[Person]) -> list[Staff]:
    kept = [
        Staff(one, data[f"capacity_{one.pk}"], data[f"limit_{one.pk}"], data[f"leaves_{one.pk}"])
        for one in present
    ]
    return kept + [Staff(one) for one in data["joiners"]]


@guard(rules.keeps, loading.plan)
def plan(request: HttpRequest, found: BlockPlan) -> HttpResponse:
    """One plan: map before and after, what changes hands and why, how evenly the work would lie."""
    rows = list(found.rows.select_related("block"))
    staff = list(found.stewards.select_related("person").order_by("person__name", "pk"))
    held = {row.block_id: row.before_id for row in rows if row.before_id}
    people = list(
        Person.objects.filter(
            pk__in={*held.values(), *(one.person_id for one in staff)}
        ).order_by("name", "pk")
    )  # fmt: skip
    ready = found.report is not None
    moved = frozenset(row.block_id for row in rows if ready and row.after_id != row.before_id)
    shapes = maps.shapes_of([row.block for row in rows])
    after = {row.block_id: row.after_id for row in rows if row.after_id}
    context = {
        "plan": found,
        "job": queries.blocks.last_job(found) if found.state == PlanState.ASKED else None,
        "ready": found.state == PlanState.READY,
        "blocks": len(rows),
        "problems": plan_words.of_problems(found, found.problems),
        "warnings": plan_words.of_problems(found, (found.report or {}).get("warnings", [])),
        "report": found.report,
        "moves": list(queries.blocks.moves(found)) if ready else [],
        "before": maps.drawn(shapes, held, people, moved),
        "after": maps.drawn(shapes, after, people, moved) if ready else None,
        "keys": maps.keys(people),
        "loads": [_load(one, rows, ready=ready) for one in staff],
        "tolerance": f"{found.tolerance / 10:g}",
        "accepted": found.state == PlanState.ACCEPTED,
    }
    return render(request, "coverage/blocks/plan.html", context)


def _load(one: Any, rows: list[Any], *, ready: bool) -> dict[str, Any]:
    before = [row.workload for row in rows if row.before_id == one.person_id]
    gets = ready and any(row.after_id == one.person_id != row.before_id for row in rows)
    return {
        "one": one,
        "before": sum(before),
        "blocks_before": len(before),
        "deviation": one.load / one.share - 1 if one.share else None,
        "gets": gets,
    }


@require_POST
@guard(rules.keeps, loading.plan)
def accept(request: HttpRequest, found: BlockPlan) -> HttpResponse:
    """Do what it says."""
    try:
        moved = planning.accept_plan(by=_by(request), at=clock.now(), plan=found)
    except Refusal as refusal:
        toasts.add_message(request, toasts.ERROR, messages.of_refusal(refusal), extra_tags="bad")
    else:
        said = _("%(n)s blocks changed hands.") % {"n": moved}
        toasts.add_message(request, toasts.INFO, said, extra_tags="good")
    return HttpResponseRedirect(to(found))


@require_POST
@guard(rules.keeps, loading.plan)
def discard(request: HttpRequest, found: BlockPlan) -> HttpResponse:
    """Put it away."""
    try:
        planning.discard_plan(by=_by(request), at=clock.now(), plan=found)
    except Refusal as refusal:
        toasts.add_message(request, toasts.ERROR, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(to(found))


@require_GET
@guard(rules.keeps, loading.block)
def block_sheet(request: HttpRequest, found: Block) -> HttpResponse:
    """The handover sheet of one block."""
    data = handing.sheet_of_block(by=_by(request), at=clock.now(), block=found)
    return _printed(
        request, data, f"{found.public_id}-handover", reverse("coverage:block", args=[found.public_id])
    )


@require_GET
@guard(rules.keeps, loading.plan)
def plan_sheet(request: HttpRequest, found: BlockPlan, person_id: str) -> HttpResponse:
    """The handover sheet of all blocks that one steward gets by an accepted plan."""
    taker = Person.objects.filter(public_id=person_id, pk__in=found.stewards.values("person_id")).first()
    if taker is None or found.state != PlanState.ACCEPTED:
        raise Http404
    data = handing.sheet_of_plan(by=_by(request), at=clock.now(), plan=found, taker=taker)
    return _printed(request, data, f"{found.public_id}-{taker.public_id}", to(found))


def _printed(request: HttpRequest, data: dict[str, Any], name: str, back: str) -> HttpResponse:
    try:
        made = pdf(TEMPLATES / "handover.typ", data)
    except Refusal as refusal:
        context = {"refusal": messages.of_refusal(refusal), "back": back}
        return render(request, "coverage/blocks/cannot_print.html", context, status=503)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )
