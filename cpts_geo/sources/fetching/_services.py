"""Layers of feature services (WFS, ArcGIS), collected whole: fields first, then every page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests

from cpts_geo.errors import DataFileError, one_line, quoted
from cpts_geo.sources._bounds.limits import LIMITS, beyond, hold
from cpts_geo.sources.fetching import _web as web
from cpts_geo.sources.fetching._web import Pace

#: Seconds without any byte: these servers think before they answer.
_SILENCE_S: Final = 180.0
_PIECE: Final = 1 << 16
#: Letters of the name of a field that is asked for.
_LONGEST_FIELD: Final = 200
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
#: Asked of a WFS at once: the most that the large public servers give.
_WFS_PAGE: Final = 5_000
#: Parameters of a GetFeature that a DescribeFeatureType takes too.
_DESCRIBED: Final = frozenset({"service", "version", "typename", "typenames"})
_REMEDY: Final = (
    "réessayez plus tard ; si le refus dure, la couche a changé d’adresse ou de nom : corrigez "
    "« addresses » dans sources/catalogue/*.toml."
)


@dataclass
class _Asker:
    """Asks the pages of one layer, within what its source may take in all."""

    session: requests.Session
    pace: Pace
    came: int = 0
    values: int = 0
    pages: int = 0

    def description(self, base: str, query: dict[str, str]) -> bytes:
        """Answer that is never long: fields of a layer, count of its features."""
        return self._get(base, query, most=LIMITS["description"])

    def capabilities(self, base: str, query: dict[str, str]) -> bytes:
        """Answer on all the layers of a service, within what the source may be."""
        return self._get(base, query, most=None)

    def page(self, base: str, query: dict[str, str]) -> bytes:
        """Answer with features, counted with those of the pages before."""
        self.pages += 1
        hold("pages", self.pages, DataFileError)
        content = self._get(base, query, most=None)
        self.came += len(content)
        self.values += content.count(b"[") + content.count(b"{")
        hold("values", self.values, DataFileError)
        return content

    def _get(self, base: str, query: dict[str, str], *, most: int | None) -> bytes:
        address = f"{base}?{urlencode(query)}"
        content = bytearray()
        with web.ask(address, session=self.session, pace=self.pace, silence=_SILENCE_S) as response:
            if response.status_code != 200:
                raise web.status_refusal(response.status_code)
            for piece in response.iter_content(_PIECE):
                content += piece
                if most is not None and len(content) > most:
                    raise beyond("description", DataFileError)
                self.pace.check_size(self.came + len(content))
        return bytes(content)


def collect(address: str, *, service: str, session: requests.Session, pace: Pace) -> bytes:
    """Collect a whole layer (``wfs`` or ``arcgis``) as one GeoJSON, its fields in
    ``cpts_geo_fields``, or refuse it when a feature lacks."""
    asker = _Asker(session, pace)
    if service == "wfs":
        return _wfs(address, asker)
    if service == "arcgis":
        return _arcgis(address, asker)
    raise DataFileError(
        f"Service inconnu : {quoted(service)}.",
        remedy="« service » vaut wfs ou arcgis dans sources/catalogue/*.toml.",
    )


def _wfs(address: str, asker: _Asker) -> bytes:
    """GeoJSON of a layer of a WFS, page by page."""
    base, query = _split(address)
    query = _named(base, query, address, asker)
    lower = {name.lower(): value for name, value in query.items()}
    described = {name: value for name, value in query.items() if name.lower() in _DESCRIBED}
    fields = _schema_fields(
        asker.description(base, described | {"request": "DescribeFeatureType"}), address
    )
    count = "count" if lower.get("version", "2.0.0").startswith("2") else "maxFeatures"
    asked = {name: value for name, value in query.items() if name.lower() != count.lower()}
    first = _geojson(asker.page(base, asked | {count: str(_WFS_PAGE)}), address)
    features = list(first["features"])
    announced = (first.get("numberMatched"), first.get("totalFeatures"))
    total = next((said for said in announced if isinstance(said, int)), None)
    page = features
    # A page may be short because the server gives fewer at once: where no total is announced,
    # only an empty page is the end.
    while page and (total is None or len(features) < total):
        paging = {count: str(_WFS_PAGE), "startIndex": str(len(features))}
        page = _geojson(asker.page(base, asked | paging), address)["features"]
        _refuse_repeated(page, features, address)
        features += page
    return _whole(first, features, total=total, fields=fields, address=address)


def _arcgis(address: str, asker: _Asker) -> bytes:
    """GeoJSON of a layer of an ArcGIS server, page by page."""
    base, query = _split(address)
    layer = base.removesuffix("/").removesuffix("/query")
    description = _json(asker.description(layer, {"f": "json"}), address)
    listed = description.get("fields")
    fields = [
        {"name": str(field.get("name", "")), "type": str(field.get("type", ""))}
        for field in (listed if isinstance(listed, list) else [])
        if isinstance(field, dict)
    ]
    if not fields:
        raise _refused(address, ["la couche ne décrit aucun champ"])
    asked = {"where": "1=1", "outFields": "*", "outSR": "4326"} | query
    asked = {name: value for name, value in asked.items() if name.lower() != "f"}
    order = description.get("objectIdField")
    if isinstance(order, str) and 0 < len(order) <= _LONGEST_FIELD:  # else pages may overlap
        asked = {"orderByFields": order} | asked
    count = asked | {"returnCountOnly": "true", "f": "json"}
    counted = _json(asker.description(f"{layer}/query", count), address)
    total = counted.get("count")
    first: dict[str, Any] = {}
    features: list[Any] = []
    more = True
    while more:
        paging = {"f": "geojson", "resultOffset": str(len(features))}
        answer = _geojson(asker.page(f"{layer}/query", asked | paging), address)
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
    """Address without its query, and the query by name."""
    parts = urlsplit(address)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return base, dict(parse_qsl(parts.query, keep_blank_values=True))


def _named(base: str, query: dict[str, str], address: str, asker: _Asker) -> dict[str, str]:
    """Query whose layer is named in full: a name with ``*`` is looked for in the capabilities."""
    wanted = {k: v for k, v in query.items() if k.lower().startswith("typename") and "*" in v}
    if not wanted:
        return query
    [(parameter, pattern)] = wanted.items()
    kept = {k: v for k, v in query.items() if k.lower() in ("service", "version")}
    root = _xml(asker.capabilities(base, kept | {"request": "GetCapabilities"}), address)
    if root is None:
        raise _refused(address, ["ce que le service annonce n’est pas du XML"])
    types = [each for each in root.iter() if each.tag.rpartition("}")[2] == "FeatureType"]
    names = [each.findtext("{*}Name", "") for each in types]
    found = [name for name in dict.fromkeys(names) if fnmatchcase(name, pattern)]
    if len(found) != 1:
        many = [f"couche {quoted(name)}" for name in found]
        none = f"aucune des {len(types)} couches annoncées ne répond à {quoted(pattern)}"
        raise _refused(address, many or [none])
    return query | {parameter: found[0]}


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
    """Type of a field of an XML schema; empty for none."""
    restriction = element.find(f".//{_XSD}restriction")
    inner = "" if restriction is None else restriction.get("base", "")
    return element.get("type", inner)


def _xml(content: bytes, address: str) -> ET.Element | None:
    """Root of an XML document, None where it is none; a document type, where entities expand, is
    refused unparsed."""
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
        lines = [f"code {one_line(code)}" for code in codes if code]
        raise _refused(address, [*lines, one_line(said)])
    return root


def _json(content: bytes, address: str) -> dict[str, Any]:
    """JSON object of an answer; an error where it is none, or tells one."""
    try:
        answer = json.loads(content)
    except RecursionError as error:
        raise _refused(address, ["JSON imbriqué trop profondément"]) from error
    except ValueError as error:
        _xml(content, address)  # an exception report says why
        raise _refused(address, ["la réponse n’est pas du JSON", _start(content)]) from error
    if not isinstance(answer, dict):
        raise _refused(address, ["la réponse n’est pas un objet JSON"])
    refusal = answer.get("error")
    if refusal is not None:
        said = refusal if isinstance(refusal, dict) else {"message": refusal}
        details = said.get("details")
        lines = [f"{said.get('code', '')} {said.get('message', '')}"]
        lines += details if isinstance(details, list) else [details or ""]
        raise _refused(
            address, [one_line(str(line).strip()) for line in lines if str(line).strip()]
        )
    return answer


def _geojson(content: bytes, address: str) -> dict[str, Any]:
    """Answer that is a collection of features."""
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
    """GeoJSON of all the features with their fields; an error where some lack."""
    if not features:
        raise _refused(address, ["la couche est vide"])
    if total is not None and len(features) != total:
        raise _refused(address, [f"{len(features)} entités reçues sur {total} annoncées"])
    collection = {"type": "FeatureCollection", "cpts_geo_fields": fields}
    collection |= {"crs": first["crs"]} if first.get("crs") else {}
    written = json.dumps(collection | {"features": features}, ensure_ascii=False)
    return written.encode(errors="replace")  # half of a pair of surrogates is no character


def _start(content: bytes) -> str:
    """French line on how an answer begins."""
    return f"elle commence par : {one_line(content[:80].decode('utf-8', errors='replace').strip())}"


def _refused(address: str, defects: list[str]) -> DataFileError:
    """Error of a layer that could not be had."""
    host = urlsplit(address).netloc
    return DataFileError(f"Couche non obtenue de {host}.", defects=defects, remedy=_REMEDY)
