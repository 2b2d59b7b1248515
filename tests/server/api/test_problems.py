"""Errors have one shape, on every route and for whatever HTTP itself can get wrong."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.exceptions import HTTPException, InternalServerException, PermissionDeniedException

from server.api.problems import TITLES, FaultError, problem_plugin
from server.logs import JSONLines
from sync.errors import PROBLEMS
from tests.server.api.devices import MSGPACK, Programme, code_of
from tests.server.api.test_roles import operations


def test_every_problem_has_a_title_of_its_own() -> None:
    assert set(PROBLEMS.values()) <= set(TITLES)
    assert len(set(TITLES.values())) == len(TITLES)


def test_the_protocol_lists_every_code_with_its_status() -> None:
    protocol = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
    section = protocol.partition("## 5")[2].partition("## 6")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| (\d{3}) \|", section, re.MULTILINE)
    listed = {(code, int(status)) for codes, status in rows for code in re.findall(r"`([^`]+)`", codes)}
    listed |= {(code, int(status)) for code, status in re.findall(r"`([a-z-]+)` \((\d{3}),", section)}

    assert listed == {(problem.code, problem.status) for problem in TITLES}


def test_every_route_answers_a_wrong_method_with_a_problem(client: httpx.Client) -> None:
    for path in {operation.path.removeprefix("/api/v1") for operation in operations(client)}:
        answer = client.request("PATCH", path.format(programme="x", collection="x", invite="x", address="x"))
        assert code_of(answer) == "wrong-method"
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/programmes", "/programmes/x", "/programmes/x/nothing", "/openapi.json/x", "/"]
)
def test_what_is_not_there_is_unknown(client: httpx.Client, path: str) -> None:
    assert code_of(client.get(path)) == "unknown"


def test_a_wrong_body_is_named_by_its_field(client: httpx.Client) -> None:
    answer = client.post("/token", json={"certificate": {"programme": "AAAA"}})

    assert code_of(answer) == "malformed"
    assert answer.json()["field"] == "$.certificate.programme"


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x81", b"{", b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("media_type", [MSGPACK, "application/json"])
def test_bytes_that_are_no_body_are_malformed(client: httpx.Client, content: bytes, media_type: str) -> None:
    answer = client.post("/token", content=content, headers={"content-type": media_type})

    assert code_of(answer) == "malformed"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_refused(client: httpx.Client, media_type: str) -> None:
    headers = {"content-type": media_type} if media_type else {}

    assert code_of(client.post("/token", content=b"x", headers=headers)) == "wrong-media-type"


def test_a_large_body_is_refused(client: httpx.Client) -> None:
    answer = client.post("/token", content=bytes(2 * 1024 * 1024), headers={"content-type": MSGPACK})

    assert code_of(answer) == "too-large"


def test_problems_are_json_for_whoever_speaks_messagepack(client: httpx.Client) -> None:
    assert code_of(client.get("/programmes/x", headers={"accept": MSGPACK})) == "unknown"


def test_a_missing_token_says_which_kind_is_wanted(programme: Programme) -> None:
    answer = programme.coordinator.client.get(programme.path("/certificates"))

    assert code_of(answer) == "no-token"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("error", [InternalServerException("secret"), ZeroDivisionError("secret")])
def test_a_fault_is_logged_without_what_was_in_it(caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    convert = problem_plugin().config.exception_to_problem_detail_map
    kind = next(each for each in type(error).__mro__ if each in convert)

    answer = convert[kind](error)

    assert answer.status_code == FaultError.status
    assert "secret" not in str(vars(answer))
    lines = [JSONLines().format(record) for record in caplog.records]
    assert [msgspec.json.decode(line)["error"] for line in lines] == [type(error).__name__]
    assert "secret" not in caplog.text + "".join(lines)


def test_litestars_own_refusals_keep_to_our_codes() -> None:
    convert = problem_plugin().config.exception_to_problem_detail_map

    answer = convert[HTTPException](PermissionDeniedException())

    assert answer.status_code in {problem.status for problem in PROBLEMS.values()}
