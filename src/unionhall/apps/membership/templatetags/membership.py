"""Figures as they are written."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def yuan(fen: int) -> str:
    """Fen as yuan with two places."""
    return f"{fen // 100:,}.{fen % 100:02}"


@register.filter
def grouped(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}"


@register.filter
def share(part: int, whole: int) -> str:
    """Per cent with one place, rounded half up."""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"
