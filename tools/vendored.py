"""Say which vendored assets are not what their manifest says; exit 1 when any is not."""

from __future__ import annotations

import sys

from unionhall.ui.vendored import changed_assets

wrong = changed_assets()
sys.stdout.writelines(f"vendored asset changed: {name}\n" for name in wrong)
sys.exit(1 if wrong else 0)
