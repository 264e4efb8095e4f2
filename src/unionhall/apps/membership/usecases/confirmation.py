"""Codes of six digits that show whose phone it is: five tries, ten minutes, and limits."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from unionhall.apps.membership.models import PhoneCode
from unionhall.kernel import audit, sealed, sms
from unionhall.kernel.audit import Actor
from unionhall.kernel.clock import CITY
from unionhall.kernel.refusals import Refusal

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
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction.atomic():
        _within_limits(at, index, origin)
        kept = PhoneCode.objects.create(
            phone_index=index, address_hash=origin, code_hash=_hash(code, index), sent_at=at
        )
        audit.record(PHONE_HOLDER, "phone_code.send", kept, at=at)
    try:
        gateway.send(phone, _("%(code)s is your code for the union, valid for 10 minutes.") % {"code": code})
    except sms.SmsError as error:
        raise Refusal("SMS_FAILED") from error


def address_hash(address: str, at: datetime) -> str:
    """The sender's address as it is counted: keyed, and another one every day."""
    day = at.astimezone(CITY).date().isoformat()
    return sealed.keyed_index(f"{day} {address}", column="phone_code.address").hex()


def _within_limits(at: datetime, index: bytes, origin: str) -> None:
    day = at - timedelta(days=1)
    of_phone = PhoneCode.objects.filter(phone_index=index, sent_at__gt=day).order_by("-sent_at")
    times = list(of_phone.values_list("sent_at", flat=True))
    if times and at - times[0] < PAUSE:
        raise Refusal("SMS_PAUSE", seconds=int((times[0] + PAUSE - at).total_seconds()) + 1)
    if len(times) >= OF_PHONE or PhoneCode.objects.filter(address_hash=origin).count() >= OF_ADDRESS:
        raise Refusal("SMS_DAY")


def use_code(*, at: datetime, phone: str, code: str) -> None:
    """Use the newest code of a phone. Returns when it is right; it is used up then.

    Refused with CODE_WRONG (``left`` tries), CODE_TRIES when all are used, CODE_OLD when there is none that
    is still valid. A wrong try counts even though it is refused.
    """
    index = sealed.keyed_index(phone, column="phone")
    with transaction.atomic():
        newest = (
            PhoneCode.objects.select_for_update()
            .filter(phone_index=index)
            .order_by("-sent_at", "-pk")
            .first()
        )
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


def _hash(code: str, index: bytes) -> str:
    # Keyed: six digits could be found by trying all of them.
    keyed = sealed.keyed_index(code, column="phone_code.code")
    return hashlib.sha256(keyed + index).hexdigest()
