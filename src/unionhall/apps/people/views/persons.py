"""Persons: the list within reach, one person with posts and honours, and what an administrator changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import unions_in_reach
from unionhall.apps.people import messages, queries, rules, usecases
from unionhall.apps.people.codes import HonourKind, PostRole
from unionhall.apps.people.forms import (
    AccountForm,
    AppointForm,
    ChangeAccountForm,
    EndForm,
    HonourForm,
    RegisterForm,
    SearchForm,
)
from unionhall.apps.people.models import Account, Person, Post
from unionhall.apps.people.tables import PersonFilter, PersonTable
from unionhall.kernel import audit, clock
from unionhall.kernel.permissions import allowed, guard, reach_of
from unionhall.ui.forms import form_page
from unionhall.ui.lists import list_page


def load_person(public_id: str) -> Person:
    """The person of an address."""
    found = (
        Person.objects.select_related("union", "employer", "particulars").filter(public_id=public_id).first()
    )
    if found is None:
        raise Http404
    return found


@guard(rules.holds_any_post)
def people(request: HttpRequest) -> HttpResponse:
    """The persons within reach."""
    rows = queries.people_within(reach_of(request.user))
    actions = (
        [(_("Register a person"), reverse("people:new-person"))]
        if allowed(rules.administers_anywhere, request.user)
        else []
    )
    return list_page(
        request,
        rows,
        PersonTable,
        PersonFilter,
        heading=_("People"),
        name="people",
        actions=actions,
        template="people/people.html",
        more={"search": SearchForm()},
    )


@guard(rules.sees_person, load_person)
def person(request: HttpRequest, found: Person) -> HttpResponse:
    """One person."""
    administers = allowed(rules.administers, request.user, found)
    handles = allowed(rules.handles_particulars, request.user, found)
    context = {
        "person": found,
        "posts": found.posts.select_related("union").order_by("-starts"),
        "honours": found.honours.order_by("-year"),
        "history": audit.history(found)[:20],
        "administers": administers,
        "handles": handles,
        "kept": queries.kept(found) if handles else [],
        "particulars": getattr(found, "particulars", None),
        "reveals": queries.reveals(found)[:20] if administers else [],
        "account": Account.objects.filter(person=found).first(),
    }
    return render(request, "people/person.html", context)


def _by(request: HttpRequest) -> Any:
    return request.user


def _unions(request: HttpRequest) -> QuerySet[Union]:
    return unions_in_reach(request.user, PostRole.ADMINISTRATOR).order_by("pk")


def _to(person: Person) -> str:
    return reverse("people:person", args=[person.public_id])


def page_of(
    request: HttpRequest,
    form: forms.Form,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    person: Person,
    explained: str = "",
) -> HttpResponse:
    """A form about a person, which leads back to the person's page."""
    return form_page(
        request,
        form,
        f"{heading} · {person.name}",
        work,
        _to(person),
        in_words=messages.of_refusal,
        explained=explained,
    )


@guard(rules.administers_anywhere)
def new_person(request: HttpRequest) -> HttpResponse:
    """Register a person."""
    form = RegisterForm(
        request.POST or None, unions=_unions(request), initial={"union": request.GET.get("union")}
    )
    return form_page(
        request,
        form,
        _("Register a person"),
        lambda data: usecases.register_person(by=_by(request), at=clock.now(), **data),
        _to,
        in_words=messages.of_refusal,
        cancel=reverse("people:people"),
    )


@guard(rules.administers, load_person)
def honour(request: HttpRequest, person: Person) -> HttpResponse:
    """Add an honour."""

    def work(data: dict[str, Any]) -> object:
        data["kind"] = HonourKind(data["kind"])
        return usecases.honour_person(by=_by(request), at=clock.now(), person=person, **data)

    return page_of(request, HonourForm(request.POST or None), _("Honours"), work, person)


@guard(rules.administers, load_person)
def appoint(request: HttpRequest, person: Person) -> HttpResponse:
    """Give the person a post."""

    def work(data: dict[str, Any]) -> object:
        data["role"] = PostRole(data["role"])
        return usecases.appoint(by=_by(request), at=clock.now(), person=person, **data)

    return page_of(
        request,
        AppointForm(request.POST or None, unions=_unions(request)),
        _("Appoint"),
        work,
        person,
        _("A post opens the union and all that answer to it, from that day on."),
    )


@guard(rules.administers, load_person)
def end_post(request: HttpRequest, person: Person, post_id: str) -> HttpResponse:
    """End one of the person's posts."""
    post = Post.objects.select_related("person", "union").filter(person=person, public_id=post_id).first()
    if post is None:
        raise Http404
    return page_of(
        request,
        EndForm(request.POST or None),
        _("End the post: %(role)s, %(union)s")
        % {"role": post.get_role_display(), "union": post.union.short_name},
        lambda data: usecases.end_post(by=_by(request), at=clock.now(), post=post, **data),
        person,
        _("From that day on the post opens nothing. It stays in the record."),
    )


@guard(rules.administers, load_person)
def account(request: HttpRequest, person: Person) -> HttpResponse:
    """Open the person's account, or change it."""
    held = Account.objects.select_related("person").filter(person=person).first()
    if held is None:
        return page_of(
            request,
            AccountForm(request.POST or None),
            _("Open an account"),
            lambda data: usecases.open_account(by=_by(request), at=clock.now(), person=person, **data),
            person,
            _("Hand the first password over in person; its holder changes it after signing in."),
        )
    return page_of(
        request,
        ChangeAccountForm(request.POST or None, initial={"active": held.is_active}),
        _("Account %(username)s") % {"username": held.username},
        lambda data: usecases.change_account(by=_by(request), at=clock.now(), account=held, **data),
        person,
    )
