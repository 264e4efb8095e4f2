"""What strangers and slips of the hand put into addresses and forms: always answered, never with a fault."""

from __future__ import annotations

import re
from html import unescape

import pytest

from unionhall.apps.membership.models import SourceCode

ODD = [
    "",
    "-1",
    "0",
    "9" * 30,
    "9" * 5000,
    "²",
    "٣",
    "1.5",
    "1e999",
    "NaN",
    "\0",
    "a\0b",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "王" * 10_000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "2026-13-45T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "１２３４５６",
]
# What has broken a form before; all of the above in every field would take minutes.
SLIPS = ["", "-1", "9" * 30, "9" * 5000, "a\0b", "王" * 10_000, "9999-12-31", "2026-13-45T25:00:00Z"]
SLIPS += ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def fields(html: str) -> dict[str, str]:
    """The fields of all forms of a page, with what stands in them."""
    found = {}
    for tag in FIELD.findall(html):
        told = dict(ATTRIBUTE.findall(tag))
        if "name" in told and told["name"] != "csrfmiddlewaretoken":
            found.setdefault(told["name"], unescape(told.get("value", "")))
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        options = [one for one in re.findall(r'<option value="([^"]*)"', body) if one]
        found[name] = options[0] if options else ""
    return found


@pytest.fixture
def hall(desk, city):
    """A district in which something of everything is there."""
    session = desk.session()
    member = desk.member()
    application = desk.accepted()
    waiting = desk.apply()
    return {
        "session": session.public_id,
        "member": member.public_id,
        "application": application.public_id,
        "waiting": waiting.public_id,
        "union": desk.street.public_id,
        "district": desk.district.public_id,
        "code": SourceCode.objects.get(session=session).public_id,
        "person": member.person.public_id,
    }


LOOKED_AT = [
    ("join", "from"),
    ("join/employers", "q"),
    ("questions", "q page"),
    ("applications", "name state occupation due_on sort page per_page export"),
    ("members", "standing joined_from sort page"),
    ("outreach", "title channel starts_from sort page"),
    ("joining", "year list"),
    ("joining/periods", "ends_from sort page"),
    ("unions/{district}/joining", "year list"),
    ("unions/{district}/joining/cohorts", "year"),
    (
        "unions/{district}/joining/entries",
        "figure year month list under channel assisted partner name occupation sort page",
    ),
    ("unions/{district}/register.pdf", "part"),
    ("wishes", "state field sort page"),
    ("people", "q name union sort page"),
    ("unions", "name level sort page"),
    ("issues", "state kind standing name q sort page"),
    ("meetings", "kind name sort page"),
    ("jobs", "page"),
]


@pytest.mark.parametrize(("path", "names"), LOOKED_AT, ids=lambda told: told.split(" ")[0])
def test_odd_addresses_are_answered(hall, desk, client, path, names):
    client.force_login(desk.officer)
    for name in names.split():
        for odd in ODD:
            answer = client.get("/" + path.format(**hall), {name: odd})
            assert answer.status_code < 500, (name, odd[:40])


@pytest.mark.parametrize(
    "path",
    [
        "join/{}",
        "applications/{}",
        "members/{}",
        "outreach/{}",
        "q/{}",
        "sessions/{}/check-in",
        "unions/{}/joining",
    ],
)
def test_odd_paths_are_answered(hall, desk, client, path):
    client.force_login(desk.officer)
    for odd in ODD:
        if odd and len(odd) < 6000:
            answer = client.get("/" + path.format(odd.replace("%", "%25").replace("\0", "%00")))
            assert answer.status_code < 500, odd[:40]


FILLED_IN = [
    "join",
    "join/find",
    "sessions/{session}/check-in",
    "me/sign-in",
    "members",
    "applications/{application}/return",
    "applications/{application}/forward",
    "unions/{union}/decisions/new",
    "members/{member}/entries/TRANSFER_IN",
    "members/{member}/entries/TRANSFER_OUT",
    "members/{member}/entries/RETAIN",
    "members/{member}/entries/LEAVE",
    "outreach/new",
    "outreach/codes/new",
    "outreach/partners/new",
    "outreach/{session}/outcome",
    "outreach/{session}/issues/new",
    "outreach/{session}/questions/new",
    "unions/{district}/joining/target",
    "unions/{district}/lists/new",
    "unions/{district}/periods/new",
    "desk",
    "people/new",
    "unions/new",
    "meetings/new",
    "issues/new",
]


@pytest.mark.parametrize("path", FILLED_IN)
def test_odd_forms_are_answered(hall, desk, client, path):
    client.force_login(desk.officer)
    where = "/" + path.format(**hall)
    page = client.get(where)
    assert page.status_code in (200, 404)
    told = fields(page.content.decode())
    for name in told:
        for odd in SLIPS:
            answer = client.post(where, told | {name: odd})
            assert answer.status_code < 500, (name, odd[:40])


def test_no_address_asks_for_a_page_of_any_length(desk, client):
    for _ in range(26):
        desk.apply()
    client.force_login(desk.officer)
    page = client.get("/applications", {"per_page": "1000000"})
    assert len(page.context["table"].page.object_list) == 25
    second = client.get("/applications", {"page": "9" * 30})
    assert (second.context["table"].page.number, len(second.context["table"].page.object_list)) == (1, 25)
    assert client.get("/applications", {"page": "99"}).context["table"].page.number == 2


def test_a_list_of_an_unknown_partner_is_not_shown(hall, desk, client):
    client.force_login(desk.officer)
    where = f"/unions/{hall['district']}/joining/entries"
    assert client.get(where, {"partner": "NOBODY"}).status_code == 404


@pytest.mark.parametrize("code", ["a\0b", "\0"])
def test_nul_is_refused_in_words(client, code):
    assert [
        client.get("/join", {"from": code}).status_code,
        client.post("/join", {"key": code}).status_code,
    ] == [
        400,
        400,
    ]
