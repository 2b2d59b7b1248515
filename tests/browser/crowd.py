"""A programme's workers without browsers, who write contacts by the thousand; every field that they write is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import structs

from server.command.contact_form import contact_form
from server.forms import example
from sync.client import Device
from sync.client.layout import HeldRevision
from sync.client.reading import Keyring, open_revision
from sync.client.state import Batch
from sync.client.writing import Draft, write
from sync.enrolment import invite_link, parse_invite
from sync.merge import Head
from sync.revisions import Value
from tests.sync.client.people import PASSPHRASE, around

Fields = dict[str, Any]
RARE = (("gender", "other", "woman"), ("place", "remote", "border"), ("outcome", "no_place", "accepted"))
"""Answers that few contacts have, with what most of those have instead: a report has small numbers to hide."""


def made_up(number: int, seed: int, weeks: Sequence[str]) -> list[Fields]:
    """Contacts that fit the hub's own form; the same for the same arguments."""
    form, drawn = contact_form(), random.Random(seed)
    contacts: list[Fields] = []
    for values in example(form, seed, number):
        made: Fields = {**values, "week": drawn.choice(weeks)}
        for question, few, many in RARE:
            if made.get(question) == few and drawn.random() < 0.98:
                made[question] = many
        contacts.append(made)
    return contacts


async def join(folder: Path, link: str) -> Device:
    return await Device.join(folder, PASSPHRASE, link, around())


async def join_with_a_changed_link(folder: Path, link: str) -> Device:
    """Lets the hub in, whom the invite's claim is enough, and no coordinator, who knows how long it was good for."""
    invite = parse_invite(link)
    return await join(folder, invite_link(structs.replace(invite, expiry=invite.expiry + 1)))


async def write_and_send(device: Device, contacts: Sequence[Fields]) -> list[bytes]:
    """The ids of their records."""
    await device.pull()
    records = await device.add([as_kept(each) for each in contacts])
    await device.push()
    return records


async def lose(device: Device, contacts: Sequence[Fields], lost: slice) -> None:
    """Writes contacts and sends them, but for some, which go nowhere: what a hub that hides them makes of it."""
    await device.pull()
    await device.add([as_kept(each) for each in contacts])
    waiting = [number async for number, each in device.ledger.outbox("contacts") if each.kind == "revision"]
    batch = Batch()
    for number in waiting[-len(contacts) :][lost]:
        batch.drop(device.ledger.state.address("outbox", "contacts", number))
    await device.ledger.commit(batch)
    await device.push()


async def change_on_two_phones(
    one: Device, other: Device, contact: Fields, first: Value, second: Value
) -> None:
    """A contact whose area each of two phones of one worker changes, neither knowing of the other's change."""
    (record,) = await write_and_send(one, [contact])
    await other.pull()
    for phone, place in ((one, first), (other, second)):
        draft = Draft(record=record, changes={"place": place}, heads=(await _head(phone, record),))
        await write(phone.ledger, "contacts", [draft], week=phone.week())
    for phone in (one, other):
        await phone.push()


def as_kept(contact: Fields) -> dict[str, Value]:
    form = _form_named()
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in contact.items()}
    return {**values, **form}


@cache
def _form_named() -> dict[str, Value]:
    form = contact_form()
    return {"form": form.id, "form_hash": form.hash}


async def _head(device: Device, record: bytes) -> Head:
    """Of a contact that was written once."""
    ring = Keyring(device.ledger, "contacts")
    async for row in device.ledger.scan():
        if isinstance(row, HeldRevision) and row.revision.record == record:
            key = await ring.get(row.revision.key)
            assert key is not None
            return open_revision(device.ledger, row, key).head
    raise AssertionError("not on this device")
