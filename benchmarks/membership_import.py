"""`membership-import`: a district's whole roll from one workbook, checked, committed, and exported again.

`python -m benchmarks.membership_import FILE [rows]` writes such a workbook of invented people.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.house import PYTHON, city
from benchmarks.report import Figure

ROWS = 100_000

# Run in a process of its own, since Django is set up once for each database and memory is the process's.
MEASURE = """
import django, gc, json, sys, time
django.setup()
from pathlib import Path
from benchmarks.report import peak_memory
from unionhall.apps.membership.codes import ExportPurpose
from unionhall.kernel.codes import ImportChoice
from unionhall.apps.membership.models import Membership
from unionhall.apps.membership.usecases.collecting import exporting, importing
from unionhall.apps.orgs.models import Union
from unionhall.apps.people.models import Account
from unionhall.kernel import clock
from unionhall.kernel.models import StagedImport
by = Account.objects.get(username="administrator")
union = Union.objects.get(name="城东区总工会")
quiet = lambda done, total: None
# As the worker does.
gc.collect()
gc.freeze()
took = {"peak_before": peak_memory()}
def timed(name, work):
    began, busy = time.perf_counter(), time.process_time()
    made = work()
    took[name], took[name + "_cpu"] = time.perf_counter() - began, time.process_time() - busy
    took[name + "_peak"] = peak_memory()
    return made
data = Path(sys.argv[1]).read_bytes()
staged = timed("hand_in", lambda: importing.hand_in(by=by, at=clock.now(), union=union, kind="MEMBERS", name="roll.xlsx", data=data))
del data
fresh = lambda: StagedImport.objects.get(pk=staged.pk)
took["counts"] = timed("check", lambda: importing.check_import(by=by, at=clock.now(), staged=fresh(), step=quiet))
timed("commit", lambda: importing.commit_form(by=by, at=clock.now(), staged=fresh(), choice=ImportChoice.GOOD, step=quiet))
took["members"] = Membership.objects.count()
took["again"] = importing.check_import(by=by, at=clock.now(), staged=fresh(), step=quiet)
export = exporting.ask_export(by=by, at=clock.now(), union=union, purpose=ExportPurpose.CHECK, reason="x", opened=True)
timed("export", lambda: exporting.write_roll(by=by, at=clock.now(), export=export, step=lambda done, total, saying: None))
print(json.dumps(took))
"""


def write_workbook(target: Path, rows: int = ROWS) -> None:
    """A filled form: mostly new couriers and riders, and one row in a hundred with something to mend."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unionhall.site.settings")
    import django

    django.setup()
    from unionhall.apps.membership.usecases.collecting.columns import MEMBERS
    from unionhall.kernel.imports import write_form

    with target.open("wb") as file:
        write_form(MEMBERS, file, _rows(rows))


def _rows(rows: int):
    from unionhall.apps.membership.usecases.collecting.columns import MEMBERS
    from unionhall.engines.identifiers import identity_check_character
    from unionhall.kernel.imports.forms import label_of

    def word(column, *codes):
        return label_of(MEMBERS.column(column), rng.choice(codes))

    # Of a county that does not exist, so that the numbers are nobody's.
    rng = random.Random(1)
    surnames, given = "王李张刘陈杨黄赵吴周", "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚玲桂英华"
    for n in range(rows):
        birth = date(1960, 1, 1) + timedelta(days=rng.randrange(16_000))
        first = f"330199{birth:%Y%m%d}{n % 1000:03}"
        number = first + identity_check_character(first)
        wrong = number[:16] + "00" if n % 100 == 7 else number
        joined = date(2020, 1, 1) + timedelta(days=rng.randrange(2000))
        yield [
            rng.choice(surnames) + rng.choice(given) + rng.choice(given),
            "",
            word("identity_kind", "ID_CARD"),
            wrong,
            f"199{n:08}",
            "",
            rng.choice(("城东区总工会", "梧桐里街道总工会")),
            word("employment", "EMPLOYER", "PLATFORM"),
            f"测试快送第 {n % 300} 站公司",
            "",
            word("occupation", "COURIER", "FOOD_RIDER", "LORRY_DRIVER"),
            f"第 {n % 40} 站",
            joined.isoformat(),
            word("how", "JOIN"),
            "",
            "采集员甲",
            word("confirmed", "SMS"),
        ]


def run() -> list[Figure]:
    """On both databases, each from an empty demo city."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "roll.xlsx"
        subprocess.run([sys.executable, "-m", "benchmarks.membership_import", book, str(ROWS)], check=True)
        for vendor, target in (("PostgreSQL", 120.0), ("SQLite", None)):
            took = measure(vendor, book)
            bad = took["counts"].get("ERROR", 0)
            figures += [
                Figure(
                    f"{vendor}: {ROWS} rows checked and committed",
                    took["hand_in"] + took["check"] + took["commit"],
                    "s",
                    target,
                    "lower",
                    f"upload {took['hand_in']:.1f} s, dry run {took['check']:.1f} s, commit {took['commit']:.1f} s; "
                    f"{took['check_cpu'] + took['commit_cpu']:.0f} s of one processor; "
                    f"{took['members']} members written, {bad} rows given back; file {book.stat().st_size / 1e6:.1f} MB",
                ),
                Figure(
                    f"{vendor}: peak memory of the import",
                    took["commit_peak"],
                    "MB",
                    400,
                    "lower",
                    f"the program alone takes {took['peak_before']:.0f} MB",
                ),
                Figure(f"{vendor}: export of that roll with open numbers", took["export"], "s", 60, "lower"),
            ]
    return figures


def measure(vendor: str, book: Path):
    """What it took on one database."""
    with city(vendor) as (_folder, environment):
        made = subprocess.run(
            [*PYTHON, "-c", MEASURE, str(book)], env=environment, check=True, capture_output=True, text=True
        )
        return json.loads(made.stdout)


if __name__ == "__main__":
    write_workbook(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
