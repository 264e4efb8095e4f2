from __future__ import annotations

from django import template

from unionhall.apps.coverage import hour_words

register = template.Library()


@register.filter
def signed_percent(value: float) -> str:
    """A part of one as a percentage with its sign."""
    return f"{value:+.1%}"


@register.filter
def hours(value: str) -> str:
    """Opening hours as they are kept, in words."""
    return hour_words.shown(value)
