from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, PUBLIC, Fields

FIELDS: Fields = {
    "Union": {PUBLIC: "public_id name short_name level credit_code phone address hours"},
    "Command": {INTERNAL: "starts ends union superior"},
    "Affiliation": {INTERNAL: "starts ends union industry_union"},
    "Employer": {PUBLIC: "public_id name credit_code unit_type territory"},
    "Agreement": {
        INTERNAL: "public_id ground office register title number purpose fields starts ends",
        PERSONAL: "officer",
    },
    "Coverage": {INTERNAL: "starts ends union employer"},
}
