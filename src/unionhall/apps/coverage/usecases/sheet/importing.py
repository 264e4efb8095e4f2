"""Last year's ledger from upload to commit: the permissions, and who judges; all else as for every form."""

from __future__ import annotations

from datetime import datetime

from unionhall.apps.coverage import rules
from unionhall.apps.coverage.usecases.sheet.columns import LEDGER
from unionhall.apps.coverage.usecases.sheet.register import Register
from unionhall.apps.orgs.models import Union
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.imports.intake import Intake, Step
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import Acting, require

KIND = "LEDGER"
CHECK, COMMIT = "LEDGER_CHECK", "LEDGER_COMMIT"
INTAKE = Intake(CHECK, COMMIT, portion=200)


def hand_in(*, by: Acting, at: datetime, ground: Union, name: str, data: bytes) -> StagedImport:
    """Take a ledger for its dry run, which a job does. Raises SheetError when it has no such columns."""
    require(rules.keeps_ground, by, ground)
    return INTAKE.hand_in(
        by=by, at=at, kind=KIND, subject=ground.public_id, union=ground.pk, form=LEDGER, name=name, data=data
    )


def check_sheet(*, by: Acting, at: datetime, staged: StagedImport, step: Step) -> dict[str, int]:
    """The dry run: judge every row and change nothing; how many rows have which outcome."""
    register = _register(by, at, staged)
    return INTAKE.check(by=by, at=at, form=LEDGER, staged=staged, register=register, step=step)


def ask_commit(*, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice) -> None:
    """Have a checked ledger committed by a job; refused as `Intake.ask_commit` says."""
    INTAKE.ask_commit(by=by, at=at, union=_ground_of(by, staged).pk, staged=staged, choice=choice)


def commit_sheet(
    *, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice, step: Step
) -> dict[str, int]:
    """Judge every row again against what is there now, and write the good ones, 200 at a time."""
    register = _register(by, at, staged)
    return INTAKE.commit(
        by=by, at=at, form=LEDGER, staged=staged, register=register, choice=choice, step=step
    )


def _register(by: Acting, at: datetime, staged: StagedImport) -> Register:
    """What judges a file's rows; a job asks anew whether its asker may."""
    return Register(_ground_of(by, staged), at.astimezone(CITY).date())


def _ground_of(by: Acting, staged: StagedImport) -> Union:
    ground = Union.objects.get(public_id=staged.subject)
    require(rules.keeps_ground, by, ground)
    return ground
