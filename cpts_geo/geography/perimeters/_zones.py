"""Each zone asked for made a territory."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cpts_geo.french import slug
from cpts_geo.geography.perimeters._membership import Perimeters, territory_keys
from cpts_geo.geography.perimeters.zonings import Zoning


def zoning_perimeters(
    zoning: Zoning,
    codes: Sequence[str],
    communes: pd.DataFrame,
    *,
    name: str | None = None,
    notes: Sequence[str] = (),
    folder: str | None = None,
) -> Perimeters:
    """One territory a zone, in the order of `codes`, each with all the communes of its zone.

    `name` replaces the name of a zone asked alone; `folder` names the set, by default after the
    only territory, or the codes.
    """
    asked = zoning.zones.loc[list(codes)]
    labels = [name] if name else [str(zoning.names[code]) for code in codes]
    keys = territory_keys(labels, codes)
    identity = pd.DataFrame(
        {
            "name": labels,
            "code": list(codes),
            "document": [f"{document} {code}" for code, document in asked["document"].items()],
            "perimeter": asked["perimeter"].tolist(),
        },
        index=pd.Index(keys, name="territory"),
    )
    rows = zoning.members[zoning.members["zone"].isin(codes)]
    rows = rows.merge(communes[["code_insee", "name", "departement"]], on="code_insee")
    territory = rows["zone"].map(dict(zip(codes, keys, strict=True)))
    rank = territory.map({key: rank for rank, key in enumerate(keys)})
    rows = rows.assign(territory=territory).iloc[rank.argsort(kind="stable")]
    audit = rows[["territory", "published", "code_insee", "name", "departement", "method"]]
    # No document spells these names: the codes of the division are what was published.
    members = rows[["territory", "code_insee", "note"]].assign(
        published="", basis=rows["zone"].map(zoning.zones["basis"])
    )
    return Perimeters(
        identity=identity,
        members=members.reset_index(drop=True),
        audit=audit.assign(score=100.0, alternatives="").reset_index(drop=True),
        notes=tuple(notes),
        folder=folder or (keys[0] if len(keys) == 1 else slug(f"{zoning.kind} {' '.join(codes)}")),
    )
