"""A run in words and numbers, and the review desk where people decide what it left open."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.contrib import messages as toasts
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from unionhall.apps.coverage import messages, queries, register_messages, rules
from unionhall.apps.coverage.codes import PairState, Verdict
from unionhall.apps.coverage.models import LinkageRun, PairOpinion, ReviewPair
from unionhall.apps.coverage.usecases.registers import reviewing, runs, standing
from unionhall.apps.coverage.views import loading
from unionhall.apps.orgs.codes import RegisterField
from unionhall.apps.orgs.models import Union
from unionhall.kernel import audit, clock
from unionhall.kernel.codes import JobState
from unionhall.kernel.permissions import allowed, guard
from unionhall.kernel.refusals import Refusal
from unionhall.ui.charts import BarChart, bar_chart, waterfall_chart

SHOWN = 100


def _by(request: HttpRequest) -> Any:
    return request.user


def _to(run: LinkageRun) -> str:
    return reverse("coverage:run", args=[run.public_id])


@guard(rules.keeps, loading.run)
def run(request: HttpRequest, found: LinkageRun) -> HttpResponse:
    """What a run found, how sure it is, and what is left for people."""
    job = queries.registers.last_job(found.public_id)
    counts = queries.registers.pair_counts(found)
    first = queries.registers.waiting(found, _by(request).pk).first()
    context = {
        "run": found,
        "parts": [
            (register_messages.register_name(name), one) for name, one in runs.deliveries_of(found).items()
        ],
        "met": _met(found),
        "job": job if job and job.state != JobState.DONE else None,
        "broken": found.written_at is None and not (job and job.under_way),
        "first": first,
        "open": counts.get(PairState.OPEN, 0),
        "decided": counts.get(PairState.SAME, 0) + counts.get(PairState.OTHER, 0),
        "agreed": queries.registers.agreed([found]),
        "proposed": found.proposals.exists(),
        "report": _report(found) if found.written_at else None,
        "history": audit.history(found)[:20],
        "undo": _undo(request, found.ground),
    }
    return render(request, "coverage/registers/run.html", context)


def _met(run: LinkageRun) -> str:
    """What was compared with what, in words."""
    told = {
        "records": f"{run.market.profile['rows'] - run.market.profile['duplicates']:,}",
        "unions": f"{run.union.profile['rows'] - run.union.profile['duplicates']:,}",
        "day": run.union.as_of.isoformat(),
    }
    if standing.meets(run):
        words = _(
            "%(records)s records of the market regulator against the standing register of unions of"
            " %(day)s (%(unions)s unions). Enterprises that are not among these records stay as they are."
        )
    else:
        words = _(
            "%(records)s records of the market regulator against a file of %(day)s of the register of"
            " unions (%(unions)s unions)."
        )
    return words % told


def _report(run: LinkageRun) -> dict[str, Any]:
    """The report for a page: sentences, counts, a chart with its table, and what has moved."""
    report = run.report
    pair = next(one for one in report["pairs"] if (one["left"], one["right"]) == ("market", "union"))
    figures = pair["figures"]
    written = report["written"]
    labels = {
        "FOUNDED": _("with a union, newly noted"),
        "NONE": _("without a union, newly noted"),
        "KEPT": _("left as they were"),
        "NEW": _("new in the ledger"),
        "REVIEW": _("uncertain, for the review desk"),
        "NAMESAKE": _("not entered: another of that name is in the ledger"),
        "NAME_WRONG": _("not entered: name empty or too long"),
        "ELSEWHERE": _("in another ground; left there"),
    }
    return {
        "linked": pair["linked"],
        "met": f"{figures['met']:.1%}" if figures["met"] is not None else None,
        "wrong": figures["wrong"],
        "unlinkable": figures["unlinkable"],
        "written": [(label, written[code]) for code, label in labels.items() if code in written],
        "weights": figures["weights"],
        "chart": _weights(figures["weights"]),
        "drift": [
            (register_messages.of_share(one["share"]), f"{one['before']:.1%}", f"{one['now']:.1%}")
            for one in report["drift"]
        ],
    }


def _weights(rows: list[list[int]]) -> BarChart | None:
    """How many compared pairs had which weight."""
    if not rows:
        return None
    return bar_chart([_("pairs compared")], [(f"{bits:+d}", [count]) for bits, count in rows])


@require_POST
@guard(rules.keeps, loading.run)
def again(request: HttpRequest, found: LinkageRun) -> HttpResponse:
    """Have a run that was broken off done again."""
    try:
        runs.begin_again(by=_by(request), at=clock.now(), run=found)
    except Refusal as refusal:
        toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
    return HttpResponseRedirect(_to(found))


@guard(rules.keeps, loading.run)
def pairs(request: HttpRequest, found: LinkageRun) -> HttpResponse:
    """The pairs that wait for whoever looks, the likeliest first."""
    rows = queries.registers.waiting(found, _by(request).pk)
    context = {
        "run": found,
        "pairs": [(one, _names(one), f"{one.probability / 10_000:.0f} %") for one in rows[:SHOWN]],
        "count": rows.count(),
        "shown": SHOWN,
    }
    return render(request, "coverage/registers/pairs.html", context)


def _names(pair: ReviewPair) -> tuple[str, str]:
    try:
        told = reviewing.opened(pair)
    except Refusal:
        return (_("cannot be opened"),) * 2
    return told["a"]["name"], told["b"]["name"] or _not_kept(told["b"], "name")


@guard(rules.keeps_pair, loading.pair)
def pair(request: HttpRequest, found: ReviewPair) -> HttpResponse:
    """One pair: both records, why the machine is not sure, and the decision; then the next one comes."""
    account = _by(request)
    following = queries.registers.following(found, account.pk)
    if request.method == "POST":
        choice = request.POST.get("verdict", "")
        if choice != "LATER":
            if choice not in Verdict.values:
                raise Http404
            try:
                reviewing.decide_pair(by=account, at=clock.now(), pair=found, verdict=Verdict(choice))
            except Refusal as refusal:
                toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
        if following:
            return HttpResponseRedirect(reverse("coverage:pair", args=[following.public_id]))
        return HttpResponseRedirect(_to(found.run))
    said = found.opinions.filter(account=account, recall=None).exists()
    context: dict[str, Any] = {
        "pair": found,
        "run": found.run,
        "said": said,
        "left": queries.registers.waiting(found.run, account.pk).count(),
        "undo": _undo(request, found.run.ground),
        "probability": f"{found.probability / 10_000:.0f} %",
    }
    if found.state == PairState.OPEN and not said:
        try:
            told = reviewing.opened(found)
        except Refusal as refusal:
            context["broken"] = messages.of_refusal(refusal)
        else:
            context |= {"lines": _lines(told), "steps": told["steps"], "chart": _waterfall(told["steps"])}
            context["headquarters"] = told.get("headquarters", "")
    return render(request, "coverage/registers/pair.html", context)


class Undo(NamedTuple):
    """What whoever looks has decided last, while it can be taken back."""

    opinion: PairOpinion
    names: tuple[str, str]


def _undo(request: HttpRequest, ground: Union) -> Undo | None:
    said = queries.registers.last_opinion(ground, _by(request).pk)
    if said is None or said.pair.sealed is None or clock.now() >= said.at + reviewing.RECALLABLE:
        return None
    return Undo(said, _names(said.pair))


def _recallable(request: HttpRequest, ground: Union) -> QuerySet[PairOpinion]:
    return queries.registers.recallable(ground, _by(request).pk, clock.now() - reviewing.RECALLABLE)


@guard(rules.keeps_ground, loading.union)
def decided(request: HttpRequest, ground: Union) -> HttpResponse:
    """What was decided in the last seven days and can be taken back, by everybody or by whoever looks."""
    rows = _recallable(request, ground)
    mine = request.GET.get("by") == "me"
    if mine:
        rows = rows.filter(account=_by(request))
    context = {
        "ground": ground,
        "said": [(one, _names(one.pair)) for one in rows[:SHOWN]],
        "mine": mine,
        "count": rows.count(),
        "shown": SHOWN,
    }
    return render(request, "coverage/registers/decided.html", context)


@guard(rules.keeps_pair, loading.pair)
def recall(request: HttpRequest, found: ReviewPair) -> HttpResponse:
    """Both records of a decided pair, and what was said of it, to be taken back."""
    account, ground = _by(request), found.run.ground
    if request.method == "POST":
        key = request.POST.get("opinion", "")
        opinion = found.opinions.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        if opinion is None:
            raise Http404
        here = HttpResponseRedirect(request.path)
        try:
            pair = reviewing.recall_opinion(
                by=account, at=clock.now(), opinion=opinion, reason=request.POST.get("reason", "")
            )
        except Refusal as refusal:
            toasts.add_message(request, toasts.INFO, messages.of_refusal(refusal), extra_tags="bad")
            return here
        if pair.state != PairState.OPEN:
            said = _("Taken back. Enough others say the same, so the pair stays decided.")
            toasts.add_message(request, toasts.INFO, said)
            return here
        toasts.add_message(request, toasts.INFO, _("Taken back. The pair is open again."))
        return HttpResponseRedirect(reverse("coverage:pair", args=[found.public_id]))
    others = allowed(rules.recalls_others, account, found)
    last = queries.registers.last_opinion(ground, account.pk)
    rows = [
        (one, one.account == account or others, one != last)
        for one in _recallable(request, ground).filter(pair=found)
    ]
    context: dict[str, Any] = {"pair": found, "ground": ground, "said": rows}
    if rows:
        try:
            context["lines"] = _lines(reviewing.opened(found))
        except Refusal as refusal:
            context["broken"] = messages.of_refusal(refusal)
    return render(request, "coverage/registers/recall.html", context)


class Line(NamedTuple):
    """One field of both records; what differs is marked."""

    label: str
    left: SafeString | str
    right: SafeString | str
    differs: bool


def _lines(told: dict[str, Any]) -> list[Line]:
    labels = {name.lower(): label for name, label in RegisterField.choices}
    lines = []
    for name, label in labels.items():
        key = "codes" if name == "code" else name
        left, right = (_text(told[side][key]) for side in "ab")
        if lost := _not_kept(told["b"], key):
            lines.append(Line(str(label), left or "—", lost, differs=False))
            continue
        if left or right:
            # What only one side tells is no difference.
            differs = bool(left and right) and left != right
            both = _marked(left, right) if left and right else (left or "—", right or "—")
            lines.append(Line(str(label), *both, differs))
    return lines


def _not_kept(record: dict[str, Any], key: str) -> str:
    """Said in the place of a value that the standing register does not have; empty for any other."""
    return _("(not kept)") if key in record.get("not_kept", ()) else ""


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " · ".join(filter(None, value))


def _marked(left: str, right: str) -> tuple[SafeString, SafeString]:
    """Both texts with the characters marked that the other has not."""
    parts: tuple[list[SafeString], list[SafeString]] = ([], [])
    for what, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for side, text in zip(parts, (left[a:b], right[c:d]), strict=True):
            if text:
                side.append(
                    conditional_escape(text) if what == "equal" else format_html("<mark>{}</mark>", text)
                )
    return tuple(format_html_join("", "{}", ((one,) for one in side)) for side in parts)  # type: ignore[return-value]


def _waterfall(steps: list[list[Any]]) -> BarChart | None:
    """What each answer adds or takes, in bits; answers that say nothing are left out."""
    rows = [(words, round(bits)) for _question, _answer, bits, words, _left, _right in steps if round(bits)]
    if not rows:
        return None
    return waterfall_chart((_("speaks for it"), _("speaks against it"), _("Together")), rows)
