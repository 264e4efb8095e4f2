"""A filled collection form from upload to commit: who may, and who judges; all else as for every form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unionhall.apps.membership import rules
from unionhall.apps.membership.usecases.collecting.columns import FORMS
from unionhall.apps.membership.usecases.collecting.members import MemberRegister
from unionhall.apps.membership.usecases.collecting.organisations import EmployerRegister, UnionRegister
from unionhall.apps.membership.usecases.collecting.verdicts import Verdict
from unionhall.apps.orgs import rules as orgs_rules
from unionhall.apps.orgs.models import Union
from unionhall.apps.orgs.queries import subtree
from unionhall.kernel.clock import CITY
from unionhall.kernel.codes import ImportChoice
from unionhall.kernel.imports.intake import Intake, Register, Step
from unionhall.kernel.models import StagedImport
from unionhall.kernel.permissions import Acting, allowed, require

CHECK, COMMIT = "COLLECTION_CHECK", "COLLECTION_COMMIT"
INTAKE = Intake(CHECK, COMMIT, portion=1000)

REGISTERS: Mapping[str, Callable[..., Register[Verdict]]] = {
    "MEMBERS": MemberRegister,
    "UNIONS": UnionRegister,
    "EMPLOYERS": EmployerRegister,
}
# Rolls are kept by officers too, the register of unions and employers by administrators.
RULES = {"MEMBERS": rules.keeps_roll, "UNIONS": orgs_rules.administers, "EMPLOYERS": orgs_rules.administers}


def kinds_for(account: Any, union: Union) -> list[str]:
    """The forms that an account may hand in for a union."""
    return [kind for kind, rule in RULES.items() if allowed(rule, account, union)]


def hand_in(*, by: Acting, at: datetime, union: Union, kind: str, name: str, data: bytes) -> StagedImport:
    """Take a filled form for its dry run, which a job does. Raises SheetError when it is no such form."""
    require(RULES[kind], by, union)
    form, subject = FORMS[kind], union.public_id
    return INTAKE.hand_in(
        by=by, at=at, kind=kind, subject=subject, union=union.pk, form=form, name=name, data=data
    )


def check_import(*, by: Acting, at: datetime, staged: StagedImport, step: Step) -> dict[str, int]:
    """The dry run: judge every row and change nothing; how many rows have which outcome."""
    form, register = FORMS[staged.kind], _register(by, at, staged)
    return INTAKE.check(by=by, at=at, form=form, staged=staged, register=register, step=step)


def ask_commit(*, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice) -> None:
    """Have a checked file committed by a job; refused as `Intake.ask_commit` says."""
    INTAKE.ask_commit(by=by, at=at, union=_union_of(by, staged).pk, staged=staged, choice=choice)


def commit_form(
    *, by: Acting, at: datetime, staged: StagedImport, choice: ImportChoice, step: Step
) -> dict[str, int]:
    """Judge every row again against what is there now, and write the good ones, a thousand at a time."""
    form, register = FORMS[staged.kind], _register(by, at, staged)
    return INTAKE.commit(by=by, at=at, form=form, staged=staged, register=register, choice=choice, step=step)


def _register(by: Acting, at: datetime, staged: StagedImport) -> Register[Verdict]:
    """What judges a file's rows; a job asks anew whether its asker may."""
    union = _union_of(by, staged)
    today = at.astimezone(CITY).date()
    return REGISTERS[staged.kind](union, subtree([union.pk], today), today)


def _union_of(by: Acting, staged: StagedImport) -> Union:
    union = Union.objects.get(public_id=staged.subject)
    require(RULES[staged.kind], by, union)
    return union
