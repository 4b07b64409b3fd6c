"""generated/ is what `make client` writes from the document, byte for byte, and nothing else is in it."""

import shutil
import subprocess
from pathlib import Path

from document import ROOT

GENERATED = ROOT / "generated/hubspot_timeline_api"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    """A stale client, a hand edit and a leftover file all show here."""
    make = shutil.which("make")
    assert make
    fresh = tmp_path / "hubspot_timeline_api"

    done = subprocess.run([make, "-C", ROOT, "client", f"CLIENT={fresh}"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(fresh) == contents(GENERATED)
