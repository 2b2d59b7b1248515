"""`sojourn coordinator form`, `notice` and `referrals`: what coordinators publish to their workers' phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from server.command.contact_form import contact_form
from server.command.referral_file import encode_referrals, read_referrals
from server.command.vault import (
    EXIT_CODES,
    PlainGroup,
    around,
    counted,
    passphrase,
    run,
    tell,
    vault_options,
)
from server.forms import Form, Publication, parse_content, parse_publication
from server.forms.pointing import pointed_out
from sync.client import Coordinator
from sync.client.members import (
    Kind,
    form_fields,
    forms,
    notice_fields,
    published,
    referrals_fields,
    standing,
)
from sync.client.reading import Record
from sync.errors import MalformedError
from sync.revisions import Value

PREFIX_LENGTH = 4
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TOO_LARGE = "This is too large: what is published at once must fit into 64 KiB. Nothing was published."


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def form() -> None:
    """The programme's own contact form, in as many versions as were published."""


@form.command(name="publish")
@click.argument("file", type=_FILE)
@click.option("--language", default="en", show_default=True, help="Of labels that do not say their language.")
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="FIELD=WHY",
    help="Why a question is asked whose answers could tell who somebody is; once for each of them.",
)
@vault_options
def publish_form(
    *,
    file: Path,
    language: str,
    reasons: tuple[str, ...],
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Send the form in FILE (XLSForm as .xlsx or .csv, or our .json) to all phones: new contacts are written in it.

    What was begun in another version goes on in that one.
    """
    read = parse_publication(file, language)
    texts = {**_texts(read), **_reasons(read, reasons)}
    fields = form_fields(read.form.id, read.form.hash, read.form.version, read.content, texts)
    words = passphrase(passphrase_file)

    def same(held: list[Record]) -> list[Record]:
        before = forms(held).get(read.form.hash)
        return [] if before is None else [before]

    record = run(_publish(state, words, wait, fields, same))
    told = {"id": record.hex(), "form": read.form.id, "version": read.form.version, "hash": read.form.hash}
    tell(
        as_json,
        told,
        f"Published form {read.form.id}, version {read.form.version}. "
        "Phones have it after their next connection.",
    )


@form.command(name="list")
@vault_options
def list_forms(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """List the versions that were published, the newest first: that one is used for new contacts."""
    shown = run(_shown(state, passphrase(passphrase_file), wait, "form"))
    listed = [
        {
            "id": record.record.hex(),
            "form": record.text("form"),
            "version": record.text("version"),
            "hash": record.text("form_hash"),
            "published": published(record),
        }
        for record in shown
    ]
    lines = [
        f"{each['id']}  {_day(published(record))}  {each['form']}, version {each['version']}"
        for each, record in zip(listed, shown, strict=True)
    ]
    tell(as_json, {"forms": listed}, *(lines or ["No form was published: phones use the hub's own."]))


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def notice() -> None:
    """Short texts that workers see under their programme."""


@notice.command(name="publish")
@click.option("--text", help="The text itself.")
@click.option("--file", type=_FILE, help="A file that has it, in UTF-8.")
@vault_options
def publish_notice(
    *,
    text: str | None,
    file: Path | None,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Show a text on all phones, until it is withdrawn. No phone makes a sound for it."""
    if (text is None) == (file is None):
        raise click.UsageError("Give the notice with --text, or with --file.")
    try:
        said = (text or "" if file is None else file.read_text(encoding="utf-8-sig")).strip()
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not a text in UTF-8.") from None
    if not said:
        raise click.UsageError("The notice is empty.")

    def same(held: list[Record]) -> list[Record]:
        return [each for each in held if each.value("type") == "notice" and each.text("text") == said]

    words = passphrase(passphrase_file)
    record = run(_publish(state, words, wait, notice_fields(said), same))
    tell(as_json, {"id": record.hex()}, f"Published notice {record.hex()}.")


@notice.command(name="list")
@vault_options
def list_notices(*, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """List the notices that phones show, the newest first."""
    shown = run(_shown(state, passphrase(passphrase_file), wait, "notice"))
    listed = [
        {"id": each.record.hex(), "published": published(each), "text": each.text("text")} for each in shown
    ]
    lines = [f"{each.record.hex()}  {_day(published(each))}  {each.text('text')}" for each in shown]
    tell(as_json, {"notices": listed}, *(lines or ["There are no notices."]))


@notice.command()
@click.argument("id_", metavar="ID")
@vault_options
def withdraw(*, id_: str, state: Path, passphrase_file: Path | None, wait: float, as_json: bool) -> None:
    """Take a notice off all phones: ID is its id, or its beginning, from “notice list”."""

    async def work() -> bytes:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            await opened.fetch()
            held = await opened.members()
            named = [
                each
                for each in held
                if each.value("type") == "notice"
                and not each.merged.deleted
                and each.record.hex().startswith(id_.lower())
            ]
            if len(id_) < PREFIX_LENGTH or len(named) != 1:
                raise click.UsageError(
                    f"{counted(len(named), 'notice begins', 'notices begin')} with “{id_}”."
                )
            await opened.withdraw(named[0])
            return named[0].record

    words = passphrase(passphrase_file)
    record = run(work())
    tell(
        as_json, {"id": record.hex()}, f"Withdrawn: {record.hex()}. Phones drop it at their next connection."
    )


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def referrals() -> None:
    """The programme's own contacts: whom workers may send people to."""


@referrals.command(name="publish")
@click.argument("file", type=_FILE)
@vault_options
def publish_referrals(
    *, file: Path, state: Path, passphrase_file: Path | None, wait: float, as_json: bool
) -> None:
    """Send the list in FILE to all phones, in place of the one before.

    CSV with the columns service, kind, area, phone, hours, note; or TOML with a [[contact]] for each. “kind” is
    best a choice of the form's question “referral_type”.
    """
    read = read_referrals(file)

    def before(held: list[Record]) -> list[Record]:
        return [each for each in held if each.value("type") == "referrals" and not each.merged.deleted]

    words = passphrase(passphrase_file)
    record = run(_publish(state, words, wait, referrals_fields(encode_referrals(read)), before))
    told = {"id": record.hex(), "contacts": len(read)}
    tell(as_json, told, f"Published {counted(len(read), 'contact', 'contacts')}.")


def published_forms(held: list[Record]) -> dict[str, Form]:
    """Every version that this client can read, by hash."""
    read = {name: parse_content(record.text("content")) for name, record in forms(held).items()}
    return {name: form for name, form in read.items() if form is not None and form.hash == name}


def known_forms(held: list[Record]) -> dict[str, Form]:
    """The hub's own form and all that were published, by hash."""
    own = contact_form()
    return {own.hash: own, **published_forms(held)}


def present_form(held: list[Record], shown: list[Record]) -> Form:
    """What new contacts are written in: the newest one published that this client can read, or the hub's own."""
    known = published_forms(held)
    newest = [known[each.text("form_hash")] for each in shown if each.text("form_hash") in known]
    return newest[0] if newest else contact_form()


async def _publish(
    state: Path,
    words: str,
    wait: float,
    fields: dict[str, Value],
    replaced: Callable[[list[Record]], list[Record]],
) -> bytes:
    """Fetches first, so that the key is sealed to the devices of now, and to no other."""
    async with await Coordinator.open(state, words, around(wait)) as opened:
        await opened.fetch()
        held = [each for each in await opened.members() if not each.merged.deleted]
        try:
            return await opened.publish(fields, replaces=replaced(held))
        except MalformedError as error:
            raise click.ClickException(_TOO_LARGE) from error


async def _shown(state: Path, words: str, wait: float, kind: Kind) -> list[Record]:
    async with await Coordinator.open(state, words, around(wait)) as opened:
        return standing(await opened.members(), opened.ledger.trust, kind)


def _texts(read: Publication) -> dict[str, str]:
    """What a phone needs to show the form in its reader's language."""
    standard = contact_form()
    texts = {"language": read.language}
    if read.texts:
        texts["texts"] = msgspec.json.encode(read.texts, order="sorted").decode()
    if placed := read.placed(standard):
        texts |= {"standard": standard.hash, "placed": placed}
    return texts


def _reasons(read: Publication, given: tuple[str, ...]) -> dict[str, str]:
    """Why each question is asked that could tell who somebody is (security rule 4)."""
    written = {name.strip(): why.strip() for name, _, why in (each.partition("=") for each in given)}
    needed = [each.field for each in pointed_out(read)]
    if missing := [name for name in needed if not written.get(name)]:
        raise click.UsageError(
            "The answers to these questions could tell who somebody is. Take them out, or say why each is asked: "
            + " ".join(f'--reason {name}="…"' for name in missing)
        )
    kept = {name: written[name] for name in needed}
    return {"reasons": msgspec.json.encode(kept, order="sorted").decode()} if kept else {}


def _day(seconds: int) -> str:
    """A clock that runs far ahead, or a coordinator who means harm, can date beyond all years."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "(no day)"
