"""The Merkle tree of RFC 6962 (and RFC 9162) over SHA-256: roots, proofs, and their verification.

A tree is given by the hashes of its leaves (`leaf_hash` of each leaf's data); all hashes are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """A tree that grows: the roots of its complete subtrees, the largest first. Appending costs O(log n)."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf's hash."""
        here, size = leaf, self.size
        while size & 1:
            here = node_hash(self.roots.pop(), here)
            size >>= 1
        self.roots.append(here)
        self.size += 1

    def root(self) -> bytes:
        """The root of the present tree."""
        if not self.roots:
            return EMPTY
        here = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            here = node_hash(left, here)
        return here


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of all leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


class Tree:
    """A whole tree, kept level by level, so that any number of proofs cost one building."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            self.levels.append(_above(self.levels[-1]))

    def proof(self, index: int) -> list[bytes]:
        """The hashes that lead from leaf ``index`` to the root, the lowest first. IndexError outside it."""
        if not 0 <= index < len(self.levels[0]):
            raise IndexError(index)
        siblings = ((level, (index >> height) ^ 1) for height, level in enumerate(self.levels[:-1]))
        return [level[place] for level, place in siblings if place < len(level)]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof of one leaf; IndexError outside the tree."""
    return Tree(leaves).proof(index)


def _above(level: list[bytes]) -> list[bytes]:
    # An odd one out rises unchanged, which gives RFC 6962's tree (split at the largest power of two).
    above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return above + level[len(level) & ~1 :]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``leaf`` stands at ``index`` of ``size`` leaves under this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, number, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            here = node_hash(sibling, here)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            here = node_hash(here, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and here == root


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """That the tree of the first ``size`` leaves is the beginning of the tree of all (RFC 9162, 2.1.4.1)."""
    if not 0 < size <= len(leaves):
        raise IndexError(size)
    return _subproof(list(leaves), size, whole=True)


def _subproof(leaves: list[bytes], size: int, *, whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if size <= split:
        return [*_subproof(leaves[:split], size, whole=whole), tree_root(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), tree_root(leaves[:split])]


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether the tree of ``first`` leaves is the beginning of that of ``second`` (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
