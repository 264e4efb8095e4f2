from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PUBLIC, Fields

FIELDS: Fields = {
    "Union": {PUBLIC: "public_id name short_name level credit_code phone address hours"},
    "Command": {INTERNAL: "starts ends union superior"},
    "Affiliation": {INTERNAL: "starts ends union industry_union"},
    "Employer": {PUBLIC: "public_id name credit_code unit_type territory"},
    "Coverage": {INTERNAL: "starts ends union employer"},
}
