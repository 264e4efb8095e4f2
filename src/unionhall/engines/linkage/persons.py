"""Names of enterprises that name a person: sole traders, shops and small works called as whoever runs them.

A company's name is public, even where its founder's is the brand.
"""

from __future__ import annotations

import re

from unionhall.engines.linkage import tables
from unionhall.engines.linkage.names import is_person, read_name
from unionhall.engines.linkage.text import plain_text

# What a natural person may run under a name of their own. Whatever else has a form is no person.
_OWN = frozenset(("", "SOLE_TRADER", "SHOP", "FACTORY", "FARM", "SOLE_PROPRIETORSHIP", "INSTITUTION"))
_HIDDEN = "某"
# Longer names are of other peoples: how long they are would tell who it is.
_MOST_HIDDEN = 2
# Three characters are how most people are called; what ends so is a nickname or a shop, which names nobody.
_LENGTH = 3
_NOBODY = ("师傅", "胖子", *"店铺厂馆摊部")
_UNTOLD = ("不详", "未知", "暂无")
# Regions that the tables do not know, or not in full, are left in front of a brand.
_REGION = re.compile("[省市区县旗镇乡]")


def person_in(name: str, representative: str = "") -> str:
    """The part of an enterprise's name that is a person, as plain text, or nothing.

    That is the legal representative's whole name where it stands there, or what is a person's name and
    nothing more (张建国, 个体工商户张建国), or such a name in brackets. Where nobody tells the representative
    (nothing, 无, 不详), a brand that reads like a whole name counts too: rather some brands too many.
    """
    plain = plain_text(name)
    if _HIDDEN in plain:
        return ""
    parts = read_name(plain)
    if parts.form not in _OWN:
        return ""
    known = plain_text(representative)
    told = len(known) > 1 and known not in _UNTOLD
    if told and known in plain:
        return known
    own = parts.person or _REGION.split(parts.brand)[-1]
    if own not in plain or not is_person(own) or own.endswith(_NOBODY):
        return ""
    alone = parts.person or (parts.form in ("", "SOLE_TRADER") and not (parts.trade or parts.branch))
    return own if alone or (not told and len(own) == _LENGTH) else ""


def masked_name(name: str, person: str) -> str:
    """A name whose person is written as officers do it: 李红梅服装店 becomes 李某某服装店.

    ``person`` is what `person_in` gave. Where it is written otherwise (李 紅梅), the plain text is masked.
    """
    surname = person[:2] if len(person) > 2 and person[:2] in tables.surnames() else person[:1]
    hidden = surname + _HIDDEN * min(_MOST_HIDDEN, len(person) - len(surname))
    masked = name.strip().replace(person, hidden)
    # Half of it may be written otherwise where it stands once more.
    return masked if person not in plain_text(masked) else plain_text(name).replace(person, hidden)
