"""What the figures of joining are called, and what each of them counts, by version of the definition.

docs/reference/figures.md says the same at length. A version is never reworded: closed periods name it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unionhall.apps.membership.queries.counting import DEFINITION, FIGURES


@dataclass(frozen=True)
class Words:
    """A figure's name and its definition."""

    label: Promise | str
    text: Promise | str


JOINING_1: dict[str, Words] = {
    "JOINS": Words(
        _("Joins"),
        _(
            "Persons whose first approval falls in the period, on a roll of the union or of one that answers"
            " to it. Each person counts once in a life; whoever is transferred in, restored or registered"
            " twice is no new join."
        ),
    ),
    "NEW_EMPLOYMENT_JOINS": Words(
        _("of them in new forms of employment"),
        _("Those joins whose occupation on the day of joining stands in the list that is named."),
    ),
    "TRANSFERS_IN": Words(
        _("Transferred in"), _("Entries of members who came from another union onto one of these rolls.")
    ),
    "TRANSFERS_OUT": Words(
        _("Transferred out"),
        _("Entries of members who left one of these rolls for another union with their job."),
    ),
    "RETAINED": Words(
        _("Membership retained"),
        _("Entries by which somebody without work, or of a closed employer, kept the membership."),
    ),
    "RESTORED": Words(
        _("Membership restored"), _("Entries by which a retained or ended membership lives again.")
    ),
    "LEFT": Words(_("Left"), _("Entries of members who left by their own wish.")),
    "REMOVED": Words(_("Removed"), _("Entries of members who were removed by a decision.")),
    "MEMBERS": Words(
        _("Members at the end"),
        _("Persons who stand on one of these rolls at the end; retained memberships are not among them."),
    ),
    "GAINED": Words(
        _("Gained"), _("Persons who stand on one of these rolls at the end and did not before the period.")
    ),
    "LOST": Words(
        _("Lost"), _("Persons who stood on one of these rolls before the period and do not at the end.")
    ),
    "NET": Words(
        _("Net change"),
        _("Gained less lost: the change of the number of members. Moves within the union change nothing."),
    ),
}
DEFINITIONS: dict[str, dict[str, Words]] = {DEFINITION: JOINING_1}


def words_of(figure: str, definition: str = DEFINITION) -> Words:
    """A figure in words."""
    return DEFINITIONS[definition][figure]


# In the order in which they are shown.
SHOWN = (*FIGURES, "NET")
