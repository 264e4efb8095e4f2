"""Opening hours in the words of whoever reads them, and what is wrong with some as they were written."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from unionhall.engines.hours import in_chinese, read_hours


def shown(kept: str) -> str:
    """Hours as they are kept, in the language of the page; in Chinese, or by codes of the days."""
    if not kept or not (get_language() or "").startswith("zh"):
        return kept.replace("-", "–")
    return in_chinese(read_hours(kept))


def of_problem(fault: str, piece: str) -> str:
    """Why hours were not read, and how to write them."""
    said = {
        "BACKWARDS": _("“%(piece)s” ends before it begins. Write the hours after noon as 13:00 to 24:00."),
        "DAY_TWICE": _("“%(piece)s” names a day that has hours already. Write all hours of a day together."),
        "NEVER_OPEN": _("Nothing is left of the hours: it would never be open."),
        "NOT_UNDERSTOOD": _("“%(piece)s” is not understood."),
        "NO_DAYS": _("“%(piece)s” does not say of which days, the other hours do."),
        "NO_TIME": _("“%(piece)s” names days without hours."),
        "TIME_WRONG": _("“%(piece)s” is no time of day."),
        "TOO_LONG": _("That is more than can be kept. Leave exceptions out."),
    }[fault]
    return _("%(problem)s Write it like 周一至周五 9:00-18:00，周六 10:00-16:00.") % {
        "problem": said % {"piece": piece}
    }
