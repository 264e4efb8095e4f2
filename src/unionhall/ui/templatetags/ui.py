"""The components that are more than markup."""

from __future__ import annotations

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from unionhall.kernel.audit import action_name

register = template.Library()

TONES = {
    "DRAFT": ("", "✎"), "FROZEN": ("wait", "❄︎"), "OPEN": ("live", "●"), "CLOSED": ("", "■"),
    "REVIEWED": ("wait", "✓"), "PUBLISHED": ("good", "✓"),
    "NOW": ("live", "●"), "SCORING": ("live", "●"), "SCORED": ("good", "✓"), "DONE": ("", "✓"),
    "AHEAD": ("", "○"), "WITHDRAWN": ("", "⊘"), "WAITING": ("", "○"),
    "IN": ("good", "✓"), "RECUSED": ("", "⊘"), "ABSENT": ("", "⊘"), "OUT": ("wait", "···"),
    "UNCONFIRMED": ("wait", "···"), "SUBMITTED": ("live", "●"), "ACCEPTED": ("wait", "✓"),
    "RETURNED": ("wait", "↩"),
    "APPROVED": ("good", "✓"), "REFUSED": ("", "⊘"),
    "NONE": ("", "○"), "MEMBER": ("good", "✓"), "MOVING": ("wait", "→"), "RETAINED": ("wait", "❄︎"),
    "ENDED": ("", "■"),
    "PLANNED": ("wait", "○"), "HELD": ("good", "✓"), "CANCELLED": ("", "⊘"),
    "PROPOSED": ("wait", "···"), "CONFIRMED": ("good", "✓"), "REJECTED": ("", "⊘"),
}  # fmt: skip


@register.simple_tag
def state(code: str, label: str) -> SafeString:
    """A state as sign, word and colour."""
    tone, sign = TONES[code]
    return format_html(
        '<span class="badge-state {}"><span aria-hidden="true">{}</span>{}</span>', tone, sign, label
    )


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
