"""Every endpoint of the OpenAPI document, with every kind of token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import httpx
import pytest

from sync import canonical
from sync.errors import PROBLEMS
from sync.identifiers import collection_id, new_id
from tests.hubs import Hub
from tests.server.api.devices import Programme, code_of, found

Codes = dict[str, str | None]

# What each operation answers to whom; None: it lets them in. A new endpoint must be added here.
PUBLIC = {
    "health",
    "ready",
    "programmeName",
    "feedback",
    "convertForm",
    "found",
    "enrol",
    "challenge",
    "token",
    "backupOffer",
}
ANYONE: Codes = {
    "none": None,
    "wrong": None,
    "revoked": None,
    "provisional": None,
    "stranger": None,
    "worker": None,
    "relay": None,
}
OUTSIDERS: Codes = {
    "none": "no-token",
    "wrong": "wrong-token",
    "revoked": "revoked",
    "stranger": "wrong-collection",
}
MEMBERS: Codes = {**OUTSIDERS, "provisional": None, "worker": None, "relay": None}
CERTIFIED: Codes = {**MEMBERS, "provisional": "wrong-role"}
COORDINATORS: Codes = {**CERTIFIED, "worker": "wrong-role", "relay": "wrong-role"}
HANDING_ON: Codes = {**COORDINATORS, "relay": None}
NOBODY: Codes = {**OUTSIDERS, **dict.fromkeys(("provisional", "worker", "relay"), "wrong-collection")}
BEARERS: Codes = {**ANYONE, "none": "no-token"}
STRANGERS: Codes = dict.fromkeys(ANYONE, "wrong-token")
EXPECTED: dict[str, Codes] = {
    **dict.fromkeys(PUBLIC, ANYONE),
    "certificates": MEMBERS,
    "certify": HANDING_ON,
    "openInvites": HANDING_ON,
    "registerInvite": COORDINATORS,
    "pendingEnrolments": COORDINATORS,
    "heardDevices": COORDINATORS,
    "feedbackCounts": COORDINATORS,
    "push": MEMBERS,
    "pull": CERTIFIED,
    "missing": MEMBERS,
    "audit": CERTIFIED,
    # Chunks are for personal backups; what is in the address here is a programme's collection.
    **dict.fromkeys(("putChunk", "hasChunk", "chunk"), NOBODY),
    "makeBackup": {**STRANGERS, "none": "no-token"},
    **dict.fromkeys(("backup", "deleteBackup"), BEARERS),
}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    name: str
    secured: bool


def operations(client: httpx.Client) -> list[Operation]:
    document = client.get("/openapi.json").json()
    return [
        Operation(method.upper(), path, operation["operationId"], bool(operation.get("security")))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


@pytest.fixture
def tokens(lasting_hub: Hub, client: httpx.Client, programme: Programme) -> dict[str, str]:
    revoked = programme.join()
    programme.certify(revoked, 2, revoked=True)
    return {
        "none": "",
        "wrong": canonical.to_text(secrets.token_bytes(32)),
        "revoked": revoked.token,
        "provisional": programme.enrol().token,
        "stranger": found(lasting_hub, client).coordinator.token,
        "worker": programme.join().token,
        "relay": programme.join("relay").token,
    }


def test_every_endpoint_lets_in_whom_it_should(
    client: httpx.Client, programme: Programme, tokens: dict[str, str]
) -> None:
    found_operations = operations(client)
    assert {operation.name for operation in found_operations} == set(EXPECTED)
    places = {
        "programme": canonical.to_text(programme.programme),
        "collection": canonical.to_text(collection_id(programme.programme, "contacts")),
        "invite": canonical.to_text(new_id()),
        "address": canonical.to_text(bytes(32)),
    }
    wrong: list[str] = []
    for operation in found_operations:
        assert operation.secured is (operation.name not in PUBLIC), operation
        path = operation.path.removeprefix("/api/v1").format(**places)
        for who, expected in EXPECTED[operation.name].items():
            headers = {"authorization": f"Bearer {tokens[who]}"} if tokens[who] else {}
            answer = client.request(operation.method, path, headers=headers)
            got = code_of(answer) if answer.status_code in (401, 403) and operation.method != "HEAD" else None
            if operation.method == "HEAD" and expected is not None:
                got = expected if answer.status_code == PROBLEMS[expected].status else None
            if got != expected:
                wrong.append(f"{operation.name} to {who}: {got or answer.status_code}, not {expected}")
    assert wrong == []


@pytest.mark.parametrize("name", ["members", "admin"])
def test_a_programmes_other_collections_keep_outsiders_out(
    programme: Programme, tokens: dict[str, str], name: str
) -> None:
    workers = None if name == "members" else "wrong-role"
    expected = {**OUTSIDERS, "provisional": "wrong-role", "worker": workers, "relay": None}
    collection = canonical.to_text(collection_id(programme.programme, name))  # type: ignore[arg-type]  # one of three
    client = programme.coordinator.client
    for who, code in expected.items():
        headers = {"authorization": f"Bearer {tokens[who]}"} if tokens[who] else {}
        for method in ("GET", "POST"):
            answer = client.request(method, f"/collections/{collection}/changes", headers=headers)
            assert (code_of(answer) if answer.status_code in (401, 403) else None) == code, (who, method)


@pytest.mark.parametrize("value", ["Basic abc", "Bearer", "Bearer not base64!", "bearer " + "A" * 9000])
def test_what_is_no_bearer_token_is_refused(programme: Programme, value: str) -> None:
    worker = programme.join()

    answer = worker.client.get(worker.collection("contacts"), headers={"authorization": value})

    assert answer.status_code in (401, 431)
