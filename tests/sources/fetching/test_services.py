"""Layers collected from real HTTP servers on loopback that behave like GeoServer and ArcGIS."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from shapely.geometry import box, mapping

from cpts_geo.errors import DataFileError
from cpts_geo.sources._bounds.limits import LIMITS
from cpts_geo.sources.catalogue.catalogue import sources
from cpts_geo.sources.fetching import _services as services
from cpts_geo.sources.fetching._web import Pace
from cpts_geo.sources.readers.communes.cpts_perimeters import READERS
from tests.http_server import Answer, Site

SCHEMA = """<?xml version="1.0" encoding="UTF-8"?>
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml"
    xmlns:GCS="gcs" elementFormDefault="qualified" targetNamespace="gcs">
  <xsd:import namespace="http://www.opengis.net/gml" schemaLocation="gml.xsd"/>
  <xsd:complexType name="AMBU_CPTSType"><xsd:complexContent>
    <xsd:extension base="gml:AbstractFeatureType"><xsd:sequence>
      <xsd:element name="nom_cpts" minOccurs="0" nillable="true" type="xsd:string"/>
      <xsd:element name="statut" minOccurs="0"><xsd:simpleType>
        <xsd:restriction base="xsd:string"><xsd:maxLength value="20"/></xsd:restriction>
      </xsd:simpleType></xsd:element>
      <xsd:element name="geom" type="gml:MultiSurfacePropertyType"/>
    </xsd:sequence></xsd:extension>
  </xsd:complexContent></xsd:complexType>
  <xsd:element name="AMBU_CPTS" substitutionGroup="gml:_Feature" type="GCS:AMBU_CPTSType"/>
</xsd:schema>"""
EXCEPTION = """<?xml version="1.0" encoding="UTF-8"?>
<ServiceExceptionReport version="1.2.0" xmlns="http://www.opengis.net/ogc">
  <ServiceException code="InvalidParameterValue">Feature type GCS:AMBU_CPTS unknown
  </ServiceException></ServiceExceptionReport>"""
OWS_EXCEPTION = """<?xml version="1.0" encoding="UTF-8"?>
<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">
  <ows:Exception exceptionCode="NoApplicableCode"><ows:ExceptionText>Accès refusé
  </ows:ExceptionText></ows:Exception></ows:ExceptionReport>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<ExceptionReport>&b;</ExceptionReport>"""
FIELDS = [
    {"name": "nom_cpts", "type": "xsd:string"},
    {"name": "statut", "type": "xsd:string"},
    {"name": "geom", "type": "gml:MultiSurfacePropertyType"},
]


def features(count: int) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "id": f"AMBU_CPTS.{n}",
            "properties": {"nom_cpts": f"CPTS numéro {n}", "statut": "validée"},
            "geometry": mapping(box(2 + n / 1000, 48, 2.001 + n / 1000, 48.1)),
        }
        for n in range(count)
    ]


def capabilities(*names: str) -> str:
    """Capabilities of a WFS 2.0.0, shortened."""
    types = "".join(
        f"<FeatureType><Name>{name}</Name><Title>CPTS</Title></FeatureType>" for name in names
    )
    return (
        '<wfs:WFS_Capabilities version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0" '
        'xmlns:wfs="http://www.opengis.net/wfs/2.0"><Service><Name>WFS</Name></Service>'
        f"<FeatureTypeList>{types}</FeatureTypeList></wfs:WFS_Capabilities>"
    )


@dataclass
class Server:
    """A service on the loopback: what it holds, how it fails, and what was asked of it."""

    address: str
    layer: list[dict[str, Any]] = field(default_factory=lambda: features(25))
    #: The most it gives at once.
    page: int = 10
    announces: bool = True
    #: Whether numberMatched is « unknown » where totalFeatures is known.
    unknown_matched: bool = False
    ignores_start: bool = False
    loses: int = 0
    #: Request or path -> text sent instead, as a success.
    instead: dict[str, str] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)
    #: Layers that it says it has.
    announced: tuple[str, ...] = ("GCS:AMBU_CPTS", "GCS:AUTRE")
    #: Bytes that the layer may be.
    most: int = 10_000_000

    def answer(self, path: str, _: dict[str, str]) -> Answer:
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        self.asked.append(query)
        lower = {name.lower(): value for name, value in query.items()}
        said = self._wfs(lower) if "wfs" in parts.path else self._arcgis(parts.path, lower)
        content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        return Answer(content, status=self.status)

    def _page(self, start: int, count: int) -> list[dict[str, Any]]:
        first = 0 if self.ignores_start else start
        end = min(first + min(count, self.page), len(self.layer) - self.loses)
        return self.layer[first:end]

    def _wfs(self, query: dict[str, str]) -> Any:
        request = query["request"]
        if request in self.instead:
            return self.instead[request]
        if request == "GetCapabilities":
            return capabilities(*self.announced)
        # GeoServer knows the layer by typeName, in 2.0.0 by typeNames.
        named = query.get("typenames" if query["version"].startswith("2") else "typename")
        if named != "GCS:AMBU_CPTS":
            return EXCEPTION
        if request == "DescribeFeatureType":
            return SCHEMA
        name = "count" if query["version"].startswith("2") else "maxfeatures"
        page = self._page(int(query.get("startindex", 0)), int(query.get(name, 10**6)))
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
        said: dict[str, Any] = {"totalFeatures": len(self.layer)}
        said["numberMatched"] = "unknown" if self.unknown_matched else len(self.layer)
        return {
            "type": "FeatureCollection",
            "features": page,
            **(said if self.announces else {"numberMatched": "unknown"}),
            "numberReturned": len(page),
            "crs": crs,
        }

    def _arcgis(self, path: str, query: dict[str, str]) -> Any:
        kind = "query" if path.endswith("/query") else "layer"
        kind = "count" if "returncountonly" in query else kind
        if kind in self.instead:
            return self.instead[kind]
        if kind == "layer":
            named = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
            named += [{"name": "nom_cpts", "type": "esriFieldTypeString", "alias": "Nom"}]
            return {"id": 20, "name": "cpts", "objectIdField": "OBJECTID", "fields": named}
        if kind == "count":
            return {"count": len(self.layer)}
        assert query["f"] == "geojson"
        assert query["orderbyfields"] == "OBJECTID"
        start = int(query.get("resultoffset", 0))
        page = self._page(start, 10**6)
        more = start + len(page) < len(self.layer) - self.loses
        said = {"properties": {"exceededTransferLimit": True}} if more else {}
        return {"type": "FeatureCollection", "features": page, **said}

    def wfs(self, version: str = "1.0.0", layer: str = "GCS%3AAMBU_CPTS") -> bytes:
        names = "typeNames" if version.startswith("2") else "typeName"
        query = f"service=WFS&version={version}&request=GetFeature&{names}={layer}"
        query += "&outputFormat=application%2Fjson&srsName=EPSG%3A4326"
        return self.collect(f"{self.address}/wfs?{query}", "wfs")

    def arcgis(self, end: str = "/query?where=1%3D1&outFields=*&outSR=4326&f=geojson") -> bytes:
        return self.collect(f"{self.address}/rest/services/x/FeatureServer/20{end}", "arcgis")

    def collect(self, address: str, service: str) -> bytes:
        with requests.Session() as session:
            session.trust_env = False  # loopback needs no proxy
            return services.collect(address, service=service, session=session, pace=Pace(self.most))


@pytest.fixture
def server(site: Site) -> Server:
    server = Server(site.address)
    site.next_answer = server.answer  # type: ignore[method-assign]
    return server


#: Collects a layer of one kind of service.
Collect = Callable[[], bytes]


@pytest.fixture(params=["wfs", "arcgis"])
def collect(request: pytest.FixtureRequest, server: Server) -> Collect:
    return getattr(server, request.param)  # type: ignore[no-any-return]


def ids(content: bytes) -> list[str]:
    return [feature["id"] for feature in json.loads(content)["features"]]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "2.0.0"])
def test_a_wfs_is_described_first_then_paged(server: Server, version: str) -> None:
    content = server.wfs(version)
    assert ids(content) == [f"AMBU_CPTS.{n}" for n in range(25)]
    assert json.loads(content)["cpts_geo_fields"] == FIELDS
    requests_made = [query["request"] for query in server.asked]
    assert requests_made == ["DescribeFeatureType", "GetFeature", "GetFeature", "GetFeature"]
    assert "outputFormat" not in server.asked[0]
    assert all(query["srsName"] == "EPSG:4326" for query in server.asked[1:])
    assert [q.get("startIndex") for q in server.asked[1:]] == [None, "10", "20"]


@pytest.mark.parametrize("most", [1_000, 7])
def test_a_wfs_that_does_not_count_is_paged_until_an_empty_page(
    server: Server, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Also when it gives fewer at once than it is asked for: a short page is not the end."""
    monkeypatch.setattr(services, "_WFS_PAGE", 10)
    server.announces = False
    server.page = most
    for count in (3, 10, 24):
        server.layer = features(count)
        assert len(ids(server.wfs("2.0.0"))) == count


def test_a_wfs_that_counts_under_one_name_only_is_believed(server: Server) -> None:
    server.loses = 2
    server.unknown_matched = True
    with pytest.raises(DataFileError, match="23 entités reçues sur 25 annoncées"):
        server.wfs()


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_layer_whose_name_is_not_known_whole_is_looked_for(server: Server, version: str) -> None:
    assert ids(server.wfs(version, layer="*AMBU*CPTS*")) == ids(server.wfs(version))
    asked = server.asked[0]
    assert asked == {"service": "WFS", "version": version, "request": "GetCapabilities"}
    assert not any("*" in value for query in server.asked[1:] for value in query.values())


@pytest.mark.parametrize(
    ("announced", "said"),
    [
        (("GCS:AUTRE",), "aucune des 1 couches annoncées ne répond à « *CPTS* »"),
        ((), "aucune des 0 couches"),
        (("GCS:CPTS_2025", "GCS:CPTS_2026"), "couche « GCS:CPTS_2026 »"),
    ],
)
def test_a_name_that_is_not_that_of_one_layer_is_refused(
    server: Server, announced: tuple[str, ...], said: str
) -> None:
    server.announced = announced
    with pytest.raises(DataFileError, match="Couche non obtenue") as refused:
        server.wfs("2.0.0", layer="*CPTS*")
    assert any(said in defect for defect in refused.value.defects)
    server.instead["GetCapabilities"] = "<!doctype html>"
    with pytest.raises(DataFileError, match="n’est pas du XML"):
        server.wfs("2.0.0", layer="*CPTS*")
    server.instead["GetCapabilities"] = OWS_EXCEPTION
    with pytest.raises(DataFileError, match="Accès refusé"):
        server.wfs("2.0.0", layer="*CPTS*")
    server.instead["GetCapabilities"] = BOMB
    with pytest.raises(DataFileError, match="DOCTYPE"):
        server.wfs("2.0.0", layer="*CPTS*")


def test_what_a_service_announces_is_bounded_by_its_source(server: Server) -> None:
    server.announced = tuple(f"GCS:AUTRE_{n}" for n in range(2_000))
    server.most = 10_000
    with pytest.raises(DataFileError, match="10 ko"):
        server.wfs("2.0.0", layer="*CPTS*")


def test_a_collected_wfs_is_what_the_reader_of_perimeters_reads(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "atlasante_cpts.geojson"
    path.write_bytes(server.wfs())
    table = READERS["cpts_perimeters"].table(path, sources()["atlasante_cpts"])
    assert table["cpts"].tolist() == [f"CPTS numéro {n}" for n in range(25)]
    assert table["status"].tolist() == ["validée"] * 25
    assert table.attrs["fields"] == {"cpts": "nom_cpts", "status": "statut", "code_insee": None}


@pytest.mark.parametrize(
    "end", ["", "/", "/query", "/query?where=1%3D1&outFields=*&outSR=4326&f=geojson"]
)
def test_an_arcgis_layer_is_described_counted_then_paged(server: Server, end: str) -> None:
    content = server.arcgis(end)
    assert ids(content) == [f"AMBU_CPTS.{n}" for n in range(25)]
    assert [said["name"] for said in json.loads(content)["cpts_geo_fields"]] == [
        "OBJECTID",
        "nom_cpts",
    ]
    assert server.asked[0] == {"f": "json"}
    assert [query.get("resultOffset") for query in server.asked[2:]] == ["0", "10", "20"]


DEEP = '{"type": "FeatureCollection", "features": ' + "[" * 50_000 + "]" * 50_000 + "}"
HOSTILE = EXCEPTION.replace("InvalidParameterValue", "&#x202e;{{7*7}}&#10;x")
ESRI_ERROR = json.dumps(
    {"error": {"code": 499, "message": "Token Required", "details": ["couche privée"]}}
)


@pytest.mark.parametrize(
    ("request_name", "text", "said"),
    [
        ("DescribeFeatureType", EXCEPTION, ["InvalidParameterValue", "AMBU_CPTS unknown"]),
        ("GetFeature", EXCEPTION, ["InvalidParameterValue", "AMBU_CPTS unknown"]),
        ("GetFeature", OWS_EXCEPTION, ["NoApplicableCode", "Accès refusé"]),
        ("GetFeature", BOMB, ["DOCTYPE, refusé"]),
        ("DescribeFeatureType", BOMB, ["DOCTYPE, refusé"]),
        ("GetFeature", "<!DOCTYPE html><title>Maintenance</title>", ["pas du JSON", "Maintenance"]),
        ("DescribeFeatureType", "<!doctype html>", ["pas du XML"]),
        ("DescribeFeatureType", "<schema/>", ["aucun champ"]),
        ("GetFeature", '{"type": "Feature"}', ["FeatureCollection"]),
        ("GetFeature", "[]", ["objet JSON"]),
        ("GetFeature", "", ["pas du JSON"]),
        ("GetFeature", DEEP, ["JSON imbriqué trop profondément"]),
        ("DescribeFeatureType", HOSTILE, ["code \\u202e{{7*7}}\\nx"]),
    ],
)
def test_a_wfs_that_refuses_as_a_success_is_an_error(
    server: Server, request_name: str, text: str, said: list[str]
) -> None:
    server.instead = {request_name: text}
    with pytest.raises(DataFileError, match=r"Couche non obtenue de 127\.0\.0\.1") as caught:
        server.wfs()
    for words in said:
        assert words in str(caught.value)
    assert all(line.isprintable() for line in str(caught.value).splitlines())


@pytest.mark.parametrize("kind", ["layer", "count", "query"])
@pytest.mark.parametrize(
    ("text", "said"),
    [(ESRI_ERROR, "499 Token Required"), ("<html>Connexion</html>", "pas du JSON")],
)
def test_an_arcgis_that_refuses_as_a_success_is_an_error(
    server: Server, kind: str, text: str, said: str
) -> None:
    server.instead = {kind: text}
    with pytest.raises(DataFileError) as caught:
        server.arcgis()
    assert said in str(caught.value)


def test_a_layer_that_comes_short_is_refused(server: Server, collect: Collect) -> None:
    server.loses = 2
    with pytest.raises(DataFileError, match="23 entités reçues sur 25 annoncées"):
        collect()


def test_a_server_that_sends_the_first_page_for_ever_is_left(
    server: Server, collect: Collect
) -> None:
    server.ignores_start = True
    with pytest.raises(DataFileError, match="toujours la première page"):
        collect()


def test_an_empty_layer_is_refused(server: Server, collect: Collect) -> None:
    server.layer = []
    with pytest.raises(DataFileError, match="vide"):
        collect()


def test_a_server_error_is_said(server: Server, collect: Collect) -> None:
    server.status = 503
    with pytest.raises(DataFileError, match=r"réponse 503 \(panne du serveur\)"):
        collect()


def test_an_unknown_service_is_said(server: Server) -> None:
    with pytest.raises(DataFileError, match="« wms »"):
        server.collect(server.address, "wms")


@pytest.mark.parametrize(
    ("key", "passes", "refuses", "words"),
    [
        ("pages", 3, 2, "couche de plus de 2 pages"),
        ("values", 300, 200, "listes et objets : 200 listes et objets au plus"),
        ("description", max(len(SCHEMA), 500), 100, "de la couche de plus de 100 octets"),
    ],
)
def test_a_layer_is_bounded_on_both_sides(
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    passes: int,
    refuses: int,
    words: str,
) -> None:
    monkeypatch.setitem(LIMITS, key, passes)
    assert len(ids(collect())) == 25
    monkeypatch.setitem(LIMITS, key, refuses)
    with pytest.raises(DataFileError, match=words):
        collect()


def test_size_of_a_layer_is_that_of_all_its_pages(server: Server, collect: Collect) -> None:
    server.most = 4_000  # one page passes, three do not
    with pytest.raises(DataFileError, match="fichier trop gros"):
        collect()
    server.most = 20_000
    assert len(ids(collect())) == 25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"name": "dossier", "layers": []}', "ne décrit aucun champ"),
        ('{"fields": {"name": "x"}}', "ne décrit aucun champ"),
        ('{"fields": ["x", 3]}', "ne décrit aucun champ"),
        ('{"error": {"code": 499, "message": "\\u001b[31m", "details": 5}}', "\\x1b[31m"),
        ('{"error": "\\u202e"}', "\\u202e"),
    ],
)
def test_description_of_another_form_is_a_refusal(server: Server, text: str, said: str) -> None:
    server.instead = {"layer": text}
    with pytest.raises(DataFileError) as caught:
        server.arcgis()
    assert said in str(caught.value)
    assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_half_of_a_character_is_written_as_a_mark(server: Server) -> None:
    server.layer[0]["properties"]["nom_cpts"] = "CPTS \ud800"
    assert json.loads(server.wfs())["features"][0]["properties"]["nom_cpts"] == "CPTS ?"
