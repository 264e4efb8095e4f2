from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, PUBLIC, SECRET, Fields

FIELDS: Fields = {
    "Contest": {PUBLIC: "public_id name theme organiser co_organisers"},
    "Stage": {
        PUBLIC: "public_id contest name starts_at venue state rulebook draw_seed draw_witness drawn_at"
        " current_cue read_out revision rehearsal_of",
        INTERNAL: "pin_required advisory_since log_key",
    },
    "RuleBookVersion": {PUBLIC: "stage version document digest at"},
    # A speaker stands on a public stage: what the programme prints is public, and nothing else is kept here.
    "Entry": {PUBLIC: "public_id stage sent_by title unit trade number state", PERSONAL: "person"},
    "Cue": {PUBLIC: "public_id stage position kind title performers entry done_at"},
    "Duty": {PERSONAL: "stage account role"},
    "Jury": {PUBLIC: "public_id stage position code name admission", SECRET: "open_code_hash"},
    "Juror": {INTERNAL: "public_id jury seat label", PERSONAL: "person"},
    "Pass": {
        SECRET: "code_hash pin_hash device_hash",
        INTERNAL: "public_id juror pin_failures issued_at bound_at revoked_at",
    },
    "BallotBox": {
        PUBLIC: "public_id entry state opened_at closed_at revealed_at heard_at started_at seconds",
    },
    # Who gave whom which score is not for everybody.
    "Ballot": {
        PERSONAL: "box juror revision scores source at",
        INTERNAL: "key body_digest",
        SECRET: "salt",
    },
    "RefusedBallot": {PERSONAL: "box juror scores source reason at", INTERNAL: "key body_digest"},
    "KeyedSheet": {PERSONAL: "box juror scores keyed_by at"},
    "CalibrationRound": {
        INTERNAL: "public_id stage title state opened_at shown_at set_aside_at received",
        PERSONAL: "opened_by",
    },
    "CalibrationSheet": {PERSONAL: "round juror scores at"},
    "Excusal": {PERSONAL: "box juror kind reason at"},
    "Adjustment": {PUBLIC: "entry kind points", INTERNAL: "reason at withdrawn_at"},
    "Correction": {
        INTERNAL: (
            "public_id stage kind replaces scores ballot entry points_kind points adjustment reason state"
            " proposed_at decided_at"
        ),
        PERSONAL: "juror proposed_by decided_by",
    },
    # An event of the log is as sensitive as what it tells of; its salt is what keeps it closed.
    "LogLeaf": {PUBLIC: "stage position kind commitment", INTERNAL: "row", PERSONAL: "event", SECRET: "salt"},
    "LogCheckpoint": {PUBLIC: "stage size root frontier note at"},
    "LogCosignature": {PUBLIC: "checkpoint witness line signed_at at"},
    "Board": {PUBLIC: "public_id stage revision document digest at"},
    "Award": {PUBLIC: "board entry prize name"},
    "SpecialPrize": {PUBLIC: "entry name ground", INTERNAL: "evidence at"},
}
