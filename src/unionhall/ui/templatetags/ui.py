"""The components that are more than markup."""

from __future__ import annotations

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from unionhall.kernel.audit import action_name
from unionhall.kernel.jobs.messages import JobShown, shown
from unionhall.kernel.models import Job

register = template.Library()

TONES = {
    "DRAFT": ("", "✎"), "FROZEN": ("wait", "❄︎"), "OPEN": ("live", "●"), "CLOSED": ("", "■"),
    "REVIEWED": ("wait", "✓"), "PUBLISHED": ("good", "✓"),
    "SHOWN": ("wait", "◔"), "SET_ASIDE": ("", "⊘"),
    "NOW": ("live", "●"), "SCORING": ("live", "●"), "SCORED": ("good", "✓"), "DONE": ("", "✓"),
    "AHEAD": ("", "○"), "HEARD": ("wait", "◔"), "WITHDRAWN": ("", "⊘"), "WAITING": ("", "○"),
    "IN": ("good", "✓"), "RECUSED": ("", "⊘"), "ABSENT": ("", "⊘"), "OUT": ("wait", "···"),
    "UNCONFIRMED": ("wait", "···"), "SUBMITTED": ("live", "●"), "ACCEPTED": ("wait", "✓"),
    "RETURNED": ("wait", "↩"),
    "APPROVED": ("good", "✓"), "REFUSED": ("", "⊘"),
    "NONE": ("", "○"), "MEMBER": ("good", "✓"), "MOVING": ("wait", "→"), "RETAINED": ("wait", "❄︎"),
    "ENDED": ("", "■"),
    "PLANNED": ("wait", "○"), "HELD": ("good", "✓"), "CANCELLED": ("", "⊘"),
    "UNASSIGNED": ("wait", "?"), "IN_HAND": ("", "●"), "OVERDUE": ("live", "!"),
    "DONE_CLAIMED": ("wait", "···"), "SETTLED": ("good", "✓"),
    "JOB_QUEUED": ("wait", "○"), "JOB_RUNNING": ("live", "●"), "JOB_DONE": ("good", "✓"),
    "JOB_FAILED": ("live", "!"), "JOB_CANCELLED": ("", "⊘"),
    "MESSAGE_SENT": ("good", "✓"), "MESSAGE_FAILED": ("live", "!"), "MESSAGE_UNCLEAR": ("wait", "?"),
    "ROW_ADD": ("good", "+"), "ROW_TRANSFER": ("wait", "⇄"), "ROW_MATCH": ("wait", "≈"),
    "ROW_WARNING": ("wait", "!"), "ROW_CHANGE": ("wait", "✎"),
    "ROW_SAME": ("", "="), "ROW_ERROR": ("live", "✕"),
    "BEING_FOUNDED": ("wait", "···"), "FOUNDED": ("good", "✓"), "JOINT": ("good", "✓"),
    "HEADQUARTERS": ("good", "✓"), "DORMANT": ("wait", "❄︎"), "NOT_DUE": ("", "–"), "UNKNOWN": ("", "?"),
    "PREPARING": ("wait", "○"), "ASSEMBLY": ("wait", "◔"), "APPROVAL": ("live", "●"),
    "REGISTRATION": ("wait", "✓"), "GIVEN_UP": ("", "⊘"),
    "LOCKED": ("", "⚿"), "PLAN_ASKED": ("wait", "○"), "PLAN_READY": ("wait", "···"),
    "PLAN_FAILED": ("live", "!"), "PLAN_ACCEPTED": ("good", "✓"), "PLAN_DISCARDED": ("", "⊘"),
    "LEAD_OPEN": ("wait", "···"), "LEAD_ENTERED": ("good", "✓"), "LEAD_DISMISSED": ("", "⊘"),
    "STOP_0": ("live", "!"), "STOP_1": ("wait", "○"), "STOP_2": ("", "·"),
    "STOP_CLOSED": ("", "–"), "STOP_CLOSING": ("wait", "!"),
    "ARRIVED": ("wait", "?"), "READING": ("live", "●"), "READY": ("good", "✓"), "DELETED": ("", "⊘"),
    "KEPT": ("good", "⌂"),
    "SAME": ("good", "="), "OTHER": ("", "≠"), "LAPSED": ("", "⊘"), "PAIR_OPEN": ("live", "?"),
    "CHECK_NONE": ("good", "✓"), "CHECK_UNION": ("live", "✕"), "CHECK_NOT_FOUND": ("", "?"),
    "EXPORT_WRITING": ("live", "●"), "EXPORT_READY": ("good", "✓"), "EXPORT_STOPPED": ("", "⊘"),
    "EXPORT_DELETED": ("", "■"),
    "PROPOSED": ("wait", "···"), "CONFIRMED": ("good", "✓"), "REJECTED": ("", "⊘"),
}  # fmt: skip


@register.simple_tag
def state(code: str, label: str) -> SafeString:
    """A state as sign, word and colour."""
    tone, sign = TONES[code]
    return format_html(
        '<span class="badge-state {}"><span aria-hidden="true">{}</span>{}</span>', tone, sign, label
    )


@register.inclusion_tag("ui/job.html")
def job_progress(job: Job) -> dict[str, JobShown | bool]:
    """A job's progress inside another page, which loads htmx; live, and at the end the page comes anew."""
    return {"shown": shown(job), "inside": True}


@register.filter
def action(code: str) -> str:
    """What an action of the audit trail is called."""
    return action_name(code)


@register.simple_tag
def qr(address: str, label: str, css: str = "") -> SafeString:
    """A QR code as a picture that needs no request of its own."""
    data = segno.make(address, error="m").svg_data_uri(border=2)
    return format_html('<img class="{}" src="{}" alt="{}">', css, data, label)


@register.filter
def at(values: dict[str, str | None], name: str) -> str:
    """What stands under a name, or nothing."""
    return values.get(name) or ""
