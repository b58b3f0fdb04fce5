"""Write the JSON schema of the assessment and its page from the models of `openboneage.assess.assessment`.

Run from the root of the repository: `python tools/schema.py`. A test fails where a committed file differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from openboneage.assess.assessment import SCHEMA_VERSION, Assessment, Failure

SCHEMA_FILE = Path("src/openboneage/report/assessment.schema.json")
PAGE_FILE = Path("docs/json.md")

INTRODUCTION = f"""\
# The assessment as JSON

`boneage assess film.dcm --json` prints one JSON object per film, one per line; `Assessment.to_json()` gives the same
object in Python, and `Assessment.model_validate(content)` reads it back. Its form is `{SCHEMA_FILE}`
(JSON Schema 2020-12), which is part of the package:

```python
import json
from importlib.resources import files

schema = json.loads(files("openboneage.report").joinpath("assessment.schema.json").read_text(encoding="utf-8"))
```

The schema and this page are generated from the models in `src/openboneage/assess/assessment.py`, `parts.py` and
`bone_records.py`: change a field there and run `python tools/schema.py`.

Ages are in months, everywhere. An object contains no patient's name, identifier or date; it contains the name of the file
and the SOP instance UID of a DICOM film.

A film that was read gives an assessment, whether it was accepted or rejected. A file that could not be assessed gives a
[failure](#failure). `schema_version`, {SCHEMA_VERSION}, is in both; it grows when a field changes its meaning or goes.
"""

Node = dict[str, Any]


class WithoutTitles(GenerateJsonSchema):
    """Leaves out the titles of fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No field gets a title."""
        del schema
        return False


def main() -> None:
    """Write both files."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    PAGE_FILE.write_text(page_text(), encoding="utf-8")


def schema() -> Node:
    """The schema of what is printed for a film: an assessment or a failure."""
    kinds: tuple[type[BaseModel], ...] = (Assessment, Failure)
    references, definitions = models_json_schema([(kind, "serialization") for kind in kinds], schema_generator=WithoutTitles)
    return {
        "$schema": WithoutTitles.schema_dialect,
        "$id": f"urn:openboneage:assessment:{SCHEMA_VERSION}",
        "title": "The result for one film",
        "oneOf": [references[kind, "serialization"] for kind in kinds],
        **definitions,
    }


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=2) + "\n"


def page_text() -> str:
    """The page: an introduction and one table for each object."""
    definitions = schema()["$defs"]
    sections = [*_sections("Assessment", "", definitions), *_sections("Failure", "", definitions)]
    return "\n".join([INTRODUCTION, *sections])


def _sections(name: str, place: str, definitions: Node) -> Iterator[str]:
    """The table of an object and those of the objects in it; `place` is the way there, such as `bone_age.interval`."""
    node = definitions[name]
    heading = f"### `{place}`" if place else f"## {name}"
    rows = "\n".join(_row(field, part, field in node["required"], definitions) for field, part in node["properties"].items())
    yield f"{heading}\n\n{node['description']}\n\n| field | value | what it is |\n|---|---|---|\n{rows}\n"
    for field, part in node["properties"].items():
        for inner in _objects(part, definitions):
            yield from _sections(inner, f"{place}.{field}" if place else field, definitions)


def _row(field: str, part: Node, required: bool, definitions: Node) -> str:
    value = _value(part, definitions) + ("" if required else ", may be absent")
    return f"| `{field}` | {value} | {_resolved(part, definitions)['description']} |"


def _resolved(part: Node, definitions: Node) -> Node:
    """A field with what it refers to; pydantic leaves out a description that both share."""
    return {**definitions[part["$ref"].rpartition("/")[2]], **part} if "$ref" in part else part


def _objects(part: Node, definitions: Node) -> Iterator[str]:
    """Names of the objects that a field holds."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if definitions[name]["type"] == "object":
            yield name
    inside = [*part.get("anyOf", ()), part["items"]] if "items" in part else part.get("anyOf", ())
    for inner in inside:
        yield from _objects(inner, definitions)


def _value(part: Node, definitions: Node) -> str:
    """What a field may hold, in words."""
    part = _resolved(part, definitions)
    if "const" in part or "enum" in part:
        return ", ".join(f"`{each}`" for each in part.get("enum", [part.get("const")]))
    if "anyOf" in part:
        return " or ".join(_value(each, definitions) for each in part["anyOf"])
    if part["type"] == "array":
        return f"list: {_value(part['items'], definitions)}" if "items" in part else _fixed_list(part, definitions)
    return str(part["type"]) + _range(part)


def _fixed_list(part: Node, definitions: Node) -> str:
    return f"[{', '.join(_value(each, definitions) for each in part['prefixItems'])}]"


def _range(part: Node) -> str:
    if "minimum" in part and "maximum" in part:
        return f", {part['minimum']:g} to {part['maximum']:g}"
    if "exclusiveMinimum" in part:
        return f" over {part['exclusiveMinimum']:g}"
    return f" from {part['minimum']:g}" if "minimum" in part else ""


if __name__ == "__main__":
    main()
