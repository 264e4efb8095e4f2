"""What can be watched: a kind of page, in a language, of a subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.core import signing
from django.utils import translation

# Names of regions on the page, and what they now hold.
Frame = Mapping[str, str]

_renderers: dict[str, Callable[[str], Frame]] = {}
_signer = signing.Signer(salt="live")


class Topic(NamedTuple):
    kind: str
    language: str
    subject: str


def register_frame(kind: str, renderer: Callable[[str], Frame]) -> None:
    """Have ``renderer(subject)`` make the frames of a kind of page; it runs in a thread with a database."""
    _renderers[kind] = renderer


def live_url(kind: str, subject: str) -> str:
    """The address of a live stream in the present language; whoever was given it may watch."""
    return "/live/" + _signer.sign(f"{kind}|{translation.get_language()}|{subject}")


def topic_of(token: str) -> Topic | None:
    """The topic that a token of `live_url` names; None when it was not made by us."""
    try:
        topic = Topic(*_signer.unsign(token).split("|"))
    except (signing.BadSignature, TypeError):
        return None
    return topic if topic.kind in _renderers else None


def render(topic: Topic) -> Frame:
    """The present frame of a topic."""
    with translation.override(topic.language):
        return _renderers[topic.kind](topic.subject)
