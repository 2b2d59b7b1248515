"""Was this clear? Only counts of fixed answers about pages that there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.command import main
from sync import canonical
from tests.hubs import Hub
from tests.server.api.devices import found

GOOD = {"locale": "km", "slug": "papers", "answer": "hard-words"}


@pytest.fixture
def paged_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with one topic's page."""
    page = tmp_path / "data" / "site" / "km" / "topics" / "papers.html"
    page.parent.mkdir(parents=True)
    page.write_text("<!doctype html>", "utf-8")
    hub = Hub(tmp_path / "data")
    hub.start()
    try:
        yield hub
    finally:
        hub.end()


def send(hub: Hub, body: object) -> httpx.Response:
    return httpx.post(f"{hub.url}/api/v1/feedback", json=body, trust_env=False)


def test_answers_are_counted_and_nothing_else_is_kept(paged_hub: Hub) -> None:
    answers = [send(paged_hub, GOOD) for _ in range(3)]
    answers.append(send(paged_hub, {**GOOD, "answer": "clear"}))
    assert [answer.status_code for answer in answers] == [204] * 4
    assert all(answer.content == b"" and "set-cookie" not in answer.headers for answer in answers)

    with sqlite3.connect(paged_hub.database) as connection:
        kept = connection.execute("SELECT * FROM tallies ORDER BY name").fetchall()
    assert kept == [("feedback km papers clear", 1), ("feedback km papers hard-words", 3)]

    told = CliRunner().invoke(main, ["feedback"], env=paged_hub.environment)
    assert told.exit_code == 0
    assert "papers" in told.output
    assert "3" in told.output
    assert (
        "Nobody" in CliRunner().invoke(main, ["feedback", "--locale", "th"], env=paged_hub.environment).output
    )


def test_coordinators_are_told_whole_tens(paged_hub: Hub) -> None:
    with sqlite3.connect(paged_hub.database) as connection:
        connection.executemany(
            "INSERT INTO tallies VALUES (?, ?)",
            [
                ("feedback km papers clear", 29),
                ("feedback km papers hard-words", 10),
                ("feedback km papers too-long", 9),
                ("something else", 99),
            ],
        )
    with httpx.Client(base_url=f"{paged_hub.url}/api/v1", trust_env=False) as client:
        programme = found(paged_hub, client)
        path = f"/programmes/{canonical.to_text(programme.programme)}/feedback"
        headers = {"authorization": f"Bearer {programme.coordinator.token}", "accept": "application/json"}
        told = client.get(path, headers=headers).json()
    page = {"locale": "km", "slug": "papers"}
    assert told == {
        "feedback": [
            {**page, "answer": "clear", "count": 20},
            {**page, "answer": "hard-words", "count": 10},
        ]
    }


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"slug": "nothing-here"}, 404),
        ({"locale": "xx"}, 404),
        ({"slug": "../papers"}, 400),
        ({"answer": "my name is"}, 400),
        ({"text": "my name is"}, 400),
        ({"locale": 1}, 400),
    ],
)
def test_anything_but_a_fixed_answer_about_a_page_is_refused(
    paged_hub: Hub, changed: dict[str, object], status: int
) -> None:
    refused = send(paged_hub, {**GOOD, **changed})
    assert refused.status_code == status
    with sqlite3.connect(paged_hub.database) as connection:
        assert connection.execute("SELECT count(*) FROM tallies").fetchone() == (0,)
