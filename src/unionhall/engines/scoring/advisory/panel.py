"""The whole advice on one stage, from the same sheets as the official count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from unionhall.engines.scoring.advisory.agreement import Agreement, agreement
from unionhall.engines.scoring.advisory.robustness import DRAWS, LineAdvice, robustness
from unionhall.engines.scoring.advisory.severity import Home, Severity, home_bias, severity
from unionhall.engines.scoring.advisory.weights import Influence, influence
from unionhall.engines.scoring.counting import Adjustment, count
from unionhall.engines.scoring.rulebook import RuleBook
from unionhall.engines.scoring.sheets import Sheet, decimal_string, sheet_total


@dataclass(frozen=True)
class JuryAdvice:
    """One jury's agreement, its jurors, and what they gave to their own house."""

    jury: str
    agreement: Agreement
    severity: Severity
    home: Home


@dataclass(frozen=True)
class Panel:
    """Advice on a stage; nothing here changes a rank."""

    juries: tuple[JuryAdvice, ...]
    influence: Influence
    lines: tuple[LineAdvice, ...]


def advise(
    rulebook: RuleBook,
    entries: Sequence[str],
    sheets: Sequence[Sheet],
    adjustments: Sequence[Adjustment] = (),
    *,
    special: Collection[str] = (),
    home: Mapping[str, str] | None = None,
    seed: int = 1,
    draws: int = DRAWS,
) -> Panel:
    """Advice on the sheets of a stage, with the arguments of `count`.

    ``home`` names the house of entries and jurors, by their codes, where one is known.
    """
    juries = tuple(
        _of_jury(rulebook, jury.code, entries, [s for s in sheets if s.jury == jury.code], home or {})
        for jury in rulebook.juries
    )
    severities = {one.juror: one.severity for jury in juries for one in jury.severity.jurors}
    lines = robustness(
        rulebook, entries, sheets, adjustments, special=special, severities=severities, seed=seed, draws=draws
    )
    return Panel(juries, _influence(rulebook, entries, sheets), tuple(lines))


def _of_jury(
    rulebook: RuleBook, jury: str, entries: Sequence[str], sheets: Sequence[Sheet], home: Mapping[str, str]
) -> JuryAdvice:
    jurors = sorted({sheet.juror for sheet in sheets})
    place = {juror: j for j, juror in enumerate(jurors)}
    row = {entry: i for i, entry in enumerate(entries)}
    table: list[list[float | None]] = [[None] * len(jurors) for _ in entries]
    for sheet in sheets:
        if sheet.scores is not None:
            table[row[sheet.entry]][place[sheet.juror]] = float(sheet_total(rulebook, sheet.scores))
    own = {
        (row[entry], place[juror])
        for entry in entries
        for juror in jurors
        if entry in home and home[entry] == home.get(juror)
    }
    told = severity(table, jurors)
    return JuryAdvice(
        jury=jury,
        agreement=agreement(table),
        severity=told,
        home=home_bias(told.rest, own) if told.rest else Home(len(own), refused="SAMPLE_TOO_SMALL"),
    )


def _influence(rulebook: RuleBook, entries: Sequence[str], sheets: Sequence[Sheet]) -> Influence:
    weights = {jury.code: float(jury.weight) / 100 for jury in rulebook.juries if jury.weight > 0}
    scored = [
        {jury.code: jury.score for jury in entry.juries}
        for entry in count(rulebook, entries, sheets).entries
        if entry.composite is not None
    ]
    columns = {jury: [float(one[jury] or 0) for one in scored] for jury in weights}
    return influence(weights, columns)


def panel_document(panel: Panel) -> dict[str, Any]:
    """The advice as JSON values; figures of points as floats, gaps exact."""
    influence = panel.influence
    return {
        "juries": [
            {
                "jury": jury.jury,
                "agreement": asdict(jury.agreement),
                "severity": {
                    "refused": jury.severity.refused,
                    "jurors": [asdict(one) for one in jury.severity.jurors],
                },
                "home": asdict(jury.home),
            }
            for jury in panel.juries
        ],
        "weights": {
            "declared": influence.declared,
            "effective": influence.effective,
            "correlations": [{"juries": pair, "r": value} for pair, value in influence.correlations.items()],
            "refused": influence.refused,
        },
        "lines": [
            {
                "prize": line.prize,
                "winners": line.winners,
                "firm": line.firm,
                "gap": None if line.gap is None else decimal_string(line.gap),
                "kept": line.kept,
                "tried": line.tried,
                "changes": [asdict(change) for change in line.changes],
            }
            for line in panel.lines
        ],
    }
