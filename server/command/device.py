"""`sojourn device`: an outreach worker's device without a browser, for scripts, training and tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import click

from server.command.contact_form import Line, contact_form, read_lines, sentence
from server.command.files import read_whole, write_whole
from server.command.publishing import present_form
from server.command.referral_file import decode_referrals
from server.command.vault import (
    EXIT_CODES,
    PlainGroup,
    around,
    counted,
    passphrase,
    progress,
    run,
    tell,
    vault_options,
)
from server.forms import Form, example, fields
from sync.client import Asked, Device, Packed, Sent, Status
from sync.client.members import standing
from sync.client.reading import Record
from sync.enrolment import fingerprint
from sync.revisions import Value

_AT_ONCE = 500


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def device() -> None:
    """A worker's device in an encrypted folder: join a programme, add contacts, send them."""


@device.command()
@click.option("--invite", required=True, help="The link that a coordinator gave.")
@vault_options
def join(*, invite: str, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Make a device in a new folder and enter the programme. Cut off, run it again."""
    words = passphrase(passphrase_file, new=not state.exists())

    async def work() -> tuple[Status, str]:
        async with await Device.join(state, words, invite, around(wait)) as joined:
            return await joined.status(), fingerprint(joined.ledger.trust.card)

    status, shown = run(work())
    practice = " It is for practice." if status.practice else ""
    tell(
        as_json,
        {**_told(status), "fingerprint": shown},
        f"Joined “{status.programme}”.{practice} Its fingerprint is {shown}: compare it with the coordinator's.",
        "Contacts can be added and sent now; a coordinator lets the device in for good with the next pull.",
    )


@device.command()
@click.argument("file", type=click.File("rb"))
@vault_options
def add(*, file: BinaryIO, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Add contacts from FILE ("-" for stdin): JSON lines, each an object of field names and values.

    In the form that the programme published last, as far as it was pulled; else in the hub's own. A line that does
    not fit the form is named and left out; the others are saved, encrypted.
    """
    words = passphrase(passphrase_file)
    bad: list[Line] = []

    async def work() -> int:
        added: list[Mapping[str, Value]] = []
        count = 0
        async with await Device.open(state, words, around(wait)) as opened:
            held = await opened.members()
            form = present_form(held, standing(held, opened.ledger.trust, "form"))
            with progress("Adding", None) as advance:
                for line in read_lines(form, file):
                    if line.problems:
                        bad.append(line)
                        continue
                    added.append(line.contact)
                    if len(added) == _AT_ONCE:
                        count += len(await opened.add(added))
                        advance(len(added))
                        added = []
                return count + len(await opened.add(added))

    count = run(work())
    for line in bad:
        for problem in line.problems:
            click.echo(f"line {line.number}: {sentence(problem)}", err=True)
    sentences = [f"{counted(count, 'contact', 'contacts')} added."]
    if bad:
        sentences.append(
            f"{counted(len(bad), 'line was', 'lines were')} left out; correct and add only those."
        )
    tell(as_json, {"added": count, "bad": [_bad(line) for line in bad]}, *sentences)
    if bad:
        raise SystemExit(3)


@device.command(name="form")
@click.option(
    "--example", "number", type=click.IntRange(min=1), help="Print so many made-up contacts as JSON lines."
)
@click.option("--seed", default=0, show_default=True, help="Other seeds make other contacts.")
@click.option(
    "--state", type=click.Path(file_okay=False, path_type=Path), help="Not needed: nothing is opened."
)
@click.option("--json", "as_json", is_flag=True, help="The form as JSON, for scripts.")
def form_(number: int | None, seed: int, state: Path | None, *, as_json: bool) -> None:
    """Print the fields of a contact; with --example, contacts that fit, for training and tests."""
    form = contact_form()
    if number is not None:
        for values in example(form, seed, number):
            click.echo(json.dumps(values, ensure_ascii=False))
        return
    tell(as_json, {"form": form.id, "hash": form.hash, "fields": _fields(form)}, *_field_lines(form))


@device.command()
@vault_options
def push(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Send what waits. What the hub has not acknowledged stays in the folder."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Sent, Status]:
        async with await Device.open(state, words, around(wait)) as opened:
            with progress("Sending", opened.queued) as advance:
                sent = await opened.push(advance)
            return sent, await opened.status()

    _tell_sent(*run(work()), as_json)


def _tell_sent(sent: Sent, status: Status, as_json: bool) -> None:
    done = sent.stored + sent.known
    sentences = [
        f"{counted(done, 'contact is', 'contacts are')} on the hub now; {status.made:,} made so far."
    ]
    if sent.waiting:
        sentences.append(f"{counted(sent.waiting, 'contact waits', 'contacts wait')} in the folder.")
    for item in sent.refused:
        sentences.append(f"Refused and kept aside: {item.kind} {item.name.hex()} ({item.why}).")
    told = {"stored": sent.stored, "known": sent.known, "refused": [_refused(item) for item in sent.refused]}
    tell(as_json, {**_told(status), **told}, *sentences)
    if sent.refused or sent.waiting:
        raise SystemExit(3)


@device.command()
@vault_options
def pull(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Fetch what is new: certificates, what coordinators published, contacts of the same worker's other devices."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[int, Status]:
        async with await Device.open(state, words, around(wait)) as opened:
            with progress("Fetching", None) as advance:
                came = await opened.pull(advance)
            return came, await opened.status()

    came, status = run(work())
    waits = "No coordinator has let this device in yet." if status.provisional else "This device is let in."
    tell(as_json, {**_told(status), "came": came}, f"{counted(came, 'contact', 'contacts')} came. {waits}")


@device.command()
@vault_options
def show(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Show what the coordinators published and was pulled: the form, notices, referral contacts."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Form, list[Record], list[Record]]:
        async with await Device.open(state, words, around(wait)) as opened:
            held, trust = await opened.members(), opened.ledger.trust
            form = present_form(held, standing(held, trust, "form"))
            return form, standing(held, trust, "notice"), standing(held, trust, "referrals")

    form, notices, lists = run(work())
    referrals = [each for record in lists[:1] for each in decode_referrals(record.text("contacts"))]
    tell(
        as_json,
        {
            "form": {"form": form.id, "version": form.version, "hash": form.hash},
            "notices": [{"id": each.record.hex(), "text": each.text("text")} for each in notices],
            "referrals": referrals,
        },
        f"New contacts are written in form {form.id}, version {form.version}.",
        *(f"Notice {each.record.hex()}: {each.text('text')}" for each in notices),
        *("  ".join(part for part in each.values() if part) for each in referrals),
    )


@device.command()
@vault_options
def missing(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Ask whether everything is on the hub, before this folder goes. What is not waits to be sent again."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Asked, Status]:
        async with await Device.open(state, words, around(wait)) as opened:
            return await opened.missing(), await opened.status()

    asked, status = run(work())
    lacking = f"{counted(asked.missing, 'contact is', 'contacts are')} not on the hub: run “device push”."
    aside = (
        f"{counted(status.set_aside, 'item was', 'items were')} refused by the hub and kept in the folder."
    )
    tell(
        as_json,
        {**_told(status), "held": asked.held, "missing": asked.missing, "queued": asked.queued},
        lacking
        if asked.missing
        else f"Everything is on the hub: {counted(asked.held, 'contact', 'contacts')}.",
        *([aside] if status.set_aside else []),
    )
    if asked.missing or status.set_aside:
        raise SystemExit(3)


@device.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@vault_options
def bundle(*, file: Path, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Write what waits to FILE, encrypted as it is, to be carried to the hub where there is no line."""
    words = passphrase(passphrase_file)

    async def work() -> Packed:
        async with await Device.open(state, words, around(wait)) as opened:
            raw, packed = await opened.bundle()
            write_whole(file, raw)
            return packed

    packed = run(work())
    more = f"{counted(packed.left, 'contact has', 'contacts have')} no room in it: they go with the next one."
    tell(
        as_json,
        {"contacts": packed.revisions, "left": packed.left, "pushes": len(packed.bundle.pushes)},
        f"{counted(packed.revisions, 'contact is', 'contacts are')} in {file}. They stay in the folder too.",
        "At the hub, “sojourn bundle import” takes it and writes a receipt to carry back.",
        *([more] if packed.left else []),
    )


@device.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@vault_options
def receipt(*, file: Path, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Take the receipt that came back in FILE: what the hub has is not sent again."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Sent, Status]:
        async with await Device.open(state, words, around(wait)) as opened:
            return await opened.take_receipt(read_whole(file)), await opened.status()

    _tell_sent(*run(work()), as_json)


def _told(status: Status) -> dict[str, Any]:
    return {
        "device": status.device.hex(),
        "programme": status.programme,
        "practice": status.practice,
        "provisional": status.provisional,
        "made": status.made,
        "waiting": status.waiting,
        "set_aside": status.set_aside,
    }


def _bad(line: Line) -> dict[str, Any]:
    return {
        "line": line.number,
        "problems": [
            {"field": problem.field, "code": problem.code, "args": problem.args} for problem in line.problems
        ],
    }


def _refused(item: Any) -> dict[str, str]:
    return {"kind": item.kind, "name": item.name.hex(), "why": item.why}


def _fields(form: Form) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "type": field.type,
            "label": field.label,
            "required": field.required,
            "choices": [choice.name for choice in form.choices.get(field.choices, ())],
        }
        for field in fields(form)
    ]


def _field_lines(form: Form) -> list[str]:
    """`week (text, needed): Week` and the choices below it."""
    shown: list[str] = []
    for field in _fields(form):
        needed = ", needed" if field["required"] else ""
        shown.append(f"{field['name']} ({field['type']}{needed}): {field['label']}")
        if field["choices"]:
            shown.append(f"    {' '.join(field['choices'])}")
    return shown
