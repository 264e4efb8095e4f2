"""What two records are asked, and the answers that are told apart; each answer has a weight of evidence.

The conditions are plain SQL over prepared columns – equality, levenshtein of sounds written in ASCII, length,
left, greatest – so DuckDB and Spark say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer by its code, and the condition under which it is given if none before it is."""

    code: str
    condition: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question. ``unknown`` holds where a side does not say; the answer OTHER is all that remains."""

    name: str
    unknown: str
    answers: tuple[Answer, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return (*(answer.code for answer in self.answers), "OTHER")

    def case(self, values: Mapping[str, str] | None = None) -> str:
        """SQL that gives each answer's code, or what ``values`` has for it."""

        def given(code: str) -> str:
            return f"'{code}'" if values is None else values[code]

        whens = [f"WHEN {self.unknown} THEN {given('UNKNOWN')}"]
        whens += [f"WHEN {one.condition} THEN {given(one.code)}" for one in self.answers]
        return f"CASE {' '.join(whens)} ELSE {given('OTHER')} END"


def _either(one: str) -> str:
    """A condition that may hold either way round; written for l and r."""
    other = one.replace("_l", "_?").replace("_r", "_l").replace("_?", "_r")
    return f"({one} OR {other})"


_TRADE_FITS = (
    "(trade_l = trade_r OR trade_l = '' OR trade_r = '' OR "
    "left(trade_l, length(trade_r)) = trade_r OR left(trade_r, length(trade_l)) = trade_l OR "
    "right(trade_l, length(trade_r)) = trade_r OR right(trade_r, length(trade_l)) = trade_l)"
)
_BRAND_MANY = "greatest(brand_many_l, brand_many_r)"
_CORE_MANY = "greatest(core_many_l, core_many_r)"

NUMBER = Comparison(
    "number",
    "(organisation_l IS NULL AND registration_l IS NULL AND written_l IS NULL) OR "
    "(organisation_r IS NULL AND registration_r IS NULL AND written_r IS NULL)",
    (
        Answer("SAME_NUMBER", "organisation_l = organisation_r AND branch_l IS NULL AND branch_r IS NULL"),
        Answer("SAME_NUMBER_BRANCH", "organisation_l = organisation_r"),
        Answer("SAME_REGISTRATION", "registration_l = registration_r"),
        Answer(
            "ONE_SLIP",
            f"{_either('levenshtein(written_l, credit_r) <= 2')} OR levenshtein(written_l, written_r) <= 2",
        ),
        Answer("NEARLY", "levenshtein(organisation_l, organisation_r) <= 2"),
        Answer(
            "OTHER_KIND",
            "organisation_l IS NULL AND registration_r IS NULL "
            "OR organisation_r IS NULL AND registration_l IS NULL",
        ),
        Answer(
            "SLIPPED_AND_OTHER",
            "organisation_l IS NULL AND registration_l IS NULL "
            "OR organisation_r IS NULL AND registration_r IS NULL",
        ),
    ),
)
NAME = Comparison(
    "name",
    "core_l IS NULL OR core_r IS NULL",
    (
        Answer("SAME_RARE", f"core_l = core_r AND {_CORE_MANY} = 0"),
        Answer("SAME_SOME", f"core_l = core_r AND {_CORE_MANY} = 1"),
        Answer("SAME_MANY", "core_l = core_r"),
        Answer("SOUND_RARE", f"core_sound_l = core_sound_r AND {_CORE_MANY} = 0"),
        Answer("SOUND", "core_sound_l = core_sound_r"),
        Answer("BRAND_RARE", f"brand_l = brand_r AND {_TRADE_FITS} AND {_BRAND_MANY} = 0"),
        Answer("BRAND_SOME", f"brand_l = brand_r AND {_TRADE_FITS} AND {_BRAND_MANY} = 1"),
        Answer("BRAND_MANY", f"brand_l = brand_r AND {_TRADE_FITS}"),
        Answer("BRAND_SOUND_FEW", f"sound_l = sound_r AND {_TRADE_FITS} AND {_BRAND_MANY} <= 1"),
        Answer("BRAND_SOUND", f"sound_l = sound_r AND {_TRADE_FITS}"),
        Answer(
            "SLIP",
            "length(core_l) >= 4 AND length(core_r) >= 4 AND levenshtein(core_sound_l, core_sound_r) <= 3",
        ),
        Answer(
            "PART_RARE",
            f"{_either('length(core_r) >= 3 AND left(core_l, length(core_r)) = core_r')} "
            f"AND {_BRAND_MANY} = 0",
        ),
        Answer("PART", f"{_either('left(core_l, length(core_r)) = core_r')}"),
        Answer("BRAND_OTHER_TRADE_RARE", f"brand_l = brand_r AND {_BRAND_MANY} = 0"),
        Answer("BRAND_OTHER_TRADE", "brand_l = brand_r"),
        Answer("BRAND_SOUND_OTHER_TRADE", "sound_l = sound_r"),
        Answer(
            "BRAND_SLIP",
            "length(brand_l) >= 3 AND length(brand_r) >= 3 AND levenshtein(sound_l, sound_r) <= 3",
        ),
        Answer("BRAND_NEAR", "trade_l = trade_r AND levenshtein(sound_l, sound_r) <= 2"),
        Answer("BRAND_BEGINS", f"{_either('left(brand_l, length(brand_r)) = brand_r')}"),
        Answer("START", "left(core_l, 2) = left(core_r, 2)"),
        Answer("TRADE", "trade_l = trade_r AND trade_l <> ''"),
    ),
)
BRANCH = Comparison(
    "branch",
    "branch_l IS NULL AND branch_r IS NULL",
    (
        Answer("SAME", "branch_l = branch_r"),
        Answer("PART", _either("left(branch_l, 2) = left(branch_r, 2)")),
        Answer("ONE_ONLY", "branch_l IS NULL OR branch_r IS NULL"),
    ),
)
FORM = Comparison(
    "form",
    "form_l IS NULL OR form_r IS NULL",
    (
        Answer("SAME", "form_l = form_r"),
        Answer(
            "LIKE",
            _either(
                "form_l IN ('LIMITED', 'JOINT_STOCK') AND form_r IN ('COMPANY', 'LIMITED', 'JOINT_STOCK')"
            )
            + " OR "
            + _either("form_l = 'SOLE_TRADER' AND form_r = 'SHOP'"),
        ),
    ),
)
PERSON = Comparison(
    "person",
    "person_l IS NULL OR person_r IS NULL",
    (
        Answer("SAME_RARE", "person_l = person_r AND greatest(person_many_l, person_many_r) <= 1"),
        Answer("SAME", "person_l = person_r"),
        Answer("SOUND", "person_sound_l = person_sound_r"),
        Answer("SLIP", "levenshtein(person_sound_l, person_sound_r) <= 2"),
        Answer("SURNAME", "left(person_l, 1) = left(person_r, 1)"),
    ),
)
PLACE = Comparison(
    "place",
    "road_l IS NULL OR road_r IS NULL",
    (
        Answer("SAME_FEW", "place_l = place_r AND greatest(place_many_l, place_many_r) = 0"),
        Answer("SAME_SOME", "place_l = place_r AND greatest(place_many_l, place_many_r) = 1"),
        Answer("SAME_MANY", "place_l = place_r"),
        Answer("ROAD", "road_l = road_r"),
    ),
)
AREA = Comparison(
    "area",
    "city_l IS NULL OR city_r IS NULL",
    (
        Answer("DISTRICT", "district_l = district_r"),
        Answer("CITY_ONLY", "city_l = city_r AND (district_l IS NULL OR district_r IS NULL)"),
        Answer("OTHER_DISTRICT", "city_l = city_r"),
    ),
)
PHONE = Comparison(
    "phone",
    "phone_l IS NULL OR phone_r IS NULL",
    (
        Answer("SAME_FEW", "phone_l = phone_r AND greatest(phone_many_l, phone_many_r) = 0"),
        Answer("SAME_SOME", "phone_l = phone_r AND greatest(phone_many_l, phone_many_r) = 1"),
        Answer("SAME_MANY", "phone_l = phone_r"),
        Answer("SLIP", "length(phone_l) = length(phone_r) AND levenshtein(phone_l, phone_r) <= 1"),
    ),
)
COMPARISONS = (NUMBER, NAME, BRANCH, FORM, PERSON, PLACE, AREA, PHONE)
