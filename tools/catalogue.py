"""The Chinese catalogue without GNU gettext: collect messages, keep translations, compile, check.

python tools/catalogue.py           update django.po and compile django.mo
python tools/catalogue.py --check   say what is missing, obsolete or not compiled; exit 1 when anything is
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
}


def messages(source: Path) -> Catalog:
    """All messages of the Python files and templates under ``source``."""
    found = Catalog(locale="zh_Hans")
    for path in sorted(source.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            text = path.read_text(encoding="utf-8")
            text += f"\n{in_f_strings(text)}"
        elif path.suffix == ".html":
            text = templatize(path.read_text(encoding="utf-8"))
        else:
            continue
        for _line, message, comments, context in extract(
            "python", io.BytesIO(text.encode()), keywords=KEYWORDS
        ):
            found.add(message, auto_comments=comments, context=context)
    return found


def in_f_strings(text: str) -> str:
    """The expressions inside a program's f-strings, one a line: before Python 3.12 extraction sees none."""
    strings = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.JoinedStr))
    parts = (part for node in strings for part in node.values if isinstance(part, ast.FormattedValue))
    return "\n".join(ast.unparse(part.value) for part in parts)


def read(path: Path) -> Catalog:
    """A catalogue file, or an empty one."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of the .mo file."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def merged(found: Catalog, kept: Catalog) -> Catalog:
    """The messages found, with the translations that were kept."""
    # Dates in a header would change a file in which nothing has changed.
    new = Catalog(
        locale="zh_Hans", project="unionhall", charset="utf-8", fuzzy=False,
        header_comment="# The Chinese of unionhall.", creation_date=SOME_DAY, revision_date=SOME_DAY,
    )  # fmt: skip
    for message in sorted((m for m in found if m.id), key=lambda m: (str(m.id), m.context or "")):
        old = kept.get(message.id, message.context)
        flags = ["python-format"] if "python-format" in message.flags else []
        new.add(message.id, old.string if old else "", flags=flags, context=message.context)
    return new


def problems(source: Path, po: Path, mo: Path) -> list[str]:
    """What keeps the catalogue from being complete."""
    found, kept = messages(source), read(po)
    wrong = [
        f"no translation: {m.id!r}"
        for m in found
        if m.id and not ((old := kept.get(m.id, m.context)) and old.string and not old.fuzzy)
    ]
    wrong += [f"obsolete: {m.id!r}" for m in kept if m.id and found.get(m.id, m.context) is None]
    for m in kept:
        if m.id and m.string and not isinstance(m.id, tuple):
            wrong += [f"{m.id!r}: {error}" for error in m.check()]
    if not mo.exists() or mo.read_bytes() != compiled(kept):
        wrong.append(f"{mo.name} is not compiled from {po.name}")
    return wrong


def main() -> int:
    """Update or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--source", type=Path, default=ROOT / "src" / "unionhall")
    arguments = parser.parse_args()
    folder = arguments.source / "locale" / "zh_Hans" / "LC_MESSAGES"
    po, mo = folder / "django.po", folder / "django.mo"
    if arguments.check:
        wrong = problems(arguments.source, po, mo)
        sys.stdout.writelines(line + "\n" for line in wrong)
        return 1 if wrong else 0
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = merged(messages(arguments.source), read(po))
    with po.open("wb") as file:
        write_po(file, catalogue, width=110, no_location=True)
    mo.write_bytes(compiled(read(po)))
    missing = [m.id for m in read(po) if m.id and not m.string]
    sys.stdout.write(f"{len(missing)} messages without a translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
