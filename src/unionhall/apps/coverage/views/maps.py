"""Blocks as areas of a map, each with the number of its steward in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from unionhall.apps.coverage.models import Block
from unionhall.apps.coverage.queries.shapes import Parts, middle, parts_of
from unionhall.apps.people.models import Person
from unionhall.ui.area_map import Area, AreaMap, area_map, tone_of


@dataclass(frozen=True)
class Key:
    """A line of the list beside a map."""

    number: int
    tone: int
    name: str


def keys(people: Sequence[Person]) -> list[Key]:
    """The list beside a map."""
    return [Key(place + 1, tone_of(place), one.name) for place, one in enumerate(people)]


def drawn(
    shapes: Sequence[tuple[Block, Parts]],
    holder: Mapping[int, int],
    people: Sequence[Person],
    marked: frozenset[int] = frozenset(),
) -> AreaMap | None:
    """A map of blocks by who has each (keys of blocks to keys of persons); None where none has an outline."""
    if not shapes:
        return None
    place = {one.pk: number for number, one in enumerate(people)}
    names = {one.pk: one.name for one in people}
    return area_map(
        [
            Area(
                [ring for part in parts for ring in part],
                middle(parts),
                place.get(holder.get(block.pk, 0), -1),
                " · ".join(filter(None, (block.code, block.name, names.get(holder.get(block.pk, 0), "")))),
                reverse("coverage:block", args=[block.public_id]),
                block.pk in marked,
            )
            for block, parts in shapes
        ]
    )


def shapes_of(blocks: Sequence[Block]) -> list[tuple[Block, Parts]]:
    """The outlines of blocks that have one."""
    return [(block, parts_of(block.geometry)) for block in blocks if block.geometry]
