"""Numbers that persons and organisations carry, and names, read as they are typed.

What cannot be right is an IdentifierError with a code; what is merely unknown – a district founded last year,
a new prefix – is a warning and never a refusal.
"""

from __future__ import annotations

from unionhall.engines.identifiers.credit import CreditCode, credit_check_character, read_credit_code
from unionhall.engines.identifiers.identity import (
    Identity,
    identity_check_character,
    read_document,
    read_identity,
)
from unionhall.engines.identifiers.masking import masked
from unionhall.engines.identifiers.names import normal_name
from unionhall.engines.identifiers.organisation import organisation_check_character, read_organisation_code
from unionhall.engines.identifiers.phone import read_mobile
from unionhall.engines.identifiers.problems import IdentifierError
from unionhall.engines.identifiers.registration import read_registration_number, registration_check_digit

__all__ = [
    "CreditCode",
    "IdentifierError",
    "Identity",
    "credit_check_character",
    "identity_check_character",
    "masked",
    "normal_name",
    "organisation_check_character",
    "read_credit_code",
    "read_document",
    "read_identity",
    "read_mobile",
    "read_organisation_code",
    "read_registration_number",
    "registration_check_digit",
]
