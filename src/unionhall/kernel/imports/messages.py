"""Why a file could not be taken, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.kernel.imports.sheets import SheetError

SHEET_CODES = frozenset(
    (
        "COLUMN_MISSING",
        "EMPTY",
        "FORM_OTHER",
        "FORM_VERSION",
        "NOT_A_SHEET",
        "OLD_WORKBOOK",
        "OTHER_WORKBOOK",
        "PASSWORD",
        "SHEET_MISSING",
        "TOO_LARGE",
        "TOO_MANY_ROWS",
    )
)


def of_sheet(error: SheetError) -> str:
    """Why a file could not be taken."""
    words = {
        "COLUMN_MISSING": _(
            "The file has no column: %(columns)s. Nothing was stored. Add it, or start from the empty workbook."
        ),
        "FORM_OTHER": _(
            "This is another form than “%(form)s”. Nothing was stored. Choose the right kind, or download the empty form."
        ),
        "FORM_VERSION": _(
            "This is version %(version)s of “%(form)s”; version %(present)s is in force. Nothing was stored. Download the empty form and copy the rows into it."
        ),
        "SHEET_MISSING": _(
            "No sheet of this workbook holds the titles of “%(form)s”. Nothing was stored. Look whether the sheet was deleted or its titles were changed, or start from the empty form."
        ),
        "EMPTY": _("The file is empty. Nothing was stored."),
        "NOT_A_SHEET": _(
            "This is neither a workbook (.xlsx) nor a CSV file, or it is damaged. Nothing was stored. Save it again as .xlsx."
        ),
        "OLD_WORKBOOK": _(
            "This is a workbook of the old kind (.xls), whatever its name says. Nothing was stored. Open it, and save it as .xlsx."
        ),
        "OTHER_WORKBOOK": _(
            "This is an OpenDocument workbook (.ods), whatever its name says. Nothing was stored. Open it, and save it as .xlsx."
        ),
        "PASSWORD": _(
            "This workbook is locked with a password. Nothing was stored. Open it, take the password away, and save it again."
        ),
        "TOO_LARGE": _(
            "The file is larger than %(limit)s MB. Nothing was stored. Remove pictures and other sheets."
        ),
        "TOO_MANY_ROWS": _("The file has more than %(limit)s rows. Nothing was stored. Split it."),
    }
    return words[error.code] % error.data
