"""Whoever joins or comes in is answered alike, member or stranger: in the same words, by the same statements.

How long an answer takes is what its statements take, so that equal statements tell nobody who is a member.
`python -m benchmarks membership` measures the time itself.
"""

from __future__ import annotations

import re
import secrets

import pytest
from django.db import connection
from django.test import Client

from tests.apps.membership.conftest import identity_number

MEMBER = {"identity": identity_number(800), "phone": "19900008001"}
STRANGER = {"identity": identity_number(801), "phone": "19900008002"}
# What of an answer is this applicant's own, made anew each time, or the clock's.
OWN = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|data:image/svg[^"]*"|value="\d{6}"|'
    r"<time.*?</time>|\b[A-Z0-9]{12}(?:[0-9a-f]{32})?\b|199\*{4}\d{4}|1990000\d{4}|\d+ 秒"
)


@pytest.fixture
def member(desk):
    return desk.member(name="江小满", **MEMBER)


def statements(work):
    """What a piece of work asks of the database, without the values."""
    told = []

    def note(execute, sql, params, many, context):
        told.append(re.sub(r'"?s\d+_x\d+"?', "SAVEPOINT", str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = work()
    return told, answer


def way(steps):
    """Go through some steps in a browser of its own: what each asked, and how it was answered."""
    browser, told = Client(), []
    for step in steps:
        asked, answer = statements(lambda step=step: step(browser))
        where = OWN.sub("", answer.headers.get("Location", ""))
        told.append((asked, answer.status_code, where, OWN.sub("", answer.content.decode()).splitlines()))
    return told


def joining(desk, gateway, who):
    """A draft, the form, its page, a wrong code, a new one, the right one; then the way without the link."""
    filled = {
        "key": secrets.token_hex(16),
        "secret": secrets.token_hex(16),
        "name": "江小满",
        "identity_kind": "ID_CARD",
        "employment": "PLATFORM",
        "workplace": "快送",
        "site": "城东站",
        "occupation": "FOOD_RIDER",
        "area": desk.street.public_id,
        "filled_by": "SELF",
        "consent": "on",
        **who,
    }
    where = []

    def sent(browser):
        answer = browser.post("/join", filled)
        where.append(answer.headers["Location"])
        return answer

    def code():
        return re.search(r"\d{6}", gateway.sent[-1][1])[0]

    def other():
        return f"{(int(code()) + 1) % 1_000_000:06}"

    return [
        lambda browser: browser.post("/join", filled | {"save": "1"}),
        sent,
        lambda browser: browser.get(where[0]),
        lambda browser: browser.post(f"{where[0]}/confirm", {"code": other()}),
        lambda browser: browser.post(f"{where[0]}/confirm", {"again": "1"}),
        lambda browser: browser.post(f"{where[0]}/confirm", {"code": code()}),
        lambda browser: browser.get(where[0]),
        lambda browser: browser.post("/join/find", {"phone": who["phone"]}),
        lambda browser: browser.post("/join/find", {"code": other()}),
    ]


def coming_in(gateway, who):
    """To the member's page, with a code by message that is not the right one."""

    def wrong(browser):
        right = int(re.search(r"\d{6}", gateway.sent[-1][1])[0])
        return browser.post("/me/sign-in", {"phone": who["phone"], "code": f"{(right + 1) % 1_000_000:06}"})

    return [lambda browser: browser.post("/me/sign-in", {"phone": who["phone"]}), wrong]


def test_the_form_asks_the_same_of_members_and_strangers(desk, member, gateway):
    first, second = (way(joining(desk, gateway, who)) for who in (MEMBER, STRANGER))
    assert [len(asked) > 0 for asked, *_answer in first] == [True] * 9
    for ours, theirs in zip(first, second, strict=True):
        assert ours == theirs


def test_the_way_in_asks_the_same_of_members_and_strangers(member, gateway):
    first, second = (way(coming_in(gateway, who)) for who in (MEMBER, STRANGER))
    for ours, theirs in zip(first, second, strict=True):
        assert ours == theirs
