"""What juries may learn of themselves. Advice for the scrutineer; it never changes an official result.

panel = advise(rulebook, entries, sheets, adjustments, special=special)
panel.juries[0].agreement.icc2k, panel.lines[0].kept
"""

from unionhall.engines.scoring.advisory.agreement import (
    Agreement,
    agreement,
    icc,
    kendall_w,
    krippendorff_alpha,
)
from unionhall.engines.scoring.advisory.panel import JuryAdvice, Panel, advise, panel_document
from unionhall.engines.scoring.advisory.robustness import LineAdvice, Scenario, robustness
from unionhall.engines.scoring.advisory.severity import Home, JurorAdvice, home_bias, severity
from unionhall.engines.scoring.advisory.weights import Influence, influence

__all__ = [
    "Agreement",
    "Home",
    "Influence",
    "JurorAdvice",
    "JuryAdvice",
    "LineAdvice",
    "Panel",
    "Scenario",
    "advise",
    "agreement",
    "home_bias",
    "icc",
    "influence",
    "kendall_w",
    "krippendorff_alpha",
    "panel_document",
    "robustness",
    "severity",
]
