"""What typed options mean together: those that go with --all, a scenario or a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cpts_geo.asked import typed_path
from cpts_geo.errors import ScenarioError, one_line


def of_all(every: str, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed with --all, which may be a file; what speaks of one territory is refused."""
    from cpts_geo.geography.perimeters.zonings import ZONINGS  # noqa: PLC0415
    from cpts_geo.writing.every.alone import check_alone  # noqa: PLC0415

    check_alone(f"--{name.replace('_', '-')}" for name, value in given.items() if value)
    if every in ZONINGS:
        return given
    file = typed_path(every)
    # A word alone that is no file was meant as a division: it is refused with those there are.
    return given | {"perimeter": file} if file.suffix or file.exists() else given


def told_apart(
    typed: Sequence[str], former: Sequence[str], *, say: Callable[[str], None]
) -> tuple[Path | None, list[str]]:
    """Scenario and changes among what was typed after --scenario, and its former name."""
    from cpts_geo.access.changes.text import is_change  # noqa: PLC0415

    if former:
        say("--capacity s’appelle maintenant --scenario.")
    changes = [text for text in typed if is_change(text)]
    for text in changes:
        say(f"« --scenario {one_line(text)} » s’écrit maintenant « --change {one_line(text)} ».")
    files = [typed_path(text) for text in (*typed, *former) if text not in changes]
    if len(files) > 1:
        raise ScenarioError(
            "Plusieurs scénarios de capacité sont donnés.",
            defects=[f"« {one_line(str(file))} »" for file in files],
            remedy="donnez-en un seul ; « cpts-geo compare A B » en compare deux.",
        )
    return files[0] if files else None, changes
