"""What a refusal says to people: what happened, what is safe, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unionhall.apps.membership.codes import ApplicationState, MatchState, RowOutcome, Standing
from unionhall.apps.membership.usecases.collecting.columns import FORMS
from unionhall.kernel.imports import SheetError
from unionhall.kernel.imports.messages import SHEET_CODES, of_sheet
from unionhall.kernel.refusals import Refusal


def _refusals() -> dict[str, str]:
    return {
        "ALREADY_MEMBER": _(
            "%(name)s is a member already. Nothing was decided. Take this application out of the decision; a change of union is a transfer, not a new join."
        ),
        "ANSWER_MISSING": _("Please write an answer first."),
        "APPLICATION_STATE": _(
            "The application has moved on meanwhile: %(state)s. Nothing was changed; reload the page."
        ),
        "BASIS_MISSING": _("Please give the list a name and say which document sets it."),
        "BIRTH_IN_NUMBER": _(
            "The date of birth follows from the identity number, so it is not corrected alone. If the number is wrong, bring the identity card to the union's desk."
        ),
        "CODE_OLD": _("This code is no longer valid. Your form is safe; let us send you a new code."),
        "CODE_TRIES": _("This code was tried too often. Your form is safe; let us send you a new code."),
        "CODE_WRONG": _("That is not the code that was sent. You have %(left)s more tries."),
        "CONSENT_MISSING": _(
            "Without your consent we may not keep what you have filled in. Please read it and tick the box."
        ),
        "CONSENT_NOTHING": _(
            "There is no consent of yours that could be withdrawn, or it is withdrawn already."
        ),
        "DAY_WRONG": _("That is not a day on which somebody can have been born. Please look again."),
        "DECIDED_TWICE": _(
            "An application was chosen both to be approved and not to be. Nothing was decided; please choose again."
        ),
        "DECIDERS_MISSING": _("Please say who decided."),
        "DECISION_AHEAD": _(
            "The day of the decision lies ahead. Please enter the day on which the committee met."
        ),
        "EMPLOYMENT_INCOMPLETE": _("Please say where you work: the employer, or the platform."),
        "ENDS_BEFORE": _("The session would end before it begins. Please correct the times."),
        "EVIDENCE_MISSING": _("Please say where the signed minutes are kept."),
        "IMPORT_DONE": _("This file was committed before. Nothing was written again."),
        "IMPORT_ERRORS": _(
            "%(rows)s rows are wrong, so the file was not taken in. What was there before is safe. Mend them, or choose to take the good rows only."
        ),
        "IMPORT_PURGED": _(
            "The file was deleted meanwhile, seven days after it came. Please upload it again."
        ),
        "IMPORT_UNDER_WAY": _("This file is being worked on already. Wait until that has ended."),
        "IMPORT_UNCHECKED": _("The dry run is not over yet. Nothing was written; wait until it has ended."),
        "KEY_REUSED": _(
            "This form was sent in before with other answers. What came first is safe. Open the form anew to make another."
        ),
        "LEDGER_DATE": _(
            "An entry may lie neither ahead nor before the one that stands last (%(since)s). Nothing was written."
        ),
        "LEDGER_MERGED": _(
            "This record of %(name)s was merged into another one. Nothing was written. Write it into the record that holds on, or part the two first."
        ),
        "LEDGER_ORDER": _("That cannot follow: %(name)s is “%(standing)s” at present. Nothing was written."),
        "LIST_NOT_OF_DISTRICT": _(
            "%(union)s is no district federation. A list of one's own is published by a district; the others count by its lists."
        ),
        "MATCH_STATE": _("Somebody has looked at this pair meanwhile: %(state)s."),
        "MEMBER_CODE": _(
            "That is not a code that is valid now. Please look again, or ask for a new one. After five wrong tries a code is void."
        ),
        "MEMBER_WHO": _(
            "That does not tell who you are. Please write the name as on the identity document, or the last four characters of its number."
        ),
        "MEMBERSHIP_ENDED": _(
            "This membership has ended. Nothing was changed. Whoever wants to come back sends an application."
        ),
        "MERGED_ALREADY": _(
            "One of the two was merged with a third record. Nothing was changed; look at that pair first."
        ),
        "MERGE_KEEP_MEMBER": _(
            "%(name)s is the member of the two, so that record has to hold on. Nothing was changed."
        ),
        "MERGE_TWO_UNIONS": _(
            "Both records are members, of different unions. Transfer %(name)s first, then merge."
        ),
        "NAME_MISSING": _("Please fill in the name."),
        "NOTHING_CHOSEN": _("No application was chosen."),
        "NOT_ACCEPTED": _(
            "The application of %(name)s does not await a decision: %(state)s. Nothing was decided."
        ),
        "NOT_ALLOWED": _("Your post does not allow this. Nothing was changed."),
        "NOT_LAST": _(
            "Only the last entry that counts can be corrected; later ones build on it. Correct those first."
        ),
        "NOT_A_MEMBER": _(
            "Nobody who is or was a member holds this number. Nothing was changed. Look at the number again; whoever has never joined sends an application."
        ),
        "NOT_OF_THE_PAIR": _("That record is not one of the two. Nothing was changed."),
        "NO_GLYPH": _(
            "These characters stand in no font of this server, so they would be printed as empty boxes: %(characters)s. Nothing was printed and nothing lost. Please tell whoever keeps the server; a font that has them must be installed there."
        ),
        "NO_TYPST": _(
            "This machine cannot make PDF files (unionhall[pdf] is not installed). Nothing was lost."
        ),
        "NO_UNION": _("Please choose the area where you work, so that the form reaches the right union."),
        "OCCUPATIONS_MISSING": _("Please choose the occupations that the list names."),
        "OTHER_UNION": _(
            "One of the chosen applications or the meeting belongs to another union. Nothing was decided."
        ),
        "PART_NUMBER_HELD": _(
            "The identity number of %(name)s stands with another record now. Nothing was changed; correct that record's number first."
        ),
        "PERIOD_CLOSED": _(
            "This period is closed already. Nothing was changed; open it in the list and restate it there, with a reason."
        ),
        "PERIOD_EMPTY": _("The period ends before it begins."),
        "PERIOD_OPEN": _("The period is not over before %(ends)s. It can be closed from that day on."),
        "PHONE_UNKNOWN": _(
            "No phone of %(name)s is on record, so no code can be given. Enter the phone in the record first."
        ),
        "PROXY_MISSING": _("Please say who fills in the form for the applicant."),
        "EXPORT_DELETED": _(
            "The workbook was deleted after seven days. What it was for stays on record. Ask for the roll again."
        ),
        "EXPORT_UNFINISHED": _("The workbook is not written yet. Nothing is lost; look again in a moment."),
        "REASON_MISSING": _("Please give a reason; it stays with the record."),
        "ROLL_TOO_LARGE": _(
            "%(members)s members stand on this roll, and a form holds %(limit)s. Nothing was taken out. Choose one of the unions under it."
        ),
        "SAME_FIGURES": _("Nothing has changed since the period was closed, so there is nothing to restate."),
        "SAME_LIST": _("This is what the present version says already, so there is nothing to publish."),
        "SAME_UNION": _("It is with %(union)s already."),
        "SESSION_CANCELLED": _("This session was cancelled. Please ask the union for the next one."),
        "SESSION_OVER": _("The session has been held or cancelled meanwhile. Nothing was changed."),
        "STILL_ELSEWHERE": _(
            "The member still stands on the roll of %(union)s. Nothing was changed. Ask that union to transfer the member out first; then take the member over here."
        ),
        "SMS_DAY": _(
            "No more codes can be sent to this phone today. Your form is safe; the union can confirm your phone at the desk."
        ),
        "SMS_FAILED": _(
            "The message could not be sent. Your form is safe; try again in a minute, or confirm at the desk."
        ),
        "SMS_NONE": _(
            "No messages are sent here. Your form is safe; the officer at the desk confirms your phone."
        ),
        "SMS_PAUSE": _("A code was sent a moment ago. You can have another in %(seconds)s seconds."),
        "VALUE_MISSING": _("Please write what it should say."),
        "WISH_DECIDED": _("Somebody has decided this meanwhile. Nothing was changed."),
        "WISH_OPEN": _("You have asked to have this corrected already; your union will answer."),
    }


def _identity() -> dict[str, str]:
    return {
        "MISSING": _("Please fill in the number of the identity document."),
        "LENGTH": _("An identity number has 18 characters. Please look again."),
        "CHARACTERS": _("There is a character in it that no such number has."),
        "CHECK_DIGIT": _("The number is mistyped somewhere; it does not fit its last character."),
        "BIRTH_DATE": _("The date of birth within the number does not exist."),
        "SHAPE": _("A document of this kind has no such number. Please look at the kind and the number."),
        "OLD_NUMBER": _(
            "This is an old number of 15 digits. Please enter the one with 18 on the present card."
        ),
    }


def of_refusal(refusal: Refusal) -> str:
    """A refusal in words."""
    if refusal.code in SHEET_CODES:
        return of_sheet(SheetError(refusal.code, **refusal.data))
    data: dict[str, Any] = dict(refusal.data)
    if refusal.code == "IDENTITY_WRONG":
        return _identity().get(str(data["why"]), _("This number cannot be right. Please look again."))
    if refusal.code == "PHONE_WRONG":
        return (
            _("Please fill in the mobile phone number.")
            if data["why"] == "MISSING"
            else _("That is not a mobile number of 11 digits. Please look again.")
        )
    if "state" in data:
        states = MatchState if refusal.code == "MATCH_STATE" else ApplicationState
        data["state"] = states(data["state"]).label
    if "standing" in data:
        data["standing"] = Standing(data["standing"]).label
    text = _refusals().get(refusal.code)
    if text is None:
        return _("That was not possible (%(code)s). Nothing was changed.") % {"code": refusal.code}
    if refusal.code == "OTHER_UNION":
        data.setdefault("name", "")
    return text % data


# Of a number, IDENTITY_ or CREDIT_CODE_ stands before the engine's own code.
NOTES = {
    "BIRTH_DATE": gettext_lazy(
        "the date of birth within the number does not exist; compare it with the card"
    ),
    "CHARACTERS": gettext_lazy("holds a character that no such number has; type it again"),
    "CHECK_DIGIT": gettext_lazy(
        "does not fit its last character, so a digit is mistyped; compare it with the original"
    ),
    "CHECK_CHARACTER": gettext_lazy(
        "does not fit its last character, so a digit is mistyped; compare it with the original"
    ),
    "COVERED": gettext_lazy("is registered already; the union is added"),
    "CREDIT_CODE_HELD": gettext_lazy("is the code of “%(name)s” already; check name and code"),
    "CREDIT_CODE_OTHER": gettext_lazy("“%(name)s” is registered under another code; check name and code"),
    "DAY_AHEAD": gettext_lazy("lies ahead; enter the day on which it happened"),
    "EMPLOYER_CODE_UNKNOWN": gettext_lazy("no employer with this code is registered; enter its name too"),
    "EMPLOYER_OTHER": gettext_lazy("belongs to “%(name)s”; correct the code or the name"),
    "EMPLOYER_UNKNOWN": gettext_lazy("is not registered; the name is kept as it is written"),
    "FORMULA": gettext_lazy("holds a formula; enter the value itself"),
    "KEPT": gettext_lazy("differs from the register and is left as it is there: %(columns)s"),
    "LENGTH": gettext_lazy("has too few or too many characters; compare it with the original"),
    "LOOKS_LIKE": gettext_lazy("holds a letter that looks like a digit (I, O, S or Z); type 1, 0, 5 or 2"),
    "MASKED": gettext_lazy("is masked; only a roll exported with full numbers can be read in again"),
    "MATCH": gettext_lazy(
        "somebody with the same name and phone, or name, birthday and employer, is registered; the pair is put before an officer"
    ),
    "MATCH_ROW": gettext_lazy("row %(row)s has the same name and phone; the pair is put before an officer"),
    "MERGED": gettext_lazy(
        "the row holds merged cells, whose value would stand in one row only; unmerge them and fill in each row"
    ),
    "MISSING": gettext_lazy("is empty; fill it in"),
    "NAME_OTHER": gettext_lazy(
        "this identity number is registered under another name; check name and number"
    ),
    "NOT_A_DAY": gettext_lazy("is no day; write it like 2025-03-01"),
    "NOT_OFFERED": gettext_lazy("is not in the drop-down list; choose from it"),
    "NUMBER_MERGED": gettext_lazy(
        "is the number of a record that was merged with another one; enter the number that the other one has"
    ),
    "NUMBER_TOO_LONG": gettext_lazy(
        "was taken for a figure by the table program and has lost its end; format the cell as text and enter it again"
    ),
    "OLD_NUMBER": gettext_lazy("is an old number of 15 digits; enter the one with 18"),
    "PHONE": gettext_lazy("is no mobile number of 11 digits; correct it"),
    "PHONE_MISSING": gettext_lazy("is empty, so this member cannot be reached by message"),
    "REGISTERED": gettext_lazy("the person is registered already and becomes a member"),
    "RESTORE_FIRST": gettext_lazy(
        "the membership is retained elsewhere or has ended; restore it on the member's page"
    ),
    "SHAPE": gettext_lazy("cannot be right; look at the kind and at the original again"),
    "TOO_LONG": gettext_lazy("has more than %(most)s characters; shorten it"),
    "TOO_YOUNG": gettext_lazy(
        "the person was younger than %(age)s on that day; compare the day and the date of birth with the documents"
    ),
    "TRANSFER": gettext_lazy("stands on another roll here and is transferred; this is not a new join"),
    "TRANSFER_DAY": gettext_lazy(
        "the present membership counts from %(since)s; the transfer cannot be earlier"
    ),
    "TRANSFER_FIRST": gettext_lazy("stands on another roll; transfer first, then retain"),
    "TWICE": gettext_lazy("stands in row %(row)s already; remove one of the two rows"),
    "UNION_ELSEWHERE": gettext_lazy(
        "a union of this name answers to another one; its administrator can change it"
    ),
    "UNION_UNKNOWN": gettext_lazy("“%(name)s” is no union at or under the chosen one; write its full name"),
    "UNDER_AGE": gettext_lazy(
        "says an age under 16; compare it with the card, and ask whether a guardian agrees"
    ),
    "UNKNOWN_REGION": gettext_lazy("begins with a region that is not known here; compare it with the card"),
}


def of_note(kind: str, note: Sequence[Any]) -> str:
    """What is said of a row, with the column it is about: how it is, and what to do."""
    code, column, data = note
    told = NOTES.get(code) or NOTES.get(code.removeprefix("IDENTITY_").removeprefix("CREDIT_CODE_"))
    words: str = str(told or NOTES["SHAPE"]) % data
    if not column:
        return words
    return _("%(column)s: %(words)s") % {"column": FORMS[kind].column(column).titles[0], "words": words}


def of_line(kind: str, line: Mapping[str, Any]) -> str:
    """All that is said of a row."""
    return _("; ").join(of_note(kind, note) for note in line["notes"])


def of_counts(counts: Mapping[str, Any]) -> str:
    """How many rows had which outcome."""
    told = [f"{RowOutcome(code).label} {counts[code]:,}" for code in RowOutcome.values if counts.get(code)]
    return _("; ").join(told) or _("The form holds no rows.")


def of_reminders(counts: Mapping[str, str | int]) -> str:
    """What a day's run of reminders did."""
    if not counts.get("gateway"):
        return _("No gateway for messages is set up here, so nothing was sent.")
    told = _("Sent: %(sent)s. Not sent, tried again in the next run: %(failed)s.") % counts
    if counts["unclear"]:
        told += _(" Perhaps sent, as the gateway broke off: %(unclear)s.") % counts
    if counts["left"]:
        told += _(" Left for tomorrow, as the day's messages are used up: %(left)s.") % counts
    return told
