"""Codes that seat a phone: issued once, printed or shown, bound by the first phone, revoked in seconds."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.db import transaction

from unionhall.apps.contests import rules
from unionhall.apps.contests.codes import Admission, StageState
from unionhall.apps.contests.models import Juror, Jury, Pass
from unionhall.apps.contests.usecases.stages import locked_stage
from unionhall.apps.people.models import Account
from unionhall.kernel import audit
from unionhall.kernel.audit import SYSTEM
from unionhall.kernel.ids import ALPHABET
from unionhall.kernel.live import announce
from unionhall.kernel.permissions import require
from unionhall.kernel.refusals import Refusal

# 20 characters of 29 are 97 bits: nobody finds a seat by trying.
CODE_LENGTH = 20
PIN_ATTEMPTS = 5
LIVE_STATES = (StageState.DRAFT, StageState.FROZEN, StageState.OPEN)


def hashed(secret: str) -> str:
    """What is kept of a code or device secret: random as they are, one fast hash hides them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _hashed_pin(code: str, pin: str) -> str:
    # Four digits alone could be found from any hash; together with the code, which is not kept, they cannot.
    return hashed(f"{code}:{pin}")


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


@dataclass(frozen=True)
class IssuedPass:
    """A pass at the one moment when its code (and PIN) can be shown."""

    juror: Juror
    code: str
    pin: str = ""


@transaction.atomic
def issue_passes(*, by: Account, at: datetime, jurors: Sequence[Juror]) -> list[IssuedPass]:
    """Issue new codes to jurors of one stage. What they had before is revoked at once."""
    stage = jurors[0].jury.stage
    require(rules.runs, by, stage)
    stage = locked_stage(stage, *LIVE_STATES)
    if any(juror.jury.stage_id != stage.pk for juror in jurors):
        raise Refusal("OTHER_STAGE")
    Pass.objects.filter(juror__in=jurors, revoked_at=None).update(revoked_at=at)
    issued = [
        IssuedPass(juror, _new_code(), f"{secrets.randbelow(10_000):04}" if _needs_pin(juror) else "")
        for juror in jurors
    ]
    passes = Pass.objects.bulk_create(
        Pass(
            juror=one.juror,
            code_hash=hashed(one.code),
            pin_hash=_hashed_pin(one.code, one.pin) if one.pin else "",
            issued_at=at,
        )
        for one in issued
    )
    audit.record_all(
        [
            audit.line(by.actor, "pass.issue", new, at=at, refs={"juror": new.juror.public_id})
            for new in passes
        ]
    )
    announce(f"stage:{stage.public_id}")
    return issued


def _needs_pin(juror: Juror) -> bool:
    # Unnamed seats of a mass jury sit by their code alone: nobody could tell them a PIN.
    return juror.jury.stage.pin_required and juror.person_id is not None


@transaction.atomic
def issue_open_code(*, by: Account, at: datetime, jury: Jury) -> str:
    """Issue the one code that lets everybody into an open jury (weight 0); the former one ends."""
    require(rules.runs, by, jury.stage)
    locked_stage(jury.stage, *LIVE_STATES)
    if jury.admission != Admission.OPEN:
        raise Refusal("JURY_LISTED", jury=jury.code)
    code = _new_code()
    jury.open_code_hash = hashed(code)
    jury.save(update_fields=["open_code_hash"])
    audit.record(by.actor, "jury.open_code", jury, at=at)
    return code


@transaction.atomic
def revoke_pass(*, by: Account, at: datetime, juror: Juror) -> None:
    """End a juror's pass: the phone that holds it can send no more ballots. Those it sent stay."""
    require(rules.runs, by, juror.jury.stage)
    for held in Pass.objects.select_for_update().filter(juror=juror, revoked_at=None):
        held.revoked_at = at
        held.save(update_fields=["revoked_at"])
        audit.record(by.actor, "pass.revoke", held, at=at, refs={"juror": juror.public_id})
    announce(f"stage:{juror.jury.stage.public_id}")


def bind_phone(*, at: datetime, code: str, pin: str = "", phone: str = "") -> tuple[Pass, str]:
    """Seat the phone that shows ``code``; returns the pass and the secret that this phone keeps.

    ``phone`` is a secret that the page was given when it was shown: when the button is pressed twice, or
    the answer to the first press is lost, the second press finds the phone in its seat already. Left
    blank, a secret is made.

    Refused with UNKNOWN_CODE, PASS_REVOKED, PASS_TAKEN (another phone sits there), PIN_WRONG (with the
    attempts left) or PIN_BLOCKED. A wrong PIN is counted even though nothing else changes.
    """
    secret = phone or secrets.token_urlsafe(24)
    with transaction.atomic():
        held = (
            Pass.objects.select_for_update(of=("self",))
            .select_related("juror__jury__stage")
            .filter(code_hash=hashed(code))
            .first()
        ) or _seat_for_anyone(code, secret, at)
        if held and held.revoked_at is None and compare_digest(held.device_hash, hashed(secret)):
            return held, secret
        refusal = _refusal(held, code, pin)
        if refusal is None:
            assert held is not None, "no refusal means there is a pass"
            held.device_hash, held.bound_at = hashed(secret), at
            held.save(update_fields=["device_hash", "bound_at"])
            audit.record(SYSTEM, "pass.bind", held, at=at, refs={"juror": held.juror.public_id})
            announce(f"stage:{held.juror.jury.stage.public_id}")
            return held, secret
    raise refusal


def _refusal(held: Pass | None, code: str, pin: str) -> Refusal | None:
    if held is None:
        return Refusal("UNKNOWN_CODE")
    if held.revoked_at is not None:
        return Refusal("PASS_REVOKED")
    if held.bound_at is not None:
        return Refusal("PASS_TAKEN")
    if not held.pin_hash:
        return None
    if held.pin_failures >= PIN_ATTEMPTS:
        return Refusal("PIN_BLOCKED")
    if compare_digest(_hashed_pin(code, pin), held.pin_hash):
        return None
    held.pin_failures += 1
    held.save(update_fields=["pin_failures"])
    return Refusal("PIN_WRONG", left=PIN_ATTEMPTS - held.pin_failures)


def _seat_for_anyone(code: str, secret: str, at: datetime) -> Pass | None:
    """A seat on the open jury whose code this is, the phone's own if it has one; None without such a jury."""
    jury = Jury.objects.select_for_update().filter(open_code_hash=hashed(code)).first()
    if jury is None:
        return None
    seated = Pass.objects.select_related("juror__jury__stage").filter(
        juror__jury=jury, device_hash=hashed(secret), revoked_at=None
    )
    if own := seated.first():
        return own
    seat = (jury.jurors.order_by("-seat").values_list("seat", flat=True).first() or 0) + 1
    juror = Juror.objects.create(jury=jury, seat=seat, label=str(seat))
    return Pass.objects.create(juror=juror, code_hash=hashed(_new_code()), issued_at=at)
