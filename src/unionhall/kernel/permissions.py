"""Access by the subtree of dated posts, or by a part taken in something. Everything else does not exist.

The kernel knows neither posts nor parts: `site.wiring` supplies both with `supply_scopes`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from rules.predicates import Predicate

from unionhall.kernel import clock
from unionhall.kernel.audit import SYSTEM, Actor
from unionhall.kernel.refusals import Refusal

View = Callable[..., HttpResponseBase]

# The role that keeps the register and oversees the jobs of its unions. Posts live in `people`, above.
ADMINISTRATOR = "ADMINISTRATOR"


class Acting(Protocol):
    """Whoever a use case is told to act for: an account, or `audit.SYSTEM`."""

    @property
    def actor(self) -> Actor: ...


class Reach(Protocol):
    def __call__(self, account: Any, roles: tuple[str, ...], on: date) -> frozenset[int]:
        """Keys of the unions at or under those in which the account's person holds such a post."""


class Reaches(Protocol):
    def __call__(self, account: Any, roles: tuple[str, ...], union: int, on: date) -> bool:
        """Whether one union lies within `Reach`, without the walk through all of it."""


class Holds(Protocol):
    def __call__(self, account: Any, roles: tuple[str, ...], on: date) -> bool:
        """Whether the account's person holds such a post anywhere: `Reach` without the walk."""


class Duties(Protocol):
    def __call__(self, account: Any, thing: Any) -> frozenset[str]:
        """The parts that the account takes in a thing."""


class Accounts(Protocol):
    def __call__(self, actor: Actor) -> Acting:
        """The account that an actor's text in the database stands for."""


class _Scopes:
    reach: Reach
    reaches: Reaches
    holds: Holds
    duties: Duties
    accounts: Accounts


def supply_scopes(
    *, reach: Reach, reaches: Reaches, holds: Holds, duties: Duties, accounts: Accounts
) -> None:
    """Tell the predicates below where posts, parts and accounts are to be found."""
    _Scopes.reach = staticmethod(reach)
    _Scopes.reaches = staticmethod(reaches)
    _Scopes.holds = staticmethod(holds)
    _Scopes.duties = staticmethod(duties)
    _Scopes.accounts = staticmethod(accounts)


def in_reach(*roles: str, of: Callable[[Any], int | None]) -> Predicate:
    """Holds when the union ``of(thing)`` lies under a present post with one of ``roles``."""

    def holds(account: Any, thing: Any) -> bool:
        union = of(thing)
        return union is not None and _Scopes.reaches(account, roles, union, clock.today())

    return Predicate(holds, f"in_reach:{','.join(roles)}")


def has_post(*roles: str) -> Predicate:
    """Holds for an account whose person has a present post with one of ``roles`` anywhere."""

    def holds(account: Any, _thing: Any = None) -> bool:
        return _Scopes.holds(account, roles, clock.today())

    return Predicate(holds, f"has_post:{','.join(roles)}")


def takes_part(*parts: str) -> Predicate:
    """Holds when the account takes one of ``parts`` in the thing."""

    def holds(account: Any, thing: Any) -> bool:
        return bool(_Scopes.duties(account, thing) & frozenset(parts))

    return Predicate(holds, f"takes_part:{','.join(parts)}")


# Holds for every account; `allowed` has already seen that it is one.
signed_in = Predicate(lambda _account, _thing=None: True, "signed_in")


def reach_of(account: Any, *roles: str) -> frozenset[int]:
    """Keys of the unions that an account's present posts open; without roles any post counts."""
    return _Scopes.reach(account, roles, clock.today())


def acting(text: str) -> Acting:
    """Whoever a text of the audit trail or of a job names, to act for them with what they may do now."""
    actor = Actor.named(text)
    return SYSTEM if actor == SYSTEM else _Scopes.accounts(actor)


def allowed(rule: Predicate, account: Any, thing: Any = None) -> bool:
    """Whether an account that is signed in and active passes a rule.

    The system itself passes: it acts only from the command line of whoever owns the database.
    """
    return account is SYSTEM or bool(account.is_authenticated and account.is_active and rule(account, thing))


def require(rule: Predicate, account: Any, thing: Any) -> None:
    """The check inside a use case; raises Refusal NOT_ALLOWED."""
    if not allowed(rule, account, thing):
        raise Refusal("NOT_ALLOWED")


def guard(rule: Predicate, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Let a view be reached only by those whom ``rule`` allows; to everybody else there is no such page.

    ``load`` turns the address's public id into the thing in question (or raises Http404); the view gets the
    thing instead of the id, and whatever else the address says.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                back = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{back}")
            thing = load(arguments.pop("public_id")) if load else None
            if not allowed(rule, request.user, thing):
                raise Http404
            return view(request, thing, **arguments) if load else view(request, **arguments)

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that anybody may reach, and say why."""

    def decorate(view: View) -> View:
        view.public = reason  # type: ignore[attr-defined]
        return view

    return decorate
