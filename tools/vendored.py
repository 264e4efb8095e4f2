"""Say which vendored assets are not what their manifest says; exit 1 when any is not."""

from __future__ import annotations

import sys

from unionhall.kernel.printing import FONTS
from unionhall.ui.vendored import FOLDER, changed_assets

wrong = [name for folder in (FOLDER, FONTS) for name in changed_assets(folder)]
sys.stdout.writelines(f"vendored asset changed: {name}\n" for name in wrong)
sys.exit(1 if wrong else 0)
