"""Scores of a contest judged by weighted juries, exact to the last digit.

rulebook = parse_rulebook(read_document(text))
scores = read_scores(rulebook, {"CONTENT": "38.5", "LANGUAGE": "28", ...})
result = count(rulebook, ["7"], [Sheet("7", "EXPERT", "3", scores), ...])
result_document(result)  # exact decimal strings, ranks, prizes and why
"""

from unionhall.engines.scoring.counting import (
    Adjustment,
    Dropped,
    EntryResult,
    JuryResult,
    Result,
    count,
    timing_penalty,
)
from unionhall.engines.scoring.problems import Problem, ScoringError
from unionhall.engines.scoring.report import result_document, shown
from unionhall.engines.scoring.rulebook import (
    Criterion,
    RuleBook,
    parse_rulebook,
    read_document,
    rulebook_digest,
)
from unionhall.engines.scoring.schema import rulebook_schema
from unionhall.engines.scoring.sheets import (
    Scores,
    Sheet,
    decimal_string,
    fixed,
    read_scores,
    sheet_total,
    written_scores,
)

__all__ = [
    "Adjustment",
    "Criterion",
    "Dropped",
    "EntryResult",
    "JuryResult",
    "Problem",
    "Result",
    "RuleBook",
    "Scores",
    "ScoringError",
    "Sheet",
    "count",
    "decimal_string",
    "fixed",
    "parse_rulebook",
    "read_document",
    "read_scores",
    "result_document",
    "rulebook_digest",
    "rulebook_schema",
    "sheet_total",
    "shown",
    "timing_penalty",
    "written_scores",
]
