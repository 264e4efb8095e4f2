"""Messages that nobody asked for at that moment: what runs out, what was decided, what waits.

They tell a stranger who reads them nothing of anybody: neither name nor union, nor what it was about.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from unionhall.apps.membership import deadlines, queries, rules
from unionhall.apps.membership.codes import ReminderKind, ReminderState
from unionhall.apps.membership.models import Application, Reminder
from unionhall.apps.membership.queries.reminders import Digest
from unionhall.apps.membership.usecases.applying import plain_values
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.apps.people.queries import phone_of
from unionhall.kernel import sms
from unionhall.kernel.clock import CITY
from unionhall.kernel.permissions import Acting, reach_of, require
from unionhall.kernel.sealed import UnsealError
from unionhall.kernel.turns import in_turn

log = logging.getLogger(__name__)

TO_APPLICANTS = (ReminderKind.LAST_DAY, ReminderKind.DUE_SOON, ReminderKind.DECIDED)
Step = Callable[[int, int], object]


def send_reminders(*, by: Acting, at: datetime, step: Step = lambda _done, _total: None) -> dict[str, int]:
    """Send what is to be sent on this day and was not yet; how many were sent, failed, unclear, and left.

    May be repeated and run by several at once: each message is taken on by one, in a transaction that ends
    before the gateway is asked. What failed is tried by the next run; one failure stops no other message.
    """
    require(rules.sends_reminders, by, None)
    gateway = sms.gateway()
    if gateway is None:
        return {"gateway": 0}
    run = _Run(gateway, at)
    with translation.override(settings.LANGUAGE_CODE):
        wanted = [
            (kind, key)
            for kind in TO_APPLICANTS
            for key in queries.reminders.for_applicants(kind, run.on).values_list("pk", flat=True)
        ]
        officers = list(queries.reminders.who_wants_digests(run.on))
        total = len(wanted) + len(officers)
        # Officers first: they are few, and the day's messages may not be enough for all applicants.
        for number, account in enumerate(officers):
            run.remind_officer(account)
            step(number + 1, total)
        for number, (kind, key) in enumerate(wanted, len(officers)):
            run.remind_applicant(kind, key)
            step(number + 1, total)
    return {"gateway": 1, **run.counts}


class _Run:
    """One run: what it has sent, and how much of the day's messages is left."""

    def __init__(self, gateway: sms.Gateway, at: datetime) -> None:
        self._gateway, self._at = gateway, at
        self.on = at.astimezone(CITY).date()
        self._room = deadlines.A_DAY - queries.reminders.sent_on(self.on)
        self.counts = {"sent": 0, "failed": 0, "unclear": 0, "left": 0}

    def remind_officer(self, account: Account) -> None:
        """One message a day with counts, unless there is nothing to tell."""
        assert account.person is not None, "a phone belongs to a person"
        waiting = queries.reminders.digest(account, reach_of(account, *rules.KEEPERS), self.on)
        if waiting.empty:
            return
        person = account.person
        taken = self._take(ReminderKind.DIGEST, account.public_id, self.on, person.union)
        if taken:
            self._send(taken, lambda: phone_of(person), digest_text(waiting, self.on))

    def remind_applicant(self, kind: ReminderKind, key: int) -> None:
        """Tell an applicant, unless it was done or told meanwhile, or the phone has had enough today."""
        if self._room <= 0:
            self.counts["left"] += 1
            return
        with transaction.atomic():
            found = queries.reminders.for_applicants(kind, self.on).filter(pk=key).first()
            if found is None:
                return
            phone = bytes(found.phone_index or b"")
            in_turn(f"reminder.phone:{phone.hex()}")
            if queries.reminders.on_the_phone(phone, self.on) >= deadlines.OF_PHONE_A_DAY:
                self.counts["left"] += 1
                return
            taken = self._take(kind, found.public_id, _day_of(kind, found), found.union)
        if taken:
            self._send(taken, lambda: str(plain_values(found)["phone"]), applicant_text(kind, found))

    @transaction.atomic
    def _take(self, kind: ReminderKind, subject: str, day: date, union: Union | None) -> Reminder | None:
        """Take a message on; None when it was taken on before, or the day's messages are used up."""
        if self._room <= 0:
            self.counts["left"] += 1
            return None
        reminder, new = Reminder.objects.select_for_update().get_or_create(
            kind=kind, subject=subject, day=day, defaults={"union": union, "tried_at": self._at}
        )
        if not new and reminder.state != ReminderState.FAILED:
            return None
        reminder.state, reminder.tried_at, reminder.error = ReminderState.UNCLEAR, self._at, ""
        reminder.attempts += 1
        reminder.save(update_fields=["state", "tried_at", "attempts", "error"])
        self._room -= 1
        return reminder

    def _send(self, reminder: Reminder, phone: Callable[[], str], text: str) -> None:
        """Ask the gateway, outside of any transaction, and note what became of it."""
        state, error = ReminderState.SENT, ""
        try:
            self._gateway.send(phone(), text)
        except UnsealError as broken:
            state, error = ReminderState.FAILED, broken.code
        except sms.SmsError:
            state, error = ReminderState.FAILED, "SMS_FAILED"
        except Exception as unknown:  # noqa: BLE001 - a city's own gateway may raise anything
            # Not its words: they may hold the phone.
            log.error("the gateway raised %s", type(unknown).__name__)  # noqa: TRY400
            state, error = ReminderState.UNCLEAR, type(unknown).__name__[:60]
        self._note(reminder, state, error)
        self.counts[state.lower()] += 1

    @transaction.atomic
    def _note(self, reminder: Reminder, state: ReminderState, error: str) -> None:
        reminder.state, reminder.error = state, error
        reminder.save(update_fields=["state", "error"])


def _day_of(kind: ReminderKind, application: Application) -> date:
    if kind == ReminderKind.DECIDED:
        assert application.decision is not None, "it was decided"
        return application.decision.at.astimezone(CITY).date()
    assert application.due_on is not None, "what was returned is due on a day"
    return application.due_on


def applicant_text(kind: ReminderKind, application: Application) -> str:
    """What an applicant is told; the same for whoever is a member and whoever is not."""
    told = {
        ReminderKind.LAST_DAY: _("Today is the last day to complete the form that you sent to the union."),
        ReminderKind.DUE_SOON: _("Please complete the form that you sent to the union by %(day)s."),
        ReminderKind.DECIDED: _("The form that you sent to the union has been answered."),
    }[kind] % {"day": f"{application.due_on:%Y-%m-%d}" if application.due_on else ""}
    where = (
        _(" See here with your phone number: %(link)s")
        if settings.PUBLIC_ADDRESS
        else _(" You find it with your phone number on the page where you filled it in.")
    )
    return f"{told}{where % {'link': _link('membership:find')}}"


def digest_text(waiting: Digest, on: date) -> str:
    """What an officer is told: counts of what is overdue and of what is due soon."""
    sorts = (
        (_("applications to accept"), waiting.to_accept),
        (_("applications to decide"), waiting.to_decide),
        (_("wishes for correction"), waiting.wishes),
        (_("issues of yours"), waiting.issues),
    )
    told = [
        _("%(what)s: %(overdue)d overdue, %(soon)d due within %(days)d days")
        % {"what": what, "overdue": one.overdue, "soon": one.soon, "days": deadlines.DAYS_BEFORE}
        for what, one in sorts
        if one.overdue or one.soon
    ]
    text = _("Union work on %(day)s – %(told)s.") % {"day": on.isoformat(), "told": _("; ").join(told)}
    return f"{text} {_link('today')}".strip()


def _link(name: str) -> str:
    """An address as a phone can open it; nothing where nobody has said how phones reach the house."""
    return f"{settings.PUBLIC_ADDRESS}{reverse(name)}" if settings.PUBLIC_ADDRESS else ""
