"""Codes of six digits that show whose phone it is: five tries, ten minutes, and limits."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from unionhall.apps.membership import rules
from unionhall.apps.membership.models import PhoneCode
from unionhall.apps.people.models import Particulars, Person
from unionhall.kernel import audit, sealed, sms
from unionhall.kernel.audit import Actor
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, require
from unionhall.kernel.refusals import Refusal
from unionhall.kernel.turns import in_turn

VALID = timedelta(minutes=10)
TRIES = 5
# Messages: a minute apart and so many a day for one phone, so many a day from one address.
PAUSE = timedelta(seconds=60)
OF_PHONE = 5
OF_ADDRESS = 20
PHONE_HOLDER = Actor("PHONE", "")


def send_code(*, at: datetime, phone: str, address: str) -> None:
    """Send a fresh code to an 11-digit number; the one before it ends.

    Refused with SMS_NONE where there is no gateway, SMS_PAUSE (``seconds``), SMS_DAY when the day's messages
    for this phone or from this address are used up, SMS_FAILED when the gateway did not take it.
    """
    gateway = sms.gateway()
    if gateway is None:
        raise Refusal("SMS_NONE")
    index = sealed.keyed_index(phone, column="phone")
    origin = address_hash(address, at)
    code = _new_code()
    with transaction.atomic():
        # Requests at one instant are counted one after the other, or each would see room for itself.
        in_turn(f"phone_code.phone:{index.hex()}", f"phone_code.address:{origin}")
        _within_limits(at, index, origin)
        kept = PhoneCode.objects.create(
            phone_index=index, address_hash=origin, code_hash=_hash(code, index), sent_at=at
        )
        audit.record(PHONE_HOLDER, "phone_code.send", kept, at=at)
    # After the commit: a slow gateway keeps nobody else waiting.
    try:
        gateway.send(phone, _("%(code)s is your code for the union, valid for 10 minutes.") % {"code": code})
    except sms.SmsError as error:
        raise Refusal("SMS_FAILED") from error


@transaction.atomic
def hand_out_code(*, by: Acting, at: datetime, person: Person) -> str:
    """A code for signing in, for somebody who stands at the desk and has shown who it is.

    It lets in this person alone, whoever else has the phone. Refused with PHONE_UNKNOWN when none is known.
    """
    require(rules.keeps_person, by, person)
    known = Particulars.objects.filter(person=person, superseded=False).first()
    if known is None or known.phone_index is None:
        raise Refusal("PHONE_UNKNOWN", name=person.name)
    index, code = bytes(known.phone_index), _new_code()
    kept = PhoneCode.objects.create(
        phone_index=index, person=person, code_hash=_hash(code, index), sent_at=at
    )
    audit.record(by.actor, "phone_code.hand_out", kept, at=at, refs={"person": person.public_id})
    return code


def _new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06}"


def address_hash(address: str, at: datetime) -> str:
    """The sender's address as it is counted: keyed, and another one every day."""
    day = at.astimezone(CITY).date().isoformat()
    return sealed.keyed_index(f"{day} {address}", column="phone_code.address").hex()


def _within_limits(at: datetime, index: bytes, origin: str) -> None:
    day = at - timedelta(days=1)
    of_phone = PhoneCode.objects.filter(phone_index=index, person=None, sent_at__gt=day).order_by("-sent_at")
    times = list(of_phone.values_list("sent_at", flat=True))
    if times and at - times[0] < PAUSE:
        raise Refusal("SMS_PAUSE", seconds=int((times[0] + PAUSE - at).total_seconds()) + 1)
    if len(times) >= OF_PHONE or PhoneCode.objects.filter(address_hash=origin).count() >= OF_ADDRESS:
        raise Refusal("SMS_DAY")


def use_code(*, at: datetime, phone: str, code: str, desk: bool = False) -> PhoneCode:
    """Use the newest code of a phone, with ``desk`` also one handed out there. It is used up when right.

    Refused with CODE_WRONG (``left`` tries), CODE_TRIES when all are used, CODE_OLD when there is none that
    is still valid. A wrong try counts even though it is refused.
    """
    index = sealed.keyed_index(phone, column="phone")
    with transaction.atomic():
        codes = PhoneCode.objects.select_for_update(of=("self",)).filter(phone_index=index)
        if not desk:
            codes = codes.filter(person=None)
        newest = codes.order_by("-sent_at", "-pk").first()
        if newest is None or newest.used_at is not None or at - newest.sent_at > VALID:
            raise Refusal("CODE_OLD")
        if newest.tries >= TRIES:
            raise Refusal("CODE_TRIES")
        newest.tries += 1
        right = compare_digest(newest.code_hash, _hash(code.strip(), index))
        if right:
            newest.used_at = at
        newest.save(update_fields=["tries", "used_at"])
    # The try was counted by the commit above, so that it counts although it is refused now.
    if not right:
        raise (
            Refusal("CODE_WRONG", left=TRIES - newest.tries)
            if newest.tries < TRIES
            else Refusal("CODE_TRIES")
        )
    return newest


def _hash(code: str, index: bytes) -> str:
    # Keyed: six digits could be found by trying all of them.
    keyed = sealed.keyed_index(code, column="phone_code.code")
    return hashlib.sha256(keyed + index).hexdigest()
