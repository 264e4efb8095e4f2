"""Registers and their truth, made in portions and written straight to Parquet."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks.linkage import codes, rates, words
from benchmarks.linkage.places import SOME, Places, places, written
from benchmarks.linkage.spoiling import Spoiling
from benchmarks.linkage.world import BRANCH, CHAIN, COMPANY, INSTITUTION, SOLE_TRADER, World, brands, world

PORTION = 60_000
# Of the rows of the market register and the union's together, how many are the market's.
MARKET_SHARE = 0.6584
# Whoever is in a union, more or less often than others; large ones more.
JOINED = {SOLE_TRADER: 0.35, BRANCH: 0.75, CHAIN: 0.5, INSTITUTION: 1.3}
_BITS = 1 << 30


@dataclass(frozen=True)
class Made:
    """Where the registers and the truth lie."""

    registers: dict[str, Path]
    truth: Path


def generate(
    folder: Path, *, rows: int, seed: int, others: str = "B", csv: bool = False, country: bool | None = None
) -> Made:
    """A market register A and those kept beside it; A and B have so many rows together.

    ``others`` may be any of B (union), C (tax) and D (social insurance), such as "BCD". The truth names for each
    row of each register its entity, its cases, and whether its number still leads to it. ``country``: enterprises of
    all provinces instead of eight; as it is, from two million rows on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ground = places(() if (rows > 2_000_000 if country is None else country) else SOME)
    market = round(rows * MARKET_SHARE)
    paths = {name: folder / f"{name}.parquet" for name in ("A", *others)}
    truth = folder / "truth.parquet"
    writers: dict[str, pq.ParquetWriter] = {}
    counts = dict.fromkeys(paths, 0)
    try:
        for portion in _portions(ground, market, seed, others, counts):
            for name, table in portion.items():
                path = truth if name == "truth" else paths[name]
                if name not in writers:
                    writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
                writers[name].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()
    if csv:
        for name, path in paths.items():
            paths[name] = path.with_suffix(".csv")
            pa.csv.write_csv(pq.read_table(path), paths[name])
    return Made(paths, truth)


def _portions(
    ground: Places, market: int, seed: int, others: str, counts: dict[str, int]
) -> Iterator[dict[str, pa.Table]]:
    taken = np.zeros(_BITS // 8, dtype=np.uint8)
    portions = max(1, -(-market // PORTION))
    edges = np.linspace(0, market, portions + 1).astype(int)
    first = 0
    for portion, count in enumerate(np.diff(edges)):
        rng = np.random.default_rng([seed, portion])
        strangers = {name: round(count * rates.BESIDE[name].strangers) for name in others}
        whole = int(count) + sum(strangers.values())
        made = world(rng, ground, whole)
        _told_apart(rng, made, taken)
        # The market knows all but the strangers, who are drawn from everybody.
        lot = rng.permutation(whole)
        known, start = np.sort(lot[:count]), int(count)
        tables, truths = {}, []
        for name in ("A", *others):
            if name == "A":
                rows = rng.permutation(known)
                table, cases, usable = _market(rng, ground, made, rows)
            else:
                own = lot[start : start + strangers[name]]
                start += strangers[name]
                rows = _joined(rng, made, known, rates.BESIDE[name], name)
                twice = rows[rng.random(len(rows)) < rates.BESIDE[name].twice]
                rows = rng.permutation(np.concatenate([rows, twice, own]))
                table, cases, usable = _beside(rng, ground, made, rows, name)
                cases["DUPLICATE"] = np.isin(rows, twice)
                cases["STRANGER"] = np.isin(rows, own)
            ids = words.array(
                [f"{name}{n:08}" for n in range(counts[name] + 1, counts[name] + 1 + len(rows))]
            )
            counts[name] += len(rows)
            tables[name] = pa.table({"id": pa.array(ids), **table})
            truths.append(_truth(name, ids, rows + first, made, rows, cases, usable))
        first += whole
        yield {**tables, "truth": pa.concat_tables(truths)}


def _told_apart(rng: np.random.Generator, made: World, taken: np.ndarray) -> None:
    """No two enterprises but sole traders may bear one name; whoever comes later finds another."""
    needed = made.kind != SOLE_TRADER
    bound = np.zeros(len(needed), dtype=bool)
    bound[made.head[made.head != np.arange(len(needed))]] = True
    followers = made.cases["SIBLING"] | made.cases["GROUP"]
    trades = words.industries("trades")[0]
    for _round in range(6):
        names = made.names()
        marks = np.fromiter((zlib.crc32(name.encode()) for name in names), np.int64, len(names)) % _BITS
        again = np.ones(len(names), dtype=bool)
        again[np.unique(marks, return_index=True)[1]] = False
        again |= (taken[marks >> 3] >> (marks & 7).astype(np.uint8)) & 1 == 1
        rows = np.flatnonzero(again & needed & ~bound)
        if not len(rows):
            break
        tail = rows[np.isin(made.kind[rows], (BRANCH, CHAIN))]
        made.tail[tail] = brands(rng, len(tail)) + np.where(made.kind[tail] == CHAIN, "店", "分公司")
        family = rows[followers[rows] & (made.kind[rows] == COMPANY)]
        made.trade[family] = trades(rng, len(family))
        rest = np.setdiff1d(rows, np.concatenate([tail, family]))
        made.brand[rest] = brands(rng, len(rest))
    marks = marks[needed]
    np.bitwise_or.at(taken, marks >> 3, (1 << (marks & 7)).astype(np.uint8))


def _joined(
    rng: np.random.Generator, made: World, known: np.ndarray, rate: rates.Rates, name: str
) -> np.ndarray:
    """Which of the market's enterprises this register has."""
    if name == "B":
        weights = np.ones(len(known))
        for kind, factor in JOINED.items():
            weights[made.kind[known] == kind] = factor
        weights *= np.clip(made.staff[known] / 9.0, 0.4, 3.0) ** 0.5
        chances = weights
        for _step in range(8):
            chances = np.minimum(0.95, chances * rate.covers / chances.mean())
    else:
        chances = np.full(len(known), rate.covers)
    return known[rng.random(len(known)) < chances]


def _column(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.string())


def _market(
    rng: np.random.Generator, ground: Places, made: World, rows: np.ndarray
) -> tuple[dict[str, pa.Array], dict[str, np.ndarray], np.ndarray]:
    count = len(rows)
    never = np.zeros(count, dtype=bool)
    staff = np.where(rng.random(count) < 0.1, "", made.staff[rows].astype(str).astype(object))
    columns = {
        "企业名称": made.names()[rows],
        "统一社会信用代码": codes.texts(made.credit[rows]),
        "注册号": made.registration[rows],
        "法定代表人": made.person[rows],
        "住所": written(ground, made.address.take(rows), never, never, rng),
        "联系电话": np.where(rng.random(count) < 0.06, "", made.phone[rows]),
        "行业": made.industry[rows],
        "从业人数": staff,
    }
    return {title: _column(values) for title, values in columns.items()}, {}, np.ones(count, dtype=bool)


def _beside(
    rng: np.random.Generator, ground: Places, made: World, rows: np.ndarray, name: str
) -> tuple[dict[str, pa.Array], dict[str, np.ndarray], np.ndarray]:
    rate = rates.BESIDE[name]
    spoilt = Spoiling(rng, ground, made, rows, rate)
    number, usable = spoilt.numbers()
    staff = np.maximum(1, made.staff[rows] * rng.lognormal(0, 0.3, len(rows))).astype(np.int64)
    columns = {
        "name": spoilt.names(),
        "code": number,
        "person": spoilt.bosses(),
        "address": spoilt.addresses(),
        "phone": spoilt.phones(),
        "industry": np.where(rng.random(len(rows)) < 0.3, "", made.industry[rows]),
        "staff": np.where(rng.random(len(rows)) < 0.25, "", staff.astype(str).astype(object)),
    }
    return {rate.headings[key]: _column(values) for key, values in columns.items()}, spoilt.cases, usable


def _truth(
    register: str,
    ids: np.ndarray,
    entities: np.ndarray,
    made: World,
    rows: np.ndarray,
    cases: dict[str, np.ndarray],
    usable: np.ndarray,
) -> pa.Table:
    labels = pa.array([""] * len(rows))
    for case, mask in ({name: mask[rows] for name, mask in made.cases.items()} | cases).items():
        if case and mask.any():
            labels = pc.if_else(pa.array(mask), pc.binary_join_element_wise(labels, case, "|"), labels)
    return pa.table(
        {
            "register": pa.array([register] * len(rows)).dictionary_encode().cast(pa.string()),
            "id": _column(ids),
            "entity": pa.array(entities, pa.int64()),
            "usable": pa.array(usable),
            "case": pc.utf8_ltrim(labels, "|"),
        }
    )
