"""What a refusal says to people: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.membership.codes import ApplicationState, MatchState, Standing
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
        "KEY_REUSED": _(
            "This form was sent in before with other answers. What came first is safe. Open the form anew to make another."
        ),
        "LEDGER_DATE": _(
            "An entry may lie neither ahead nor before the one that stands last (%(since)s). Nothing was written."
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
        "PERIOD_CLOSED": _(
            "This period is closed already. Nothing was changed; open it in the list and restate it there, with a reason."
        ),
        "PERIOD_EMPTY": _("The period ends before it begins."),
        "PERIOD_OPEN": _("The period is not over before %(ends)s. It can be closed from that day on."),
        "PHONE_UNKNOWN": _(
            "No phone of %(name)s is on record, so no code can be given. Enter the phone in the record first."
        ),
        "PROXY_MISSING": _("Please say who fills in the form for the applicant."),
        "REASON_MISSING": _("Please give a reason; it stays with the record."),
        "SAME_FIGURES": _("Nothing has changed since the period was closed, so there is nothing to restate."),
        "SAME_LIST": _("This is what the present version says already, so there is nothing to publish."),
        "SAME_UNION": _("It is with %(union)s already."),
        "SESSION_CANCELLED": _("This session was cancelled. Please ask the union for the next one."),
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
