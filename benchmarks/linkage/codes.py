"""Numbers of enterprises by the thousand, with their check digits worked out in columns."""

from __future__ import annotations

import numpy as np

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CREDIT_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
# What a character counts in a credit code, and in an organisation code (A is 10).
_CREDIT = np.full(256, -1)
_CREDIT[ALPHABET] = np.arange(31)
_ORGANISATION = np.full(256, -1)
_ORGANISATION[np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)] = np.arange(36)


def texts(characters: np.ndarray) -> np.ndarray:
    """Rows of ASCII bytes as a column of texts."""
    rows = np.ascontiguousarray(characters, dtype=np.uint8)
    return rows.view(f"S{rows.shape[1]}").ravel().astype(f"U{rows.shape[1]}").astype(object)


def organisations(rng: np.random.Generator, young: np.ndarray) -> np.ndarray:
    """Organisation codes: of old enterprises eight digits, of young ones MA and six characters; and the check."""
    count = len(young)
    first8 = rng.integers(0, 10, (count, 8)).astype(np.uint8) + ord("0")
    later = ALPHABET[rng.integers(0, 31, (count, 8))]
    later[:, 0], later[:, 1] = ord("M"), ord("A")
    first8 = np.where(young[:, None], later, first8)
    checks = (11 - _ORGANISATION[first8] @ _ORGANISATION_WEIGHTS % 11) % 11
    ninth = np.where(checks == 10, ord("X"), checks + ord("0")).astype(np.uint8)
    return np.column_stack([first8, ninth])


def credit_codes(kinds: np.ndarray, areas: np.ndarray, organisation: np.ndarray) -> np.ndarray:
    """Credit codes from two characters of kind, six digits of area and an organisation code, all as bytes."""
    first17 = np.column_stack([kinds, areas, organisation])
    checks = (31 - _CREDIT[first17] @ _CREDIT_WEIGHTS % 31) % 31
    return np.column_stack([first17, ALPHABET[checks]])


def registrations(rng: np.random.Generator, areas: np.ndarray) -> np.ndarray:
    """Old registration numbers: six digits of area, eight more, and the check of ISO 7064 MOD 11,10."""
    first14 = np.column_stack([areas, rng.integers(0, 10, (len(areas), 8)).astype(np.uint8) + ord("0")])
    carried = np.full(len(areas), 10)
    for place in range(14):
        added = (carried + first14[:, place] - ord("0")) % 10
        carried = np.where(added == 0, 10, added) * 2 % 11
    return np.column_stack([first14, ((11 - carried) % 10 + ord("0")).astype(np.uint8)])
