"""The first two digits of a region code, for a warning only: districts come and go every year."""

from __future__ import annotations

# GB/T 2260 by province. 81 to 83 also begin the residence permits of Hong Kong, Macao and Taiwan residents.
PROVINCES = frozenset(
    f"{code}"
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
