"""Mobile numbers and names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.engines.identifiers import IdentifierError, normal_name, read_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "16212345678",
        "+86 162 1234 5678",
        "0086-162-1234-5678",
        "86 16212345678",
        "１６２１２３４５６７８",
        "（16212345678）",
    ],
)
def test_a_mobile_number_as_it_is_written(typed):
    assert read_mobile(typed) == "16212345678"


@pytest.mark.parametrize("prefix", ["162", "165", "171", "192", "196", "139", "194", "154"])
def test_no_range_is_judged(prefix):
    assert read_mobile(f"{prefix}00001234") == f"{prefix}00001234"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12351", "LENGTH"),
        ("12345678901", "NOT_MOBILE"),
        ("010-62345678", "NOT_MOBILE"),
        ("1381234567", "LENGTH"),
        ("1381234567a", "CHARACTERS"),
        ("138123456七8", "CHARACTERS"),
        ("", "LENGTH"),
        ("+1 650 253 0000", "LENGTH"),
    ],
)
def test_what_is_no_mobile_number(typed, code):
    with pytest.raises(IdentifierError) as refused:
        read_mobile(typed)
    assert refused.value.code == code


@pytest.mark.parametrize("dot", "·•‧・･∙⋅．.")
@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_every_dot_is_the_same_dot(dot, blank):
    assert normal_name(f"阿依努尔{blank}{dot}{blank}买买提") == "阿依努尔·买买提"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("王　芳", "王芳"),
        (" 王 芳 ", "王芳"),
        ("李𠮷", "李𠮷"),
        ("𠮷 田", "𠮷田"),
        ("John  Smith", "john smith"),
        ("Ｊｏｈｎ Smith", "john smith"),
        ("E\u0301mile Zola", "émile zola"),
        ("王\u200b芳", "王芳"),
        ("\uf9c8", unicodedata.normalize("NFC", "\uf9c8")),
        ("·", "·"),
        ("", ""),
    ],
)
def test_names_are_found_as_they_are_meant(typed, key):
    assert normal_name(typed) == key


@settings(max_examples=500)
@given(text=st.text(max_size=40))
def test_a_key_is_its_own_key(text):
    assert normal_name(normal_name(text)) == normal_name(text)
