from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, PUBLIC, SECRET, Fields

FIELDS: Fields = {
    "Decision": {
        INTERNAL: "public_id union meeting decided_on evidence recorded_by at",
        PERSONAL: "deciders present",
    },
    "Application": {
        INTERNAL: "public_id form_version state key union source filled_by consent_version consented_at"
        " consent_withdrawn_at confirmed confirmed_at created_at submitted_at due_on decision",
        PERSONAL: "name identity_kind birth sex employment employer workplace site occupation proxy person",
        SECRET: "body_digest secret_hash link_hash identity_sealed identity_index phone_sealed phone_index"
        " phone_tail_index",
    },
    "ApplicationStep": {INTERNAL: "application step account at", PERSONAL: "reason"},
    "PhoneCode": {
        INTERNAL: "public_id tries sent_at used_at",
        PERSONAL: "person",
        SECRET: "phone_index address_hash code_hash",
    },
    "Partner": {PUBLIC: "public_id name kind"},
    "OutreachSession": {
        INTERNAL: "public_id union channel title starts_at ends_at place partners materials expected counted"
        " cost meeting state",
        PERSONAL: "staff",
    },
    "SourceCode": {PUBLIC: "public_id union channel session label closed_at"},
    "CheckIn": {INTERNAL: "session key scanned_at received_at", SECRET: "phone_index"},
    "Question": {
        INTERNAL: "public_id union session asked_at answered_by answered_at published_at",
        PUBLIC: "text answer",
    },
    "Touch": {INTERNAL: "channel session source at", SECRET: "phone_index"},
    "Engagement": {PERSONAL: "person employment employer workplace site occupation starts ends"},
    "Membership": {
        PERSONAL: "public_id person standing union joined_on since card_issued_at consent_withdrawn_at"
    },
    "MembershipEvent": {
        INTERNAL: "corrects account at",
        PERSONAL: "person kind union on reason application occupation",
    },
    "Attribution": {
        INTERNAL: "application rule_version channel session touch assists assisted_by joined_with joined_on",
    },
    "CorrectionWish": {
        INTERNAL: "public_id field state made_at decided_by decided_at",
        PERSONAL: "person ground answer",
        SECRET: "value_sealed",
    },
    "Match": {INTERNAL: "public_id kind state found_at decided_by decided_at", PERSONAL: "first second kept"},
    # Of what and when, by public id; neither phone nor words.
    "Reminder": {INTERNAL: "kind subject day union state attempts error tried_at"},
    "CategorySet": {PUBLIC: "code version name basis occupations union at"},
    "Target": {INTERNAL: "union year joins category_set"},
    "Snapshot": {
        INTERNAL: "public_id union starts ends revision definition category_set figures digest reason"
        " closed_by at",
    },
    "RollExport": {INTERNAL: "public_id union form purpose reason opened rows account at"},
    "RollFile": {INTERNAL: "export rows made_at", SECRET: "payload"},
    "SnapshotRows": {INTERNAL: "snapshot figure count keys digest"},
}
