"""Facts: how a capability tells those above it what happened, without knowing them.

A use case publishes a fact in the transaction of its change; `site.wiring` says who hears it. Each handler
runs after the commit, in a transaction of its own that also marks the delivery, so its work is done exactly
once however often it is tried. What must hold together belongs into one use case: a fact is heard later or,
while its handler fails, not at all. See docs/explanation/architecture.md.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import DatabaseError, connection, models, transaction

from unionhall.kernel import audit, clock
from unionhall.kernel.ids import only_ids
from unionhall.kernel.models import Fact, FactDelivery
from unionhall.kernel.permissions import ADMINISTRATOR, Acting, has_post, require
from unionhall.kernel.refusals import Refusal

log = logging.getLogger(__name__)

F = TypeVar("F")
F_contra = TypeVar("F_contra", contravariant=True)

# Seconds until a handler that failed is tried again; after the last its delivery is set aside.
PAUSES = (1, 5, 30, 120, 600, 3600)

# A fact holds ids only: whoever keeps a register anywhere may see what failed, and have it tried again.
mends_deliveries = has_post(ADMINISTRATOR)


class Handler(Protocol[F_contra]):
    """What hears a fact. ``at`` is when it was published; long work is given to a job."""

    def __call__(self, fact: F_contra, /, *, at: datetime) -> object: ...


class _Heard(NamedTuple):
    fact: type[Any]
    handler: Handler[Any]


_handlers: dict[str, _Heard] = {}


def hear_fact(fact: type[F], name: str, handler: Handler[F]) -> None:
    """Have ``handler`` hear every fact of a class published from now on.

    ``name`` stands in the database and must outlive renamings in the code.
    """
    namesake = next((h.fact for h in _handlers.values() if h.fact.__name__ == fact.__name__), fact)
    assert namesake is fact, f"two facts are called {fact.__name__}"
    _handlers[name] = _Heard(fact, handler)


def publish(fact: object, *, at: datetime) -> None:
    """Write a fact – a frozen dataclass of ids – into the outbox; it is heard after the commit."""
    assert connection.in_atomic_block, "a fact belongs to its change's transaction"
    assert fact.__dataclass_params__.frozen, "a fact is a frozen dataclass"  # type: ignore[attr-defined]
    written = Fact.objects.create(
        name=type(fact).__name__,
        payload=only_ids(asdict(fact)),  # type: ignore[call-overload]
        at=at,
    )
    hearing = [name for name, heard in _handlers.items() if heard.fact is type(fact)]
    if hearing:
        FactDelivery.objects.bulk_create(
            FactDelivery(fact=written, handler=name, due_at=at) for name in hearing
        )
        transaction.on_commit(lambda: _deliver_now(hearing), robust=True)


def _deliver_now(hearing: list[str]) -> None:
    try:
        _deliver_to(hearing, clock.now())
    except DatabaseError:
        # The one who published has committed and is told so; the worker delivers what is left.
        log.exception("facts could not be delivered at once")


def deliver_due(*, at: datetime) -> int:
    """Deliver whatever is due, each handler's in the order of publication; how many were delivered."""
    due = _waiting().filter(handler__in=list(_handlers), due_at__lte=at)
    return _deliver_to(due.order_by("handler").values_list("handler", flat=True).distinct(), at)


def _waiting() -> models.QuerySet[FactDelivery]:
    return FactDelivery.objects.exclude(due_at=None)


def _deliver_to(handlers: Iterable[str], at: datetime) -> int:
    delivered = 0
    for handler in list(handlers):
        # The first that waits, due or not: while one fails, those after it wait too, or order would be lost.
        while head := _waiting().filter(handler=handler).order_by("fact_id").first():
            assert head.due_at is not None, "it waits"
            if head.due_at > at or not _deliver(head):
                break
            delivered += 1
    return delivered


def _deliver(head: FactDelivery) -> bool:
    """Whether it was delivered here and now."""
    fact, handler = _handlers[head.handler]
    try:
        with transaction.atomic():
            # Held by another process, or done by it just now: it goes on from there, with what we see too.
            held = _waiting().select_for_update(skip_locked=True, of=("self",)).select_related("fact")
            delivery = held.filter(pk=head.pk).first()
            if delivery is None:
                return False
            handler(fact(**delivery.fact.payload), at=delivery.fact.at)
            delivery.due_at, delivery.done_at, delivery.error = None, clock.now(), ""
            delivery.save(update_fields=["due_at", "done_at", "error"])
    except Exception as error:
        # Whatever it was, it must not reach the one who published.
        log.exception("%s could not hear fact %s", head.handler, head.fact_id)
        _note_failure(head, error.code if isinstance(error, Refusal) else type(error).__name__)
        return False
    return True


# A statement outside a transaction would not wait for its turn on SQLite.
@transaction.atomic
def _note_failure(head: FactDelivery, code: str) -> None:
    pause = dict(enumerate(PAUSES)).get(head.attempts)
    at = clock.now()
    # Only as it was seen: another process may have delivered it, or noted its own failure, meanwhile.
    _waiting().filter(pk=head.pk, attempts=head.attempts).update(
        attempts=head.attempts + 1,
        error=code[:60],
        failed_at=at,
        due_at=None if pause is None else at + timedelta(seconds=pause),
    )


def failing_deliveries() -> models.QuerySet[FactDelivery]:
    """What could not be delivered so far, the oldest first; without ``due_at`` it was set aside."""
    return FactDelivery.objects.filter(done_at=None, attempts__gt=0).select_related("fact").order_by("pk")


@transaction.atomic
def deliver_again(*, by: Acting, at: datetime, delivery: FactDelivery) -> None:
    """Have a failing delivery tried again from the start of its patience, once its cause is mended.

    Refused with DELIVERED when it has been heard meanwhile.
    """
    require(mends_deliveries, by, delivery)
    delivery = FactDelivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.done_at is not None:
        raise Refusal("DELIVERED")
    delivery.due_at, delivery.attempts = at, 0
    delivery.save(update_fields=["due_at", "attempts"])
    audit.record(by.actor, "fact.deliver_again", delivery, at=at, refs={"fact": delivery.fact_id})
