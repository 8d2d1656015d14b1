"""Layers of feature services (WFS, ArcGIS), collected whole: fields first, then every page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests

from cpts_geo.errors import DataFileError, one_line

#: Seconds to connect, then between two bytes.
_TIMEOUT: Final = (15, 180)
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
#: Asked of a WFS at once: the most that the large public servers give.
_WFS_PAGE: Final = 5_000
#: Parameters of a GetFeature that a DescribeFeatureType takes too.
_DESCRIBED: Final = frozenset({"service", "version", "typename", "typenames"})
_REMEDY: Final = (
    "réessayez plus tard ; si le refus dure, la couche a changé d’adresse ou de nom : corrigez "
    "« addresses » dans sources/catalogue_*.toml."
)


def collect(address: str, *, service: str, session: requests.Session) -> bytes:
    """
    Collect a whole layer as one GeoJSON.

    Parameters
    ----------
    address : str
        GetFeature request of a WFS that answers in GeoJSON, or query request of an ArcGIS layer.
    service : {"wfs", "arcgis"}
        Kind of service.
    session : requests.Session
        Session that asks; it carries retries and user agent.

    Returns
    -------
    bytes
        A FeatureCollection with every feature, in UTF-8. Its member ``cpts_geo_fields`` lists the
        fields as the service describes them: name and type.

    Raises
    ------
    DataFileError
        The service refuses, even politely (an error document sent as a success), answers
        something else than GeoJSON, or does not give all the features it announces.
    requests.RequestException
        The network or the server fails.
    """
    if service == "wfs":
        return _wfs(address, session)
    if service == "arcgis":
        return _arcgis(address, session)
    raise DataFileError(
        f"Service inconnu : « {one_line(service)} ».",
        remedy="« service » vaut wfs ou arcgis dans sources/catalogue_*.toml.",
    )


def _wfs(address: str, session: requests.Session) -> bytes:
    base, query = _split(address)
    lower = {name.lower(): value for name, value in query.items()}
    described = {name: value for name, value in query.items() if name.lower() in _DESCRIBED}
    fields = _schema_fields(
        _get(session, base, described | {"request": "DescribeFeatureType"}), address
    )
    count = "count" if lower.get("version", "2.0.0").startswith("2") else "maxFeatures"
    asked = {name: value for name, value in query.items() if name.lower() != count.lower()}
    first = _geojson(_get(session, base, asked | {count: str(_WFS_PAGE)}), address)
    features = list(first["features"])
    announced = (first.get("numberMatched"), first.get("totalFeatures"))
    total = next((said for said in announced if isinstance(said, int)), None)
    page = features
    # A page may be short because the server gives fewer at once: where no total is announced,
    # only an empty page is the end.
    while page and (total is None or len(features) < total):
        paging = {count: str(_WFS_PAGE), "startIndex": str(len(features))}
        page = _geojson(_get(session, base, asked | paging), address)["features"]
        _refuse_repeated(page, features, address)
        features += page
    return _whole(first, features, total=total, fields=fields, address=address)


def _arcgis(address: str, session: requests.Session) -> bytes:
    base, query = _split(address)
    layer = base.removesuffix("/").removesuffix("/query")
    description = _json(_get(session, layer, {"f": "json"}), address)
    fields = [
        {"name": str(field.get("name", "")), "type": str(field.get("type", ""))}
        for field in description.get("fields") or []
    ]
    if not fields:
        raise _refused(address, ["la couche ne décrit aucun champ"])
    asked = {"where": "1=1", "outFields": "*", "outSR": "4326"} | query
    asked = {name: value for name, value in asked.items() if name.lower() != "f"}
    if description.get("objectIdField"):  # without an order, pages may overlap
        asked = {"orderByFields": str(description["objectIdField"])} | asked
    counted = _json(
        _get(session, f"{layer}/query", asked | {"returnCountOnly": "true", "f": "json"}), address
    )
    total = counted.get("count")
    first: dict[str, Any] = {}
    features: list[Any] = []
    more = True
    while more:
        paging = {"f": "geojson", "resultOffset": str(len(features))}
        answer = _geojson(_get(session, f"{layer}/query", asked | paging), address)
        first = first or answer
        page = answer["features"]
        _refuse_repeated(page, features, address)
        features += page
        said = answer.get("properties")
        more = bool(page) and bool(
            answer.get("exceededTransferLimit")
            or (isinstance(said, dict) and said.get("exceededTransferLimit"))
        )
    total = total if isinstance(total, int) else None
    return _whole(first, features, total=total, fields=fields, address=address)


def _split(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return base, dict(parse_qsl(parts.query, keep_blank_values=True))


def _get(session: requests.Session, base: str, query: dict[str, str]) -> bytes:
    response = session.get(f"{base}?{urlencode(query)}", timeout=_TIMEOUT)
    response.raise_for_status()
    return response.content


def _schema_fields(content: bytes, address: str) -> list[dict[str, str]]:
    """Name and type of each field, by the XML schema of a DescribeFeatureType."""
    root = _xml(content, address)
    if root is None:
        raise _refused(address, ["la description de la couche n’est pas du XML", _start(content)])
    elements = root.iterfind(f".//{_XSD}complexType//{_XSD}element[@name]")
    fields = [{"name": e.attrib["name"], "type": _type(e)} for e in elements]
    if not fields:
        raise _refused(address, ["la description de la couche ne donne aucun champ"])
    return fields


def _type(element: ET.Element) -> str:
    restriction = element.find(f".//{_XSD}restriction")
    inner = "" if restriction is None else restriction.get("base", "")
    return element.get("type", inner)


def _xml(content: bytes, address: str) -> ET.Element | None:
    """
    Root of an XML document; None where it is none.

    A document type is refused before it is parsed: entities that expand live there.
    """
    try:
        text = content.decode("utf-8-sig")
        if re.search(r"<!doctype(?!\s+html)", text, re.IGNORECASE):
            raise _refused(address, ["document XML avec DOCTYPE, refusé"])
        if re.search(r"<!doctype", text, re.IGNORECASE):
            return None
        root = ET.fromstring(text)
    except (ET.ParseError, UnicodeDecodeError):
        return None
    if root.tag.rpartition("}")[2] in ("ExceptionReport", "ServiceExceptionReport"):
        said = " ".join(" ".join(root.itertext()).split())
        codes = [e.get("exceptionCode") or e.get("code") for e in root.iter()]
        raise _refused(address, [f"code {code}" for code in codes if code] + [one_line(said)])
    return root


def _json(content: bytes, address: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError as error:
        _xml(content, address)  # an exception report says why
        raise _refused(address, ["la réponse n’est pas du JSON", _start(content)]) from error
    if not isinstance(answer, dict):
        raise _refused(address, ["la réponse n’est pas un objet JSON"])
    refusal = answer.get("error")
    if refusal is not None:
        said = refusal if isinstance(refusal, dict) else {"message": refusal}
        lines = [f"{said.get('code', '')} {said.get('message', '')}", *(said.get("details") or [])]
        raise _refused(
            address, [one_line(str(line).strip()) for line in lines if str(line).strip()]
        )
    return answer


def _geojson(content: bytes, address: str) -> dict[str, Any]:
    answer = _json(content, address)
    if answer.get("type") != "FeatureCollection" or not isinstance(answer.get("features"), list):
        raise _refused(address, ["la réponse n’est pas une FeatureCollection GeoJSON"])
    return answer


def _refuse_repeated(page: list[Any], before: list[Any], address: str) -> None:
    """Stop where a server ignores the start of the page and sends the first one for ever."""
    if page and before and page[0] == before[0]:
        raise _refused(address, ["le service renvoie toujours la première page"])


def _whole(
    first: dict[str, Any],
    features: list[Any],
    *,
    total: int | None,
    fields: list[dict[str, str]],
    address: str,
) -> bytes:
    if not features:
        raise _refused(address, ["la couche est vide"])
    if total is not None and len(features) != total:
        raise _refused(address, [f"{len(features)} entités reçues sur {total} annoncées"])
    collection = {"type": "FeatureCollection", "cpts_geo_fields": fields}
    collection |= {"crs": first["crs"]} if first.get("crs") else {}
    return json.dumps(collection | {"features": features}, ensure_ascii=False).encode()


def _start(content: bytes) -> str:
    return f"elle commence par : {one_line(content[:80].decode('utf-8', errors='replace').strip())}"


def _refused(address: str, defects: list[str]) -> DataFileError:
    host = urlsplit(address).netloc
    return DataFileError(f"Couche non obtenue de {host}.", defects=defects, remedy=_REMEDY)
