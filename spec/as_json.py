"""Print an OpenAPI document, kept as YAML for its readers, as JSON for the package that ships it."""

import json
import sys
from pathlib import Path

from changes.document import CannotCompareError, load_document

try:
    document = load_document(sys.argv[1], Path(sys.argv[1]).read_bytes())
except CannotCompareError as error:
    sys.exit(str(error))
json.dump(document.data, sys.stdout, ensure_ascii=False, indent=1)
print()
