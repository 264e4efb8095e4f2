"""What a refusal says about unions: what happened and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.kernel.refusals import Refusal


def of_refusal(refusal: Refusal) -> str:
    """Why a use case said no."""
    words = {
        "AGREEMENT_FIELDS": _(
            "Without the name of the enterprise nothing can be found. Mark the name, or have the agreement amended."
        ),
        "AGREEMENT_PERIOD": _(
            "An agreement ends after the day it begins. Nothing was changed; look at the days again."
        ),
        "COMMAND_RING": _("%(union)s would answer to a union that answers to it. Choose another superior."),
        "EMPLOYER_EXISTS": _("%(name)s, or its credit code, is registered already. Nothing was changed."),
        "LINE_BEGINS_LATER": _("The present line began on %(since)s. Choose a later day."),
        "NOT_ALLOWED": _("Your post does not reach that union. Nothing was changed."),
        "NOT_AN_INDUSTRY_UNION": _("%(union)s is not an industry union."),
        "SUPERIOR_MISSING": _("A union is founded under another. Nothing was changed."),
        "UNION_EXISTS": _("There is already a union named %(name)s."),
    }
    return words[refusal.code] % refusal.data
