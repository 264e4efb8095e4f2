"""What a refusal says about the ledger: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.coverage import hour_words
from unionhall.apps.coverage import register_messages as registers
from unionhall.apps.coverage.codes import DocumentKind, RowOutcome, Stage, UnionState
from unionhall.apps.coverage.register_messages import of_written
from unionhall.apps.coverage.usecases.sheet.columns import LEDGER
from unionhall.apps.meetings import messages as meetings
from unionhall.apps.orgs import messages as orgs
from unionhall.kernel.imports.messages import SHEET_CODES, of_sheet
from unionhall.kernel.imports.sheets import SheetError
from unionhall.kernel.refusals import Refusal

__all__ = ["of_code", "of_counts", "of_line", "of_note", "of_refusal", "of_written"]


def of_refusal(refusal: Refusal) -> str:
    """Why a use case said no."""
    if refusal.code in SHEET_CODES:
        return of_sheet(SheetError(refusal.code, **refusal.data))
    if refusal.code in registers.CODES:
        return registers.of_refusal(refusal)
    if refusal.code == "HOURS_WRONG":
        return hour_words.of_problem(str(refusal.data["fault"]), str(refusal.data["piece"]))
    words = _words()
    if refusal.code not in words:
        # Meetings and unions have their own words for what they refuse.
        try:
            return orgs.of_refusal(refusal)
        except KeyError:
            return meetings.of_refusal(refusal)
    data = dict(refusal.data)
    if "state" in data:
        data["state"] = str(UnionState(str(data["state"])).label)
    if "stage" in data:
        data["stage"] = str(Stage(str(data["stage"])).label)
    if "kinds" in data:
        data["kinds"] = "、".join(str(DocumentKind(kind).label) for kind in str(data["kinds"]).split(","))
    if "problem" in data:
        data["problem"] = of_code(str(data["problem"]))
    return words[refusal.code] % data


def of_code(problem: str) -> str:
    """What is wrong with a number."""
    return {
        "CHARACTERS": _("it holds characters that no such number has"),
        "CHECK_CHARACTER": _("its last character does not fit the others: one of them is mistyped"),
        "FLOAT": _("a spreadsheet has rounded it; enter it as text, with all digits"),
        "IDENTITY_NUMBER": _("it is a person's identity number, which is not kept here"),
        "LENGTH": _("it has too many or too few characters"),
        "LOOKS_LIKE": _("letters and digits that look alike are mixed up in it"),
        "PLACEHOLDER": _("it stands for a missing number"),
    }.get(problem, _("it is no number of an enterprise"))


def _words() -> dict[str, str]:
    return {
        "BEFORE_MEETING": _(
            "The members met on %(met)s: a union counts from that day on at the earliest. Nothing was changed."
        ),
        "BLOCK_CLOSED": _("%(block)s was closed meanwhile. Nothing was changed."),
        "BLOCK_ELSEWHERE": _("%(block)s is of another ground, or closed. Choose a block of this one."),
        "CODE_TAKEN": _(
            "Another union has this credit code. Nothing was changed; look at the certificate again."
        ),
        "CODE_WRONG": _("The number cannot be right: %(problem)s. Nothing was changed."),
        "CONSENT_MISSING": _(
            "Nobody is named without having agreed. Say how and to whom the consent was given."
        ),
        "DOCUMENTS_MISSING": _("Before this stage is passed, file: %(kinds)s. Nothing was changed."),
        "DUE_PAST": _("That day is over. Choose today or a later one."),
        "ENTERPRISE_EXISTS": _(
            "%(name)s is in the ledger already, in the ground of %(ground)s. Nothing was changed; search for it there."
        ),
        "FOUNDING_FEW": _(
            "A joint union is founded for at least two enterprises. Choose more, or found a union of one."
        ),
        "FOUNDING_ONE": _(
            "A union of one enterprise is founded for exactly one. Choose one, or found a joint union."
        ),
        "FOUNDING_OPEN": _(
            "A union is being founded here. Give the founding up first, or take the enterprise out of it."
        ),
        "FILE_TOO_LARGE": _(
            "The picture is larger than %(megabytes)s MB. Take a smaller one; the rest is kept."
        ),
        "FILE_UNKNOWN": _(
            "That is no picture that can be read. Take it anew, or send the visit without one."
        ),
        "FUTURE": _("%(day)s lies ahead. Enter a day that has been. Nothing was changed."),
        "IMPORT_DONE": _("This ledger was taken over already. Nothing was changed."),
        "IMPORT_ERRORS": _("%(rows)s rows are wrong. Mend them, or take the good rows only."),
        "IMPORT_PURGED": _("The file was discarded or deleted after seven days. Please hand it in again."),
        "IMPORT_UNCHECKED": _("The file is still being checked. Wait a moment and look again."),
        "IMPORT_UNDER_WAY": _("This ledger is at work already. Wait until it is done."),
        "JOINED_TOO_MANY": _(
            "%(joined)s cannot have joined where %(headcount)s work. Correct one of the two numbers."
        ),
        "KEY_REUSED": _(
            "This form was sent already with other content. What was sent first is kept; open the form anew."
        ),
        "LEAD_ENDED": _("Somebody has looked into this shop already. Nothing was changed."),
        "MEETING_ELSEWHERE": _(
            "That meeting belongs to another union. Choose one of this ground or of the upper union."
        ),
        "MEETING_OTHER": _(
            "That is no founding meeting of members, or another union is founded by it. Choose another one, or plan it here."
        ),
        "MEETING_MISSING": _(
            "The members' meeting has not been recorded yet. Plan it here, hold it, and record it among the meetings."
        ),
        "NAME_DELETED": _(
            "%(name)s names a person, and the whole name is no longer kept. Enter it under “Another name”, then go on."
        ),
        "NAME_MISSING": _("A name is missing. Nothing was changed."),
        "NOT_GEOJSON": _(
            "The file is no GeoJSON with a list of features. Nothing was stored. Export it again as GeoJSON, in degrees."
        ),
        "NO_BLOCKS": _("This ground has no blocks yet. Take them from a file first."),
        "NO_JOINER": _("Nobody joins by this plan. Name who does, or ask for another kind of plan."),
        "NO_LEAVER": _("Nobody leaves by this plan. Mark who does, or ask for another kind of plan."),
        "NOBODY_GOES": _(
            "Nobody goes there any more to found a union: there is one, or the place has closed. So nobody to be asked for is kept; nothing was noted."
        ),
        "NOT_ALLOWED": _("Your post does not reach that far. Nothing was changed."),
        "NOT_A_JOINT_UNION": _(
            "%(union)s is no grass-roots union. Choose the joint union that the enterprise joins."
        ),
        "NOT_OPEN_TO_FOUND": _(
            "%(name)s is marked “%(state)s” or is no longer here. Put its state right first, or leave it out."
        ),
        "PLAN_ENDED": _("This plan was accepted or discarded already. Nothing was changed."),
        "PLAN_NOT_READY": _("This plan is not ready. Nothing was changed."),
        "PLAN_OPEN": _("A plan for this ground is being made or waits for a decision. Decide on it first."),
        "PLAN_STALE": _(
            "Blocks or stewards are no longer those that the plan was made for. Nothing changed hands; discard it and ask anew."
        ),
        "PHONE_ALTERED": _("The number cannot be opened: it was altered. Note it anew."),
        "PHONE_KEY_MISSING": _(
            "The number cannot be opened: its key is not on this computer. Tell whoever looks after the installation."
        ),
        "PHONE_NOTHING": _("No number is kept. Nothing was opened."),
        "PHONE_WRONG": _(
            "That is no telephone number. Enter a mobile number, or a landline with its area code."
        ),
        "POSITION_HALF": _("Enter both latitude and longitude, or neither."),
        "PROPOSAL_SETTLED": _("Somebody has decided on this already. Nothing was changed."),
        "REASON_MISSING": _("Say why, in a few words. Nothing was changed."),
        "RESTATED_WHY": _("Figures of today are frozen already. To freeze them once more, say why."),
        "RULE_RANGE": _(
            "One of the numbers is out of range: points are -100 to 100, bounds at least 1. Nothing was published."
        ),
        "RULE_REASON": _("Say why the rule changes: it stands beside the rule for all to read."),
        "RULE_SAME": _("The rule in force says the same. Nothing was published."),
        "SECOND_PERSON": _(
            "You handed this in yourself. Another officer of the upper union has to approve it."
        ),
        "SAMPLE_CLOSED": _("This sample is closed; its answers stay as they are. Nothing was changed."),
        "SAMPLE_LIST_SHORT": _(
            "Only %(listed)s enterprises have no union by the ledger. Draw so many or fewer; nothing was drawn."
        ),
        "SAMPLE_OPEN": _("A sample is under way. Have it checked and close it before another one is drawn."),
        "SAMPLE_SIZE": _("From 1 to %(most)s enterprises can be drawn. Nothing was drawn."),
        "SAMPLE_UNCHECKED": _(
            "Nothing was checked yet. Close the sample when its enterprises were looked at."
        ),
        "SITE_EXISTS": _("%(name)s is in the ledger already. Nothing was changed."),
        "STAGE": _("Somebody was faster: this is now at “%(stage)s”. Nothing was changed."),
        "STATE_BEFORE": _(
            "A later entry is there already, from %(since)s on. Choose that day or a later one."
        ),
        "STATE_BY_FOUNDING": _(
            "“Union being founded” comes and goes with a founding. Begin one, go on with it, or give it up."
        ),
        "STATE_REASON": _("Say why one knows this, in a few words. Nothing was changed."),
        "STEWARD_LEFT_OUT": _(
            "%(person)s has blocks and is not in the plan. Say that they leave, or keep them in."
        ),
        "STEWARD_SAME": _("%(block)s lies with %(person)s already. Nothing was changed."),
        "STEWARD_TWICE": _("Somebody is named twice. Name everybody once."),
        "STEP_MISSING": _("A day is set but nothing to do on it. Write the next step."),
        "TWICE_IN_LIST": _("One enterprise stands twice in the list. Nothing was entered."),
        "UNION_EXISTS": _("%(name)s is a union already, or is being founded. Choose another name."),
        "UPPER_WRONG": _(
            "%(union)s is not above this ground. Choose the union that the new one will answer to."
        ),
    }


def of_counts(counts: Mapping[str, Any]) -> str:
    """How many rows had which outcome."""
    told = [f"{RowOutcome(code).label} {counts[code]:,}" for code in RowOutcome.values if counts.get(code)]
    return "；".join(told) or _("The file holds no rows.")


def of_note(note: Sequence[Any]) -> str:
    """What is said of a row, with the column it is about: how it is, and what to do."""
    code, column, data = note
    if code == "CHANGES":
        return _("says otherwise: %(columns)s") % {"columns": _titles(str(data["columns"]))}
    if code == "HOURS":
        words = hour_words.of_problem(str(data["fault"]), str(data["piece"]))
    else:
        words = (
            of_code(code.removeprefix("CODE_")) if code.startswith("CODE_") else _note_words()[code] % data
        )
    return f"{LEDGER.column(column).titles[0]}：{words}" if column else words


def _titles(columns: str) -> str:
    known = {one.name: one.titles[0] for one in LEDGER.columns}
    return "、".join(known.get(column, _("columns of your own")) for column in columns.split(","))


def of_block_note(code: str, data: Mapping[str, Any]) -> str:
    """What is said of a block in a file: how it is, and what to do."""
    words = {
        "BLOCKS_OVERLAP": _("%(block)s and %(other)s overlap by %(part)s %%; one of the two is drawn wrong"),
        "BLOCK_WITHOUT_ID": _("has no number; give it one"),
        "GEOMETRY_KIND": _("is no area; draw a polygon"),
        "GEOMETRY_MISSING": _("has no outline; draw it, or hand in a table of neighbours"),
        "GEOMETRY_RING": _("has an outline that cannot be read; draw it anew"),
        "ISLAND": _(
            "%(block)s touches no other block; name a neighbour across, or it needs a steward of its own"
        ),
        "ITS_OWN_NEIGHBOUR": _("is named as its own neighbour; take that out"),
        "NOT_DEGREES": _("is not drawn in degrees; export the map as WGS 84 (longitude, latitude)"),
        "ONLY_COMMON_LINES": _(
            "Neighbours were found where outlines share a line corner by corner: the package for geometry is not installed. Look whether any are missing, and hand in a table for those."
        ),
        "RING_MENDED": _(
            "%(block)s has an outline that crosses itself and was mended; look at it on the map"
        ),
    }
    return (words.get(code) or _note_words()[code]) % data


def of_line(line: Mapping[str, Any]) -> str:
    """All that is said of a row."""
    return "；".join(of_note(note) for note in line["notes"])


def _note_words() -> dict[str, str]:
    return {
        "ALONE": _("stands there without “%(other)s”; fill in both, or neither"),
        "DAY_AHEAD": _("lies ahead; enter the day on which it was so"),
        "ELSEWHERE": _("is in the ground of %(union)s; take the row out, or ask there"),
        "FUNDS_AT_ODDS": _("is an amount where funds are not collected; correct one of the two"),
        "FORMULA": _("holds a formula; enter the value itself"),
        "MASKED": _("is masked, and several are masked so; enter the whole name, or the code"),
        "MERGED": _("the row holds merged cells; unmerge them and fill in each row"),
        "MISSING": _("is empty; fill it in"),
        "NOT_A_DAY": _("is no day; write it like 2025-03-01"),
        "NOT_A_NUMBER": _("is no number; write digits only"),
        "NOT_A_SHARE": _("is no share; write a number from 0 to 100"),
        "NOT_UNDERSTOOD": _("is not understood; use words such as %(words)s"),
        "NUMBER_TOO_LONG": _(
            "was taken for a figure and has lost its end; format the cell as text and enter it again"
        ),
        "PHONE": _("is no telephone number; correct it, or leave it empty"),
        "STATE_BEFORE": _("lies before the entry that is there, from %(since)s; enter a later day"),
        "TOO_LONG": _("has more than %(most)s characters; shorten it"),
        "TWICE": _("stands in row %(row)s already; remove one of the two rows"),
    }
