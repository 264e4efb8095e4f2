"""The standing register: what a run leaves of the register of unions, so that later ones need no file of it.

Two files, sealed like all others. One is the prepared register for the engine, everything personal in it
replaced by keyed hashes; the other has what people are shown – number, name, address, trade –, without the
names of sole traders that name a person, and beside each record what stands for it in decisions.

A day's changes do not bring along who else might have a union. So a union that belongs to an enterprise that
is not among them, or may, is out of their reach: it would look free, and be given to the next best.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from unionhall.apps.coverage import queries
from unionhall.apps.coverage.codes import DeliveryState
from unionhall.apps.coverage.models import Delivery, LinkageRun, LinkDecision
from unionhall.apps.coverage.usecases.registers import vault
from unionhall.apps.coverage.usecases.registers.rows import records, standing_name, standing_records
from unionhall.engines.linkage.preparing import Prepared
from unionhall.kernel.sealed import keyed_index

Step = Callable[[int, int | None, str], None]
_ROWS = 500


def meets(run: LinkageRun) -> bool:
    """Whether a run compares, or did, with the standing register instead of a file of the unions."""
    if run.written_at is None:
        return run.union.state == DeliveryState.KEPT
    return "standing" in run.report


def keyed(value: str) -> bytes:
    """What stands for a personal value in the standing register, and in what is compared with it."""
    return keyed_index(value, column="linkage.standing")


def files(delivery: Delivery) -> tuple[str, str]:
    """Under which names the standing register is sealed: for people and decisions, and for the engine."""
    return standing_name(delivery), f"{standing_name(delivery)}.parquet"


def keep(
    delivery: Delivery, prepared: Prepared, partners: Mapping[str, bytes], folder: Path, step: Step
) -> None:
    """Seal what is kept of a delivery that a run has linked. Repeated, it takes the place of the former.

    ``partners`` are what stands for the market's records, by the ids of those here that they are linked with.
    """
    # Heavy and an extra: imported only where it is used.
    from unionhall.engines.linkage.keyed import key_register

    total = prepared.records
    step(0, total, "RUN_KEEPING")
    made = key_register(prepared, folder / "standing.parquet", keyed, lambda: step(0, total, "RUN_KEEPING"))
    told, whole = files(delivery)
    vault.seal_file(whole, made.path)
    nameless = _nameless(made.path)
    with vault.sealed(told) as file:
        out = csv.writer(file)
        for done, one in enumerate(records(delivery), 1):
            read = one.numbers()
            numbers = [
                code for code in (read.credit or read.organisation, read.tax, read.registration) if code
            ]
            name = "" if one.id in nameless else one.name
            partner = partners.get(one.id, b"").hex()
            out.writerow((one.id, one.key().hex(), partner, name, one.address, one.trade, *numbers))
            if done % _ROWS == 0:
                step(done, total, "RUN_KEEPING")


def keep_partners(
    delivery: Delivery, partners: Mapping[str, bytes], compared: AbstractSet[bytes], step: Step
) -> None:
    """Note whom a day's changes were linked with; ``compared`` stands for all of these. Safe to repeat."""
    with vault.sealed(standing_name(delivery)) as file:
        out = csv.writer(file)
        for done, one in enumerate(standing_records(delivery), 1):
            former = "" if bytes.fromhex(one.partner) in compared else one.partner
            partner = partners[one.id].hex() if one.id in partners else former
            out.writerow((one.id, one.mark, partner, one.name, one.address, one.trade, *one.codes))
            if done % _ROWS == 0:
                step(done, None, "RUN_KEEPING")


def _nameless(path: Path) -> set[str]:
    """The ids of those whose names name a person."""
    from pyarrow.parquet import ParquetFile

    from unionhall.engines.linkage.keyed import is_keyed

    found: set[str] = set()
    for portion in ParquetFile(path).iter_batches(columns=["id", "name"]):
        told = zip(*(column.to_pylist() for column in portion.columns), strict=True)
        found.update(row for row, name in told if is_keyed(name))
    return found


def waiting(run: LinkageRun) -> set[tuple[bytes, bytes]]:
    """What stands for the pairs of earlier runs that people have not decided."""
    rows = queries.registers.pairs_before(run).values_list("key_a", "key_b")
    return {(bytes(a), bytes(b)) for a, b in rows}


def claims(run: LinkageRun, open_: Iterable[tuple[bytes, bytes]]) -> dict[bytes, set[bytes]]:
    """Whom of the market each of the unions belongs to as people have decided, or may as they have not."""
    decided = LinkDecision.objects.filter(ground=run.ground, same=True).values_list("key_a", "key_b")
    found: dict[bytes, set[bytes]] = {}
    for a, b in (*decided, *open_):
        found.setdefault(bytes(b), set()).add(bytes(a))
    return found


def out_of_reach(
    delivery: Delivery, compared: AbstractSet[bytes], told: Mapping[bytes, AbstractSet[bytes]]
) -> set[str]:
    """The ids of those that belong, or may, to a record of the market that is not among those compared.

    ``told`` are the `claims` of people, beside the links of runs.
    """
    found = set()
    for one in standing_records(delivery):
        claimed = {*told.get(one.key(), ()), *([bytes.fromhex(one.partner)] if one.partner else ())}
        if not claimed <= compared:
            found.add(one.id)
    return found


def unseal_to(delivery: Delivery, path: Path, without: AbstractSet[str]) -> None:
    """The prepared register without some records, for as long as a run needs it.

    Refused with FILE_MISSING, FILE_ALTERED.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile, ParquetWriter

    whole = path.with_suffix(".whole")
    vault.open_file(files(delivery)[1], whole)
    source = ParquetFile(whole)
    with ParquetWriter(path, source.schema_arrow, compression="zstd") as writer:
        for portion in source.iter_batches():
            left = [row not in without for row in portion.column("id").to_pylist()]
            writer.write_batch(portion.filter(pa.array(left)))
    whole.unlink()
