"""How some things are told on pages: the waterfall of points, and whom to ask for."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from unionhall.apps.coverage.models import Enterprise, Site, VisitContact
from unionhall.apps.coverage.queries.points import Part, Scored
from unionhall.engines.identifiers import masked
from unionhall.kernel.sealed import UnsealError, unseal
from unionhall.ui.charts import BarChart, waterfall_chart


class Contact(NamedTuple):
    """Whom to ask for, as a page shows it: the number masked, until it is opened with a reason."""

    public_id: str
    name: str
    post: str
    phone: str
    keep_until: object


def contact(here: Enterprise | Site) -> Contact | None:
    """Whom to ask for at an enterprise or a site."""
    held: VisitContact | None = getattr(here, "contact", None)
    if held is None:
        return None
    name = opened(held.name_sealed, held.public_id, "visit_contact.name")
    phone = opened(held.phone_sealed, held.public_id, "visit_contact.phone")
    return Contact(held.public_id, name, held.post, masked(phone) if phone else "", held.keep_until)


def opened(value: bytes | memoryview | None, row: str, column: str) -> str:
    """A sealed value, or words in its place where it does not open."""
    if not value:
        return ""
    try:
        return unseal(bytes(value), row=row, column=column)
    except UnsealError:
        return _("cannot be opened")


def of_part(part: Part) -> str:
    """One line of the waterfall in words."""
    words = {
        "many": _("%(figure)s employees: large enough"),
        "large": _("%(figure)s employees: very large"),
        "funds": _("Union funds are collected by tax"),
        "new_employment": _("%(figure)s %% in new forms of employment"),
        "near": _("%(figure)s m from the office: near"),
        "far": _("%(figure)s m from the office: not far"),
        "never": _("Nobody has been there yet"),
        "waiting": _("%(figure)s days without contact"),
        "refused": _("It refused"),
    }[part.code]
    return words % {"figure": part.figure}


def waterfall(scored: Scored) -> BarChart | None:
    """The points one after the other up to their sum; None where there are none."""
    if not scored.parts:
        return None
    rows = [(of_part(part), part.points) for part in scored.parts]
    return waterfall_chart((_("adds"), _("takes away"), _("Priority")), rows)
