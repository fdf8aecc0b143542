"""How the scripts of this folder write their numbers."""

import json
from pathlib import Path


def write(script, document):
    """Writes `document` beside `script` with the ending .json, one entry of a list per line.

    json writes the shortest decimal that reads back as the same float64; NaN and infinities are refused.
    """

    def text(value):
        return json.dumps(value, allow_nan=False)

    def section(value):
        if not isinstance(value, list):
            return text(value)
        return "[\n" + ",\n".join(f"    {text(entry)}" for entry in value) + "\n  ]"

    lines = [f"  {text(key)}: {section(value)}" for key, value in document.items()]
    Path(script).with_suffix(".json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
