"""The OpenAPI document: complete, true to what the hub does, and hard to break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync import canonical
from sync.identifiers import collection_id, new_id
from tests.hubs import Hub
from tests.server.api.devices import Programme, client_of, found


def test_the_document_says_who_may_and_what_can_go_wrong(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for item in document["paths"].values():
        for operation in item.values():
            problems = {
                status: set(answer["content"])
                for status, answer in operation["responses"].items()
                if status.startswith(("4", "5"))
            }
            assert {"500", "503"} <= set(problems)
            assert set.union(*problems.values()) == {"application/problem+json"}
            assert ("401" in problems) is bool(operation.get("security"))


def test_the_document_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    answer = client.get("/openapi.json")

    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert client.get("").status_code == 404


@pytest.fixture(scope="module")
def fuzzed(lasting_hub: Hub) -> Iterator[Programme]:
    with client_of(lasting_hub) as client:
        yield found(lasting_hub, client)


def test_no_request_that_the_document_allows_breaks_the_hub(fuzzed: Programme) -> None:
    """schemathesis makes the requests: valid, wrong and odd; a coordinator sends them."""
    document = fuzzed.coordinator.client.get("/openapi.json").json()
    places = {
        "programme": canonical.to_text(fuzzed.programme),
        "collection": canonical.to_text(collection_id(fuzzed.programme, "contacts")),
        "invite": canonical.to_text(new_id()),
        "address": canonical.to_text(bytes(32)),
    }
    schema = schemathesis.openapi.from_dict(document)

    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {fuzzed.coordinator.token}"
        session.headers["accept"] = "application/json"
        for operation in schema.get_all_operations():
            assert isinstance(operation, Ok)
            _fuzz(operation.ok(), places, fuzzed.hub, session)


def _fuzz(operation: Any, places: dict[str, str], hub: Hub, session: requests.Session) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        # Every request goes to a hub that remembers: a case made smaller would be another case.
        phases=[Phase.generate],
    )
    def send(case: Any) -> None:
        # Addresses that exist, so that requests come as far as the handlers; and nobody waits.
        case.path_parameters = {name: places[name] for name in case.path_parameters or {}}
        (case.query or {}).pop("wait", None)
        case.media_type = "application/json" if case.media_type else case.media_type
        case.call_and_validate(
            base_url=hub.url,
            session=session,
            headers={"x-forwarded-for": f"10.9.{new_id()[0]}.{new_id()[0]}"},
            timeout=30,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    send()
