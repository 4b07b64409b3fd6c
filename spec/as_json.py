"""Print an OpenAPI document, kept as YAML for its readers, as JSON for the package that ships it."""

import json
import sys
from pathlib import Path

import yaml

json.dump(yaml.safe_load(Path(sys.argv[1]).read_bytes()), sys.stdout, ensure_ascii=False, indent=1)
print()
