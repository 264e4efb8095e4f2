"""What a refusal says to people: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from unionhall.apps.contests.codes import BoxState, DutyRole, StageState
from unionhall.engines.scoring import Problem, ScoringError
from unionhall.kernel.refusals import Refusal

if TYPE_CHECKING:
    from unionhall.apps.contests.usecases.ballots import Answer


def _refusals() -> dict[str, str]:
    # Made anew for each language; a few microseconds where something went wrong anyway.
    return {
        "ALL_READ_OUT": _("All awards have been read out."),
        "BAD_REQUEST": _("This request could not be understood. Your draft is safe; reload the page."),
        "BALLOT_EXISTS": _("%(juror)s has already scored this speech, so a recusal comes too late. Close scoring and propose a correction instead."),
        "BAD_SCORES": _("Nothing was sent in. Please correct the marked scores."),
        "BOX_STATE": _("That is not possible while this speech is: %(state)s."),
        "BOX_STILL_OPEN": _("Scoring of the speech on stage is still open. Close it before you go on."),
        "BUNDLE_FAILS": _("Nothing was frozen or published: the result bundle does not hold. %(why)s Do not go on; call the engineers, and keep the database as it is."),
        "BUSY": _("The server is busy. Your scores are safe on this phone and will be sent again."),
        "CALIBRATION_CLOSED": _("This calibration round takes no more scores: its spread is already shown."),
        "CALIBRATION_EMPTY": _("No sheet of the calibration round is in yet, so there is no spread to show."),
        "CALIBRATION_UNDER_WAY": _("A calibration round is under way. Nothing was changed. Set its scores aside first."),
        "CLOSED": _("Scoring of this speech was already closed. Your scores were kept as late but do not count. Please tell the scrutineer."),
        "CONTEST_EXISTS": _("There is already a contest named %(name)s. Choose another name."),
        "CORRECTION_DECIDED": _("This correction has already been decided."),
        "CORRECTION_PENDING": _("A correction waits for its second person. Confirm or reject it first."),
        "COSIGNATURE_FAILS": _("The witness's signature was not added: %(why)s Ask the witness for the file again, as it was made."),
        "COSIGNATURE_OTHER": _("The witness signed another root than those published here, so nothing was added. Give the witness this page's bundle."),
        "COSIGNATURE_TIME": _("The witness's computer said %(time)s, which cannot be. Nothing was added; let the witness set the clock and sign again."),
        "COSIGNATURE_TWICE": _("%(name)s has already signed this root."),
        "CUE_STAYS": _("Speeches, and cues on stage or done, stay on the running order."),
        "DRAWN_ORDER": _("Speeches keep the order that was drawn."),
        "DUTY_OPEN": _("Nobody has the duty: %(role)s."),
        "ENTRY_WITHDRAWN": _("This entry has been withdrawn. Go on to the next cue."),
        "GROUND_MISSING": _("A special prize needs its ground and the evidence that was seen."),
        "IMPORT_DONE": _("This file was committed already."),
        "IMPORT_ERRORS": _("%(rows)s rows are wrong, so nothing was added. Mend them and upload the file again."),
        "IMPORT_PURGED": _("This file has been deleted. Upload it again."),
        "JUROR_WITHDRAWN": _("%(juror)s has already been withdrawn, or a proposal to do so waits."),
        "JURY_EXISTS": _("There is already a jury with the code %(jury)s."),
        "JURY_LEFT_SILENT": _("Speech No. %(number)s would be left without any ballot of %(jury)s, and so without a composite score. Nothing was changed."),
        "JURY_LISTED": _("This jury sits by list; only an open jury has one code for everybody."),
        "JURY_NOT_FORMED": _("The rule book names %(jury)s, but no such jury has been formed."),
        "JURY_NOT_IN_RULES": _("%(jury)s does not stand in the rule book."),
        "JURY_OPEN": _("An open jury fills itself; it has no list."),
        "JURY_WITHOUT_BALLOTS": _("%(jury)s has sent no ballot, so this speech would have no composite score. Wait for one, or enter a paper sheet."),
        "JURY_WITHOUT_JURORS": _("%(jury)s has no jurors yet."),
        "KEY_REUSED": _("This sheet was already sent with other scores. The first one counts. Reload the page to see it."),
        "NO_CALIBRATION": _("No calibration round is under way; its scores have been set aside."),
        "NO_ENTRIES": _("There are no entries yet."),
        "NO_GLYPH": _("These characters stand in no font of this server, so they would be printed as empty boxes: %(characters)s. Nothing was printed. Install a font that has them (on Debian: fonts-noto-cjk, for rare characters fonts-hanazono) and start the server again, or write the name otherwise for the print."),
        "NO_RULEBOOK": _("There is no rule book yet."),
        "NO_TYPST": _("This server cannot print: the extra unionhall[pdf] is not installed. Results can be taken as a workbook instead."),
        "NOTHING_CHANGED": _("These are the scores that already stand."),
        "NOT_ALLOWED": _("You have no part in this contest that allows that."),
        "NOT_DEFERRED": _("No speech has to be heard first any more: open its scoring."),
        "NOT_DRAWN": _("The order of speakers has not been drawn yet."),
        "NOT_ON_STAGE": _("Nothing was changed: the speech that your page shows is not on stage any more. Look at the desk, then press again."),
        "READ_OUT_MEANWHILE": _("Nothing was changed: the next award has been read out from another desk. Look at the hall screen, then go on."),
        "NOT_OPEN": _("Scoring of this speech has not been opened yet. Your scores are safe on this phone; send them when it opens."),
        "OPEN_JURY_WEIGHS": _("%(jury)s is open to everybody and so must have weight 0."),
        "OTHER_ORIGIN": _("This request came from another site and was refused."),
        "OTHER_STAGE": _("That belongs to another stage."),
        "PAPER_DIFFERS": _("The two entries differ in: %(criteria)s. Nothing counts yet. Look at the paper again; whoever was wrong enters it anew."),
        "PAPER_WAITING": _("The paper sheet of %(juror)s has been entered once only. Let a second person enter it, or discard it, then close."),
        "PASS_REVOKED": _("This code has been replaced. Ask the scrutineer's desk for the new one."),
        "PASS_TAKEN": _("Another phone already sits here. If it was not yours, ask the scrutineer's desk for a new code."),
        "PIN_BLOCKED": _("The PIN was wrong too often. Ask the scrutineer's desk for a new code."),
        "PIN_WRONG": _("The PIN is wrong. %(left)s attempts are left."),
        "POINTS_SIGN": _("A penalty is below zero; a bonus and earned points are above."),
        "REASON_MISSING": _("Please give the reason; it stays in the record."),
        "RECUSED": _("You are recused from this speech, so your scores were kept apart and do not count."),
        "SCORING_BEGUN": _("Scoring of this speech has begun; it can no longer be withdrawn."),
        "SECOND_COUNT_DIFFERS": _("Nothing was frozen or published: the second count does not agree with the first. Do not go on; call the engineers, and keep the database as it is."),
        "SECOND_PERSON": _("Whoever proposed a correction cannot confirm it. A second person must."),
        "SPEAKER_ENTERED": _("This speaker already has an entry."),
        "SPEECHES_LEFT": _("%(left)s speeches have not been scored yet."),
        "SPEECHES_NOT_HEARD": _("By the rules the first speeches are all heard before any is scored; %(left)s of them have not been heard yet. Nothing was opened. Go on to the next speech."),
        "SPEECH_HEARD": _("This speech is over; it waits for its scoring."),
        "SPEECH_NOT_RUNNING": _("The watch is not running for this speech."),
        "SPEECH_STARTED": _("The watch already runs for this speech."),
        "STAGE_STATE": _("That is not possible while the stage is: %(state)s."),
        "STALE": _("Your scores were changed on another page since. Look at them, then send again."),
        "TITLE_MISSING": _("Please name the specimen talk."),
        "TOO_FEW_JURORS": _("At least %(least)s jurors are needed, one for each jury."),
        "TOO_MANY": _("Too many attempts. Your scores are safe on this phone and will be sent again."),
        "TIE_OPEN": _("%(speakers)s are equal, and the rule book’s ladder of ties does not decide between them. Nothing was frozen. Decide by points, which two persons sign."),
        "TWO_DUTIES": _("The scrutineer and the chief juror must be two persons."),
        "UNKNOWN_BOX": _("There is no such speech in this contest. Reload the page."),
        "UNKNOWN_CODE": _("This code is not known. Check it against the sheet, or ask the scrutineer's desk."),
        "UNKNOWN_PASS": _("This phone no longer has a seat. Your draft is safe; ask the scrutineer's desk for a new code."),
        "WATCH_RUNS": _("The watch still runs. Nothing was closed. Stop it first: only then does the time count."),
        "WITNESS_IS_DRAWER": _("Whoever draws cannot be the witness."),
    }  # fmt: skip


def _problems() -> dict[str, str]:
    return {
        "BAND_EMPTY": _("No juror's total can lie between %(low)s and %(high)s."),
        "CODE_TWICE": _("The code %(code)s is used twice."),
        "CRITERION_DIGITS": _("%(criterion)s: limits and step need more than %(digits)s decimals."),
        "CRITERION_EMPTY": _("%(criterion)s: the minimum is above the maximum, or the maximum is 0."),
        "CRITERION_STEP": _("%(criterion)s: the step must be above 0 and the factor not below 0."),
        "CRITERION_UNKNOWN": _("There is no criterion %(criterion)s."),
        "HALF_CHARACTER": _("After “%(before)s” stands half a character."),
        "NAME_TWICE": _("The name “%(name)s” stands twice in one object."),
        "NOT_JSON": _("This is not JSON: %(why)s"),
        "OVERTIME_ORDER": _("Timing: the steps of overtime must rise."),
        "SCORE_DIGITS": _("%(name)s: at most %(digits)s decimals."),
        "SCORE_MISSING": _("%(name)s: no score yet."),
        "SCORE_NOT_A_NUMBER": _("%(name)s: “%(typed)s” is not a number."),
        "SCORE_RANGE": _("%(name)s: from %(min)s to %(max)s."),
        "SCORE_STEP": _("%(name)s: scores go in steps of %(step)s."),
        "SHAPE": _("At %(path)s: %(what)s"),
        "TIE_AFTER_JOINT": _("Ties: JOINT ends the ladder, nothing can follow it."),
        "TIE_UNKNOWN_CRITERION": _("Ties: there is no criterion %(criterion)s."),
        "TIE_UNKNOWN_JURY": _("Ties: there is no jury %(jury)s."),
        "TIMING_ADDS_POINTS": _("Timing: points must be zero or less."),
        "TIMING_EMPTY": _("Timing: the shortest time is above the longest."),
        "TOTAL_BAND": _("The total %(total)s is outside the permitted %(low)s to %(high)s."),
        "TRIM_SHARE": _("%(jury)s: a share of 50 or more would leave nobody."),
        "TRIM_TWO_WAYS": _("%(jury)s: trim by numbers or by share, not both."),
        "WEIGHTS_NOT_100": _("The juries' weights add to %(sum)s %%, not to 100 %%."),
    }  # fmt: skip


def of_code(code: str, data: dict[str, str | int]) -> str:
    """A refusal in words."""
    known = dict(StageState.choices + BoxState.choices + DutyRole.choices)
    told = {name: known.get(str(value), value) for name, value in data.items()}
    return _refusals()[code] % told


def of_refusal(refusal: Refusal | ScoringError) -> str:
    """Why a use case said no."""
    if isinstance(refusal, ScoringError):
        return " ".join(of_problem(problem) for problem in refusal.problems)
    return of_code(refusal.code, refusal.data)


def of_problem(problem: Problem) -> str:
    """What is wrong with a sheet or a rule book."""
    return _problems()[problem.code] % problem.data


def of_answer(answer: Answer) -> str:
    """Why a ballot was not accepted."""
    if answer.problems:
        return " ".join(of_problem(problem) for problem in answer.problems)
    return of_code(answer.code, {})
