from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def signed_percent(value: float) -> str:
    """A part of one as a percentage with its sign."""
    return f"{value:+.1%}"
