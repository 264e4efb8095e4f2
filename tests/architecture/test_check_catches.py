"""Each check of `make check`, with a planted violation that it must catch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path):
    """The source in a folder of its own, to be spoilt."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(copy, *command) -> subprocess.CompletedProcess:
    environment = {
        "PYTHONPATH": str(copy / "src"),
        "PATH": "/usr/bin:/bin",
        "UNIONHALL_VAR": str(copy / "var"),
        "UNIONHALL_SECRET_KEY": "x",
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def plant(copy, path, text):
    target = copy / "src" / "unionhall" / path
    target.write_text(target.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "text", "contract"),
    [
        ("engines/scoring/rounding.py", "\nimport django\n", "Engines know nothing of Django BROKEN"),
        (
            "kernel/clock.py",
            "\nimport unionhall.ui.navigation\n",
            "A floor imports only the floors below it BROKEN",
        ),
        (
            "apps/orgs/queries.py",
            "\nimport unionhall.apps.people.models\n",
            "A storey of the apps imports only lower storeys BROKEN",
        ),
        ("apps/contests/models/ballots.py", "\nimport unionhall.apps.contests.views.desk\n", "BROKEN"),
    ],
)
def test_imports(copy, path, text, contract):
    plant(copy, path, text)
    checked = run(copy, BIN / "lint-imports", "--no-cache")
    assert checked.returncode == 1
    assert contract in checked.stdout


def test_ruff(copy):
    plant(copy, "kernel/clock.py", "\nimport os, sys\n")
    assert run(copy, BIN / "ruff", "check", "--no-cache", "src").returncode == 1


def test_types(copy):
    plant(copy, "engines/scoring/rounding.py", "\nWRONG: int = 'text'\n")
    checked = run(
        copy, BIN / "mypy", "--cache-dir", copy / "cache", "src/unionhall/engines/scoring/rounding.py"
    )
    assert checked.returncode == 1
    assert (
        'Incompatible types in assignment (expression has type "str", variable has type "int")'
        in checked.stdout
    )


def test_template_format(copy):
    page = copy / "src/unionhall/ui/templates/ui/base.html"
    page.write_text("{%load i18n%}\n" + page.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(copy, BIN / "djade", "--check", "--target-version", "5.2", page).returncode == 1


def test_missing_migration(copy):
    plant(copy, "kernel/models.py", "\n\nclass Planted(models.Model):\n    pass\n")
    checked = run(
        copy, sys.executable, "-m", "unionhall.site.cli", "manage", "makemigrations", "--check", "--dry-run"
    )
    assert checked.returncode == 1
    assert "Create model Planted" in checked.stdout


@pytest.mark.parametrize("spoil", ["a new message", "one in an f-string", "an obsolete one", "not compiled"])
def test_catalogue(copy, spoil):
    folder = copy / "src/unionhall/locale/zh_Hans/LC_MESSAGES"
    if spoil == "a new message":
        plant(copy, "apps/contests/messages.py", '\nPLANTED = _("planted sentence")\n')
        expected = "no translation: 'planted sentence'\n"
    elif spoil == "one in an f-string":
        plant(copy, "apps/contests/messages.py", "\nPLANTED = f\"1 {_('planted sentence')}\"\n")
        expected = "no translation: 'planted sentence'\n"
    elif spoil == "an obsolete one":
        with (folder / "django.po").open("a", encoding="utf-8") as file:
            file.write('\nmsgid "gone"\nmsgstr "没有了"\n')
        expected = "obsolete: 'gone'\ndjango.mo is not compiled from django.po\n"
    else:
        (folder / "django.mo").write_bytes(b"")
        expected = "django.mo is not compiled from django.po\n"
    checked = run(copy, sys.executable, "tools/catalogue.py", "--check")
    assert (checked.returncode, checked.stdout) == (1, expected)


def test_vendored_assets(copy):
    target = copy / "src/unionhall/ui/static/vendor/htmx.min.js"
    target.write_bytes(target.read_bytes() + b"\n")
    checked = run(copy, sys.executable, "tools/vendored.py")
    assert (checked.returncode, checked.stdout) == (1, "vendored asset changed: htmx.min.js\n")
