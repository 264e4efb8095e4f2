from __future__ import annotations

from unionhall.kernel.sensitivity import INTERNAL, PERSONAL, SECRET, Fields

FIELDS: Fields = {
    "Person": {PERSONAL: "name name_key trade union employer merged_into", INTERNAL: "public_id"},
    "Particulars": {
        SECRET: "identity_sealed identity_index phone_sealed phone_index phone_tail_index",
        PERSONAL: "person id_kind phone_confirmed_at birth sex",
        INTERNAL: "superseded",
    },
    "Reveal": {PERSONAL: "person column account reason words at"},
    "Honour": {PERSONAL: "person kind title year"},
    "Account": {
        SECRET: "password",
        PERSONAL: "username person last_login",
        INTERNAL: "public_id is_active daily_message",
    },
    "Post": {PERSONAL: "person union role starts ends", INTERNAL: "public_id"},
    "FailedSignIn": {PERSONAL: "name_hash", INTERNAL: "at"},
}
