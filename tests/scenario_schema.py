"""The JSON Schema of a scenario file, data/cpts/scenario.schema.json, for editors that check it.

Written from the fields of the package: ``python -m tests.scenario_schema``.
"""

from __future__ import annotations

import json
from typing import Any, Final

from cpts_geo.capacity.scenario.inputs import Scenario
from cpts_geo.capacity.scenario.loading import _Population
from cpts_geo.capacity.scenario.parameters import default_parameters, named_profiles
from cpts_geo.settings import CPTS_DIR

SCHEMA_FILE: Final = CPTS_DIR / "scenario.schema.json"


def scenario_schema() -> dict[str, Any]:
    """Describe a scenario file in JSON Schema; what has a default is optional."""
    schema = Scenario.model_json_schema()
    shares = _Population.model_json_schema()["properties"]
    base = {
        "type": "string",
        "description": "Scénario de départ : clé d’une des cinq CPTS, ou autre fichier TOML",
    }
    optional = {*default_parameters(), "territory", "people_without_mt", "share_assumed", "sources"}
    required = [name for name in schema["required"] if name not in optional]
    # A table may give a part of its fields: the rest is that of the base or of the defaults.
    tables = {
        name: {key: value for key, value in table.items() if key != "required" or name == "Source"}
        for name, table in schema["$defs"].items()
    }
    tables["Calendar"]["properties"]["profile"] = {
        "enum": [*named_profiles()],
        "description": "Forme de la semaine et de l’année, au lieu de facteurs donnés un à un",
    }
    return schema | {
        "$defs": tables,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scénario de capacité",
        "description": "Ce dont les créneaux d’un territoire sont calculés.",
        "properties": {"base": base} | schema["properties"] | shares,
        "required": [],
        "anyOf": [
            {"required": ["base"]},
            {"required": [*required, "people_without_mt"]},
            {"required": [*required, "population"]},
        ],
    }


def written() -> str:
    """Return the text of the published file."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(written(), encoding="utf-8")
