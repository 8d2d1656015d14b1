"""Files that the package writes and reads again: manifests, the lock; and parameters."""

from __future__ import annotations

import json

from tests.broken_makers_door import _written

_NESTED = "[" * 100_000
#: A key of so many parts takes seconds, and gigabytes, of a parser.
_PARTS = ".".join(["a"] * 20_000)
_FORECAST = {
    "territory": "bg", "made": "2026-11-30", "version": "1", "scenario": "", "public": "all",
    "least_inside": 0.5,
}  # fmt: skip

lock_nested = _written("verrou.toml", f"a = {_NESTED}")
lock_deep_key = _written("verrou.toml", f"{_PARTS} = 1")
lock_deep_table = _written("verrou.toml", f"[{_PARTS}]")
lock_number = _written("verrou.toml", f"a = {'9' * 5_000}")
scenario_deep_inline = _written("mine.toml", f"x = {{ {_PARTS} = 1 }}")
scenario_deep_quoted = _written("mine.toml", f'"=".{_PARTS} = 1')
parameters_deep_table = _written("parametres.toml", f"[{_PARTS}]")
parameters_not_text = _written("parametres.toml", b"[target]\nvalue = \xff")
manifest_nested = _written("manifest.json", f'{{"outputs": {_NESTED}')
manifest_number = _written("manifest.json", f'{{"date": {"9" * 5_000}}}')
forecast_nested = _written("manifest.json", f'{{"forecasts": {_NESTED}')
forecast_endless = _written(
    "manifest.json", json.dumps({"forecasts": {"bg": {**_FORECAST, "least_inside": float("nan")}}})
)
wordings_one_column = _written("issues.csv", "valeur\nSans suite\n")
