"""`sojourn coordinator`: a programme's coordinator without a browser."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import segno

from server.command import contact_lines, device_lines
from server.command.exporting import export
from server.command.importing import import_
from server.command.publishing import form, known_forms, notice, referrals
from server.command.reporting import report, threshold
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
from server.forms import Form
from sync.client import Coordinator, Fetched, Overview, Rotated, Status
from sync.enrolment import Certificate, Invite, fingerprint, invite_link
from sync.identifiers import Role

PREFIX_LENGTH = 4
"""Hex digits that name a device at least, if only one begins so."""

OLD_KEYS = (
    "Whoever left can still read what was sent before, where they have a copy of it: nothing can take that back. "
    "Phones follow the new keys with their next connection. Compare the new fingerprint with the workers."
)
PUBLISHED_GOES = (
    "Forms, notices and referral contacts that this coordinator published are shown on no phone any more: publish "
    "them again."
)


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def coordinator() -> None:
    """Hold a programme's key in an encrypted folder: invite, let in, revoke, read, export, publish."""


for command in (export, form, import_, notice, referrals, report, threshold):
    coordinator.add_command(command)


@coordinator.command()
@click.option("--invite", required=True, help="The link of “programme create”, or of another coordinator.")
@vault_options
def init(*, invite: str, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Make the programme's keys in a new folder, or join its coordinators. Cut off, run it again.

    Whoever has the folder and the passphrase can read every contact. There is no other copy of the first
    coordinator's keys until a second coordinator is let in: keep a backup of the folder.
    """
    words = passphrase(passphrase_file, new=not state.exists())

    async def work() -> tuple[Status, str]:
        async with await Coordinator.start(state, words, invite, around(wait)) as started:
            return await started.status(), fingerprint(started.ledger.trust.card)

    status, shown = run(work())
    told = {
        "device": status.device.hex(),
        "programme": status.programme,
        "practice": status.practice,
        "provisional": status.provisional,
        "fingerprint": shown,
    }
    waits = "Another coordinator lets this one in with the next pull; pull here after that."
    done = "Invite a worker with “sojourn coordinator invite --role worker”."
    tell(
        as_json,
        told,
        f"Coordinator of “{status.programme}”. Its fingerprint is {shown}: workers see the same.",
        waits if status.provisional else done,
    )


@coordinator.command()
@click.option("--role", required=True, type=click.Choice(["worker", "coordinator", "relay"]))
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 365), help="How long it is good."
)
@click.option(
    "--beside", default="", help="A device of the same worker: both read and change the same contacts."
)
@vault_options
def invite(
    *,
    role: Role,
    days: int,
    beside: str,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Print a link and its QR code that let one device in, once. Better shown than sent."""
    words = passphrase(passphrase_file)

    async def work() -> Invite:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            return await opened.invite(role, days=days, lane=_lane_of(beside, opened.devices()))

    made = run(work())
    link = invite_link(made)
    until = datetime.fromtimestamp(made.expiry, UTC).date().isoformat()
    told = {"link": link, "invite": made.invite.hex(), "role": role, "expires": made.expiry}
    whose = "one relay" if role == "relay" else f"one {role}'s device"
    tell(as_json, told, _qr(link), link, "", f"For {whose}, once, until {until}.")


@coordinator.command()
@vault_options
def devices(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """List the devices, how far each has counted, and what is missing or counted twice."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[list[Certificate], Overview]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            return opened.devices(), await opened.overview()

    certificates, seen = run(work())
    listed = device_lines.listed(certificates, seen)
    tell(as_json, {"devices": listed}, *(device_lines.line_of(each) for each in listed))


@coordinator.command()
@click.argument("device")
@vault_options
def revoke(*, device: str, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Put a device out: DEVICE is its id, or its beginning, from “devices”. This cannot be taken back.

    With a coordinator's device the programme's keys are changed, as by “rotate”. Cut off, run it again.
    """
    words = passphrase(passphrase_file)

    async def work() -> tuple[Certificate, Rotated | None]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            await opened.fetch()
            named = _named(device, opened.devices())
            if named.role != "coordinator":
                return await opened.revoke(named.device), None
            with progress("Sealing keys", None) as advance:
                rotated = await opened.rotate(out=[named.device], progress=advance)
            return rotated.out[0], rotated

    revoked, rotated = run(work())
    told = {"device": revoked.device.hex(), "last_counter": revoked.last_counter}
    if rotated is None:
        tell(
            as_json,
            told,
            f"Revoked {revoked.device.hex()}. Its contacts up to number {revoked.last_counter} stand; "
            "later ones are marked.",
        )
        return
    tell(as_json, {**told, **_rotated(rotated)}, f"Revoked {revoked.device.hex()}.", *_rotated_lines(rotated))
    click.echo(f"{OLD_KEYS}\n{PUBLISHED_GOES}", err=True)


@coordinator.command()
@vault_options
def rotate(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Change the programme's keys: where somebody who left may hold them. Cut off, run it again.

    Invites that nobody used yet let nobody in any more. “revoke” of a coordinator's device does this by itself.
    """
    words = passphrase(passphrase_file)

    async def work() -> Rotated:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            with progress("Sealing keys", None) as advance:
                return await opened.rotate(progress=advance)

    rotated = run(work())
    tell(as_json, _rotated(rotated), *_rotated_lines(rotated))
    click.echo(OLD_KEYS, err=True)


@coordinator.command()
@vault_options
def pull(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Fetch what is new, and let in the devices that enrolled with an invite of this programme."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Fetched, bool]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            with progress("Fetching", None) as advance:
                fetched = await opened.fetch(advance)
            return fetched, opened.session.provisional

    fetched, provisional = run(work())
    told = {
        "contacts": fetched.contacts,
        "certified": [each.hex() for each in fetched.certified],
        "refused": [{"device": each.device.hex(), "why": each.why} for each in fetched.refused],
        "provisional": provisional,
    }
    sentences = [f"{counted(fetched.contacts, 'contact', 'contacts')} came."]
    sentences += [f"Let in: {each.hex()}." for each in fetched.certified]
    sentences += [f"Not let in: {each.device.hex()} ({each.why})." for each in fetched.refused]
    if provisional:
        sentences = ["Another coordinator has not let this one in yet."]
    tell(as_json, told, *sentences)
    if fetched.refused:
        raise SystemExit(3)


@coordinator.command()
@vault_options
def show(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Show the contacts that were fetched, each as a short list."""
    words = passphrase(passphrase_file)

    async def work() -> tuple[Overview, dict[str, Form]]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            return await opened.overview(), known_forms(await opened.members())

    seen, known = run(work())
    told = {
        "contacts": [contact_lines.told_of(each, known) for each in seen.contacts],
        "unreadable": seen.unreadable,
    }
    sentences = [line for each in seen.contacts for line in contact_lines.lines_of(each, known)]
    tell(as_json, told, *sentences, contact_lines.total_of(seen))


def _lane_of(device: str, certificates: Sequence[Certificate]) -> bytes | None:
    if not device:
        return None
    found = [each.lane for each in certificates if each.device.hex() == device and not each.revoked]
    if not found:
        raise click.BadParameter("no such device: `coordinator devices` lists them", param_hint="--beside")
    return found[0]


def _named(device: str, certificates: Sequence[Certificate]) -> Certificate:
    named = [each for each in certificates if each.device.hex().startswith(device.lower())]
    if len(device) < PREFIX_LENGTH or len(named) != 1:
        raise click.UsageError(f"{counted(len(named), 'device begins', 'devices begin')} with “{device}”.")
    return named[0]


def _rotated(rotated: Rotated) -> dict[str, Any]:
    return {
        "generation": rotated.card.generation,
        "fingerprint": fingerprint(rotated.card),
        "resealed": rotated.resealed,
        "invites_ended": rotated.invites,
        "unvouched": [each.hex() for each in rotated.unvouched],
    }


def _rotated_lines(rotated: Rotated) -> list[str]:
    lines = [
        f"The programme has new keys. Their fingerprint is {fingerprint(rotated.card)}: workers see the same.",
        f"{counted(rotated.resealed, 'content key', 'content keys')} sealed to them.",
    ]
    if rotated.invites:
        over = counted(rotated.invites, "invite that nobody used is", "invites that nobody used are")
        lines.append(f"{over} over: make new ones.")
    if rotated.unvouched:
        lines.append("These devices stay, though nobody who stays let them in. Put out what you do not know:")
        lines += [f"  {each.hex()}" for each in rotated.unvouched]
    return lines


def _qr(link: str) -> str:
    drawn = io.StringIO()
    segno.make(link, error="l", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()
