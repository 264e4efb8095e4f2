"""What is said of registers and runs: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from unionhall.kernel.refusals import Refusal

_NOTHING_KEPT = "REGISTER_"


def of_refusal(refusal: Refusal) -> str:
    """Why a register was not taken in, or not linked."""
    words = _words()[refusal.code] % refusal.data
    if refusal.code.startswith(_NOTHING_KEPT):
        # So the office knows what to mend, and that no half of its file lies about.
        return f"{words} {_('Nothing of the file was kept.')}"
    return words


def of_written(counts: Mapping[str, Any]) -> str:
    """What a run wrote."""
    told = {"FOUNDED": 0, "NONE": 0, "REVIEW": 0, "NEW": 0} | dict(counts)
    return (
        _(
            "%(FOUNDED)s enterprises with a union noted, %(NONE)s without one, %(NEW)s new in the ledger, %(REVIEW)s pairs to decide"
        )
        % told
    )


def of_share(name: str) -> str:
    """A share of a run, such as ``market NO_CODE`` or ``market – union LINKED``, in words."""
    registers, _blank, code = name.rpartition(" ")
    words = {
        "NO_NAME": _("without a name"),
        "NO_CODE": _("without a usable number"),
        "REPEATED": _("listed more than once"),
        "LINKED": _("linked"),
        "REVIEW": _("uncertain"),
    }
    of = " – ".join(register_name(one) for one in registers.split(" – "))
    return f"{of}：{words.get(code) or problem_name(code)}"


def register_name(part: str) -> str:
    """What a register is called in a run."""
    return {
        "market": _("Market regulator"),
        "union": _("Register of unions"),
        "tax": _("Tax authority"),
        "insurance": _("Social insurance"),
    }[part]


def problem_name(code: str) -> str:
    """What is wrong with numbers, for a table."""
    return {
        "CHARACTERS": _("Numbers with characters that do not belong"),
        "CHECK_CHARACTER": _("Numbers whose check character does not fit"),
        "FLOAT": _("Numbers rounded by a spreadsheet"),
        "IDENTITY_NUMBER": _("Identity numbers of persons (not kept)"),
        "LENGTH": _("Numbers too long or too short"),
        "LOOKS_LIKE": _("Numbers with letters for digits (mended)"),
        "PLACEHOLDER": _("Placeholders instead of a number"),
    }.get(code, code)


def _words() -> dict[str, str]:
    return {
        "AGREEMENT_OVER": _(
            "The agreement holds from %(starts)s to %(ends)s, and not today. Nothing was used; have it renewed, and note the new one."
        ),
        "COLUMN_NOT_COVERED": _(
            "The agreement does not cover that, or it may stand in one column only. Nothing was changed; choose again, or have the agreement amended."
        ),
        "COLUMN_TWICE_USED": _(
            "One column was chosen twice. Nothing was changed; give each column one meaning."
        ),
        "DELIVERY_IN_USE": _("A job works on this file. Cancel the job first, or wait for its end."),
        "DELIVERY_OTHER": _("That file is of another register or another ground. Choose again."),
        "DELIVERY_STATE": _(
            "The file was read or deleted meanwhile. Nothing was changed; load the page anew."
        ),
        "FILE_ALTERED": _(
            "What is kept does not open: it was altered, or its key is missing. Nothing was changed in the ledger; tell whoever runs the server, and hand the register in again."
        ),
        "FILE_MISSING": _(
            "The file is not there any more: it is deleted after a run, or after seven days. The ledger is unchanged; hand the register in again."
        ),
        "LINKAGE_MISSING": _(
            "Linking is not installed on this server. What was handed in stays; ask whoever runs it to install unionhall[linkage]."
        ),
        "NAME_COLUMN": _("Choose the one column that holds the enterprises' names. Nothing was changed."),
        "PAIR_SAID": _("You have decided this pair already; now it waits for somebody else."),
        "PAIR_SETTLED": _("This pair is decided already, or a later run has taken its place."),
        "RECALL_DONE": _(
            "This decision was taken back meanwhile. Nothing was changed; look at the pair as it stands now."
        ),
        "RECALL_OVER": _(
            "This decision cannot be taken back any more: seven days have passed or a later run has asked anew, and both records are deleted. Nothing was changed; if the ledger is wrong, note the right state on the enterprise's page."
        ),
        "RUN_UNDER_WAY": _(
            "Registers of this ground are being linked just now. Wait for the end of that job."
        ),
        "RUN_WRITTEN": _("This run is finished; what it found stands in the ledger."),
        "REGISTER_COLUMN_TWICE": _(
            "The columns %(columns)s mean the same. Keep one of them or rename the others, and hand the file in again."
        ),
        "REGISTER_EMPTY": _("The file is empty. Take it out of the office's system again."),
        "REGISTER_LONG_ROW": _(
            "Row %(row)s has %(cells)s cells under %(columns)s headings. Put a cell that holds a comma into quotation marks, or save the file as a workbook."
        ),
        "REGISTER_MAPPED_FIELD": _("The columns do not fit any more. Confirm them again."),
        "REGISTER_MAPPED_MISSING": _(
            "The column %(heading)s is missing; the file has %(found)s. Confirm the columns again."
        ),
        "REGISTER_NEEDS_EXTRA": _(
            "This server cannot read workbooks and Parquet: unionhall[%(extra)s] is not installed. Save the register as CSV (UTF-8)."
        ),
        "REGISTER_NOT_A_TABLE": _(
            "The file is no table (%(kind)s). Save the register as a workbook or CSV and hand that in."
        ),
        "REGISTER_NOT_TEXT": _(
            "Row %(row)s holds broken characters, neither UTF-8 nor GB18030; rows like it: %(rows)s. Mend them, or take the register out again as CSV (UTF-8)."
        ),
        "REGISTER_NO_HEADINGS": _(
            "Row %(row)s holds values and no headings. Put a row of headings above it, and hand the file in again."
        ),
        "REGISTER_NO_NAME_COLUMN": _("No column holds names; the headings are %(found)s."),
        "REGISTER_NO_ROWS": _("There are headings and no rows below them."),
        "REGISTER_ONE_COLUMN": _(
            "In row %(row)s all headings stand in one cell. Split the columns (“Text to columns” in a spreadsheet), and hand the file in again."
        ),
        "REGISTER_TITLE_ROW": _(
            "The headings stand in row %(row)s. Delete what is above them, and hand the file in again."
        ),
        "REGISTER_TOO_LARGE": _(
            "The file has more than %(most)s MB. Split it, leave out columns that the agreement does not cover, or hand it in as Parquet."
        ),
        "REGISTER_TWO_HEADINGS": _(
            "Row %(row)s is a second row of headings. Keep one row of headings, and hand the file in again."
        ),
        "REGISTER_UNREADABLE": _("The file cannot be read (%(why)s). Hand it in again."),
    }


CODES = frozenset(
    [
        "AGREEMENT_OVER",
        "COLUMN_NOT_COVERED",
        "COLUMN_TWICE_USED",
        "DELIVERY_IN_USE",
        "DELIVERY_OTHER",
        "DELIVERY_STATE",
        "FILE_ALTERED",
        "FILE_MISSING",
        "LINKAGE_MISSING",
        "NAME_COLUMN",
        "PAIR_SAID",
        "PAIR_SETTLED",
        "RECALL_DONE",
        "RECALL_OVER",
        "RUN_UNDER_WAY",
        "RUN_WRITTEN",
        "REGISTER_COLUMN_TWICE",
        "REGISTER_EMPTY",
        "REGISTER_LONG_ROW",
        "REGISTER_MAPPED_FIELD",
        "REGISTER_MAPPED_MISSING",
        "REGISTER_NEEDS_EXTRA",
        "REGISTER_NOT_A_TABLE",
        "REGISTER_NOT_TEXT",
        "REGISTER_NO_HEADINGS",
        "REGISTER_NO_NAME_COLUMN",
        "REGISTER_NO_ROWS",
        "REGISTER_ONE_COLUMN",
        "REGISTER_TITLE_ROW",
        "REGISTER_TOO_LARGE",
        "REGISTER_TWO_HEADINGS",
        "REGISTER_UNREADABLE",
    ]
)
