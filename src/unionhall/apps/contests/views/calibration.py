"""What desk, phones and hall screen show of a calibration round."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from unionhall.apps.contests import queries
from unionhall.apps.contests.models import CalibrationRound, Juror
from unionhall.ui.charts import dot_chart


def shown(found: CalibrationRound | None, reader: Juror | None = None) -> dict[str, Any]:
    """The round under way and, once it is shown, each scale with its chart; ``reader`` finds the own mark."""
    if found is None:
        return {}
    calibration = queries.calibration.calibration(found, reader)
    return {
        "calibration": calibration,
        "scales": [
            (
                scale,
                dot_chart(_("a juror"), _("your own"), [(one.jury, one.marks) for one in scale.spreads]),
            )
            for scale in calibration.scales
        ],
    }
