from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, SECRET, Fields

FIELDS: Fields = {
    "Meeting": {
        INTERNAL: "public_id union kind title starts_at place state others held_at",
        PERSONAL: "chair minutes",
    },
    "AgendaItem": {INTERNAL: "meeting position title"},
    "Attendance": {PERSONAL: "meeting person"},
    # Who complains is nobody's business but that of those who see to it.
    "Issue": {
        INTERNAL: "public_id key union kind title raised_at meeting source source_id due state closed_at",
        PERSONAL: "description raised_by raised_by_words owner measures evidence claimed_by closed_by",
    },
    "IssueStep": {INTERNAL: "issue kind at due", PERSONAL: "by text evidence owner"},
    "EvidenceFile": {INTERNAL: "public_id step content_type", SECRET: "sealed"},
}
