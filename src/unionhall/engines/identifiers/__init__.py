"""Numbers that people and enterprises carry, and names, read as they are typed: pure, usable alone.

An unknown region is a warning and never a refusal: districts are founded every year.
"""

from __future__ import annotations

from unionhall.engines.identifiers.credit import CreditCode, credit_check_character, read_credit_code
from unionhall.engines.identifiers.identity import (
    Document,
    DocumentKind,
    identity_check_character,
    read_document,
)
from unionhall.engines.identifiers.names import normal_name
from unionhall.engines.identifiers.phones import read_mobile
from unionhall.engines.identifiers.problems import IdentifierError

__all__ = [
    "CreditCode",
    "Document",
    "DocumentKind",
    "IdentifierError",
    "credit_check_character",
    "identity_check_character",
    "normal_name",
    "read_credit_code",
    "read_document",
    "read_mobile",
]
