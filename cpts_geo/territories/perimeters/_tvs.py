"""Territoires de vie-santé: their composition of 2019 or 2018, brought to today's communes."""

from __future__ import annotations

from typing import Final

import pandas as pd

from cpts_geo.errors import DataFileError
from cpts_geo.settings import COG_YEAR
from cpts_geo.sources.catalogue.catalogue import sha256_of, sources
from cpts_geo.territories.cog.events import current_codes
from cpts_geo.territories.figures.by_commune import cog_of
from cpts_geo.territories.perimeters.zonings import Zoning

#: The whole composition may not be distributed with the package: it is fetched. The best first;
#: no address serves the one of 2019 any more.
SOURCES: Final = ("drees_tvs_2019", "drees_tvs_2018")


def fetched_tvs() -> tuple[pd.DataFrame, dict[str, str]]:
    """Composition of the first of :data:`SOURCES` in the cache, and the SHA-256 of its file."""
    # Only a run on TVS needs what reads the fetched sources.
    from cpts_geo.sources.fetching.cached import located  # noqa: PLC0415
    from cpts_geo.sources.fetching.parsed import load_source  # noqa: PLC0415

    for key in SOURCES:
        path = located(key)
        if path:
            table = load_source(key)
            table.attrs["source"] = key
            return table, {path.name: sha256_of(path)}
    best, served = (sources()[key] for key in SOURCES)
    raise DataFileError(
        "La composition des territoires de vie-santé n’est pas dans le cache.",
        remedy=f"cpts-geo data fetch {served.key} la télécharge (celle de {served.vintage}) ; "
        f"cpts-geo data fetch {best.key} --mirror DOSSIER prend celle de {best.vintage}, que plus "
        f"aucune adresse ne donne, d’un dossier où se trouve {best.file}.",
    )


def tvs_zoning(
    table: pd.DataFrame,
    communes: pd.DataFrame,
    *,
    inputs: dict[str, str] | None = None,
) -> Zoning:
    """
    Bring the TVS to the communes of today: each in the one its own code, its chef-lieu's, had.

    A merger of communes of two TVS is whole in that one, and both say so; a commune split since is
    in the TVS of the one it left; a TVS without commune left is unusable. Paris, Lyon and Marseille
    are divided by arrondissement, and so must `communes` be.
    """
    source = sources()[table.attrs.get("source", SOURCES[0])]
    names = table.drop_duplicates("tvs").set_index("tvs")["tvs_name"].sort_index()
    # The code of a TVS is that of its main commune.
    main = names.index.to_series().map(communes.set_index("code_insee")["name"])
    names = names.fillna(main).fillna(names.index.to_series())
    whole = table.assign(
        current=current_codes(table["code_insee"], from_vintage=cog_of(source.key))
    )
    lost = whole[whole["current"].isna()]
    whole = whole.dropna(subset=["current"])
    own = (whole["code_insee"] == whole["current"]).to_numpy()
    # The code of the chef-lieu first: a merged commune keeps its place in its TVS.
    ranked = whole.assign(own=own).sort_values(["own", "code_insee"], ascending=[False, True])
    zone = ranked.drop_duplicates("current").set_index("current")["tvs"]
    published = whole.sort_values("code_insee").set_index("current")["code_insee"]
    merged = published.index.duplicated(keep=False)
    joined = published[merged].groupby(level=0).agg(" + ".join)
    members = pd.concat([published[~merged], joined]).rename("published")
    members = members.rename_axis("code_insee").reset_index()
    members = pd.concat([members, _split_since(communes, zone)], ignore_index=True)
    left = communes.set_index("code_insee")["split_family"].dropna().str[:5]
    members["zone"] = (
        members["code_insee"].map(zone).fillna(members["code_insee"].map(left).map(zone))
    )
    same = members["published"] == members["code_insee"]
    members = members.assign(method=same.map({True: "exact", False: "moved"}), note="")
    remarks = _remarks(whole, zone, communes, lost=lost)
    unusable = {
        str(code): f"ses communes sont aujourd’hui dans d’autres TVS ({remarks[str(code)]})"
        for code in set(whole["tvs"]) - set(members["zone"])
    }
    return Zoning(
        kind="tvs",
        document=f"{source.attribution}, TVS",
        perimeter=f"Territoire de vie-santé entier : composition de {source.vintage}, communes "
        f"du COG {COG_YEAR}.",
        names="TVS " + names,
        members=members.sort_values("code_insee", ignore_index=True),
        remarks=remarks,
        unusable=unusable,
        inputs=inputs or {},
    )


def _split_since(communes: pd.DataFrame, zone: pd.Series) -> pd.DataFrame:
    """Current communes that stood then inside another, which has a TVS."""
    families = communes[communes["split_family"].notna()]
    left = families["split_family"].str[:5]
    since = ~families["code_insee"].isin(zone.index) & left.isin(zone.index)
    return pd.DataFrame({"code_insee": families["code_insee"][since], "published": left[since]})


def _remarks(
    whole: pd.DataFrame, zone: pd.Series, communes: pd.DataFrame, *, lost: pd.DataFrame
) -> dict[str, str]:
    """Sentences on the TVS whose communes merged with those of another, or are not known today."""
    names = communes.set_index("code_insee")["name"]
    said: dict[str, list[str]] = {}
    whole = whole.assign(to=whole["current"].map(zone))
    moved = whole.loc[whole["to"] != whole["tvs"], ["code_insee", "tvs", "current", "to"]]
    for code, tvs, current, to in moved.to_numpy().tolist():
        town = f"{names[current]} ({current})"
        said.setdefault(tvs, []).append(f"Sans {code}, réunie depuis à {town}, du TVS {to}.")
        said.setdefault(to, []).append(f"Avec {code}, du TVS {tvs}, réunie depuis à {town}.")
    for code, tvs in lost[["code_insee", "tvs"]].to_numpy().tolist():
        said.setdefault(tvs, []).append(
            f"Le code {code} a quitté le COG et sa commune actuelle n’est pas connue."
        )
    return {code: " ".join(sentences) for code, sentences in said.items()}
