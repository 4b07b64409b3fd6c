"""Generate a client from each OpenAPI document of the table in pyproject.toml: `make client`."""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from changes.document import CannotCompareError, load_document, read_table

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Generate the clients into a temporary folder, so that the old ones stay until all new ones are complete."""
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=Path, help="folder for the packages")
    output = parser.parse_args().output.absolute()
    os.chdir(ROOT)
    table = read_table(ROOT)
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="client.", dir=ROOT / "build") as name:
        for document, package in table.items():
            if error := _generate(f"spec/{document}.yaml", Path(name, package)):
                sys.exit(f"{error}\n{output} is unchanged: correct spec/{document}.yaml, then run make client again")
        output.mkdir(parents=True, exist_ok=True)
        for package in table.values():
            shutil.rmtree(output / package, ignore_errors=True)
            shutil.move(Path(name, package), output / package)


def _generate(document: str, package: Path) -> str:
    """Generate a package with a copy of the document as JSON, and return the error, if any."""
    try:
        data = load_document(document, (ROOT / document).read_bytes()).data
    except (CannotCompareError, OSError) as error:
        return str(error)
    from openapi_python_client.cli import app as generator  # noqa: PLC0415 - slow to import

    settings = ("--meta=none", "--config=spec/generator.yaml", "--custom-template-path=spec/templates")
    files = (f"--path={document}", f"--output-path={package}")
    try:
        failed = generator(["generate", "--fail-on-warning", *settings, *files], standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - of its templates, its configuration or itself
        failed = f"{type(error).__name__}: {error}"
        print(failed, file=sys.stderr)
    if failed:
        return f"{document}: the generator failed"
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (package / Path(document).with_suffix(".json").name).write_text(f"{text}\n", encoding="utf-8")
    return ""


main()
