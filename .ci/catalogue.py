"""Is the message catalogue complete and in step with the sources? Needs gettext's tools.

Runs makemessages over the sources as they are, compares, and puts the catalogue back.
"""

import subprocess
import sys
from pathlib import Path

import polib

CATALOGUE = Path("locale/ja/LC_MESSAGES/django.po")
LEFT_OUT = (".venv", ".tools", "var", "tests", "bench", "node_modules")


def main() -> None:
    committed = CATALOGUE.read_bytes()
    before = polib.pofile(str(CATALOGUE))
    try:
        make_messages()
        after = polib.pofile(str(CATALOGUE))
    finally:
        CATALOGUE.write_bytes(committed)
    faults = [
        *(f"untranslated: {entry.msgid!r}" for entry in before.untranslated_entries()),
        *(f"fuzzy: {entry.msgid!r}" for entry in before.fuzzy_entries()),
        *(f"not in the catalogue: {key!r}" for key in sorted(keys(after) - keys(before))),
        *(f"not in the sources: {key!r}" for key in sorted(keys(before) - keys(after))),
    ]
    if faults:
        sys.exit("\n".join(faults))
    sys.stdout.write(f"{len(before)} messages, all translated\n")


def make_messages() -> None:
    command = [sys.executable, "manage.py", "makemessages", "--locale=ja"]
    command += ["--no-obsolete", "--no-location", "--verbosity=0"]
    for name in LEFT_OUT:
        command += ["--ignore", name]
    subprocess.run(command, check=True)


def keys(catalogue: polib.POFile) -> set[tuple[str, str, str]]:
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural)
        for entry in catalogue
        if not entry.obsolete
    }


if __name__ == "__main__":
    main()
