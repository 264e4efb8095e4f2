from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, SECRET, Fields

_PLACE = " address area_code town road number latitude longitude"
_TOLD = " since until former source at"

# Names are internal, for those that name a person are masked. Addresses of sole traders may lead to a person,
# so registers that bring them go through an agreement first.
FIELDS: Fields = {
    "Enterprise": {
        INTERNAL: (
            "public_id ground name credit_code trade sector legal_form headcount headcount_on"
            " headcount_source new_employment opening_hours party state state_on funds funds_fen funds_year"
            " next_due last_contact_on gone gone_on union employer score score_rule score_until created_at"
            " block block_by_hand" + _PLACE
        ),
        PERSONAL: "next_step steward_words",
        SECRET: "extra_sealed",
    },
    "EnterpriseName": {INTERNAL: "enterprise name name_guessed" + _TOLD, SECRET: "name_index"},
    "WholeName": {INTERNAL: "public_id of keep_until", SECRET: "name_sealed"},
    "EnterpriseCode": {INTERNAL: "enterprise kind code" + _TOLD},
    "EnterpriseAddress": {INTERNAL: "enterprise" + _PLACE + _TOLD},
    "Headcount": {INTERNAL: "enterprise count on source at"},
    "StateEntry": {INTERNAL: "enterprise state on at source union account", PERSONAL: "reason"},
    "VisitContact": {
        INTERNAL: "public_id enterprise site noted_at keep_until",
        PERSONAL: "post",
        SECRET: "name_sealed phone_sealed",
    },
    "ContactEntry": {
        INTERNAL: "public_id key enterprise site kind on outcome opening_hours next_due account at",
        PERSONAL: "note next_step by_words",
    },
    "Site": {
        INTERNAL: (
            "public_id ground kind name platform enterprise headcount joined counted_on opening_hours"
            " next_due last_contact_on closed_on created_at block block_by_hand" + _PLACE
        ),
        PERSONAL: "next_step",
    },
    "SiteCount": {INTERNAL: "site headcount joined on at account"},
    "NamedWorker": {
        INTERNAL: "public_id site consented_on keep_until account at",
        PERSONAL: "consent",
        SECRET: "name_sealed phone_sealed",
    },
    "CoverageSnapshot": {
        INTERNAL: (
            "public_id union on revision definition covered due unknown not_due rows digest reason account at"
        )
    },
    "PriorityRule": {INTERNAL: "union points reason account at"},
    "Office": {INTERNAL: "union latitude longitude"},
    "Founding": {
        INTERNAL: (
            "public_id ground upper kind name short_name stage due meeting submitted_by union opened_at"
            " ended_at"
        ),
        PERSONAL: "owner",
    },
    "FoundingEnterprise": {INTERNAL: "founding enterprise starts ends"},
    "FoundingStep": {INTERNAL: "founding act stage account at due", PERSONAL: "text"},
    "FoundingDocument": {INTERNAL: "public_id founding step kind content_type", SECRET: "sealed"},
    "Block": {INTERNAL: "public_id ground code name town geometry locked closed_on created_at"},
    "BlockBorder": {INTERNAL: "first second length"},
    "Stewardship": {INTERNAL: "block plan account at starts ends", PERSONAL: "person reason"},
    "Touchpoint": {INTERNAL: "public_id block kind handle reach counted_on closed_on"},
    "BlockPlan": {
        INTERNAL: (
            "public_id ground kind state tolerance report problems asked_by asked_at ended_by ended_at"
        ),
    },
    "PlanSteward": {INTERNAL: "plan load share blocks", PERSONAL: "person capacity limit leaving"},
    "PlanBlock": {INTERNAL: "plan block workload locked why", PERSONAL: "before after"},
    "VisitPhoto": {INTERNAL: "public_id entry content_type digest", SECRET: "sealed"},
    "Lead": {
        INTERNAL: "public_id key block credit_code address headcount state enterprise account at ended_at",
        PERSONAL: "name note reason",
        SECRET: "name_sealed",
    },
    # Headings are an office's words for its columns, and profiles are counts.
    "RegisterSource": {INTERNAL: "public_id agreement name mapped created_at"},
    "Delivery": {
        INTERNAL: (
            "public_id source file_name size digest as_of state headings dropped mapped profile account at"
            " deleted_at"
        ),
    },
    "LinkageRun": {
        INTERNAL: "public_id ground market union tax insurance report account at written_at",
    },
    "ReviewPair": {
        INTERNAL: "public_id run key_a key_b probability state twice settled_at enterprise entry",
        SECRET: "sealed",
    },
    "HeadquartersProposal": {
        INTERNAL: "enterprise run headquarters at accepted account settled_at",
    },
    "PairOpinion": {INTERNAL: "pair verdict account at turn"},
    "PairRecall": {INTERNAL: "opinion account reopened at", PERSONAL: "reason"},
    "LinkDecision": {INTERNAL: "ground key_a key_b same at"},
    # The seed is published on purpose.
    "ListSample": {
        INTERNAL: ("public_id union size seed listed listed_count digest account at closed_by closed_at"),
    },
    "DrawnEnterprise": {INTERNAL: "public_id sample place enterprise"},
    "SampleCheck": {INTERNAL: "key drawn finding account at", PERSONAL: "note"},
}
