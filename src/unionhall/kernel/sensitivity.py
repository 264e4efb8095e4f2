"""How sensitive each stored field is. Every app says it of its own; a test holds that none is left out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Sensitivity(StrEnum):
    """PUBLIC may hang on a wall, INTERNAL is for officers, PERSONAL tells of a person, SECRET opens doors."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    PERSONAL = "PERSONAL"
    SECRET = "SECRET"  # noqa: S105 - a class, not a password


# Model name to class to field names, separated by blanks.
Fields = Mapping[str, Mapping[Sensitivity, str]]

PUBLIC, INTERNAL, PERSONAL, SECRET = Sensitivity

FIELDS: Fields = {
    "AuditLine": {INTERNAL: "at actor action subject_type subject fields refs"},
    "DailyRun": {INTERNAL: "task day at"},
    "Fact": {INTERNAL: "name payload at"},
    "FactDelivery": {INTERNAL: "fact handler due_at done_at attempts error failed_at"},
    "Installation": {PUBLIC: "demo", INTERNAL: "created_at"},
    "Job": {
        INTERNAL: (
            "public_id kind arguments subject union state done total saying saying_data result error"
            " queued_at started_at finished_at cancel_asked_at claim attempts heartbeat_at"
        ),
        # A refusal may name whom it is about; jobs are deleted 90 days after their end.
        PERSONAL: "asked_by error_data",
    },
    "StagedImport": {
        INTERNAL: "public_id kind subject file_name checked_at counts created_at committed_at",
        SECRET: "payload report",
    },
}
