"""Bodies: a revision's plaintext, padded and sealed under a content key, bound to all else in the revision.

In `members` and `admin` what is sealed is signed by its author first, since whoever may read there holds the
key and could otherwise write as another.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, msgpack

from sync import canonical
from sync.crypto import aead, padding, signing
from sync.crypto.content_keys import key_id
from sync.errors import MalformedError, OpeningError
from sync.identifiers import Signature
from sync.revisions import BODY_LIMIT, Revision


class SignedContent(
    Struct,
    frozen=True,
    kw_only=True,
    array_like=True,
    forbid_unknown_fields=True,
    tag="sojourn/1/signed-content",
):
    """`content` is the encoded plaintext; `signature` its author's, over `signed_message`."""

    content: bytes
    signature: Signature


_signed_decoder = msgpack.Decoder(SignedContent)


def seal_body(
    content_key: bytes,
    collection: bytes,
    record: bytes,
    supersedes: Sequence[bytes],
    content: bytes,
    *,
    tombstone: bool = False,
    chunks: Sequence[bytes] = (),
) -> Revision:
    """A whole revision. content: an encoded plaintext, or encoded signed content.

    Raises MalformedError when the sealed body would pass 64 KiB.
    """
    key = key_id(content_key)
    if padding.padded_length(len(content)) + aead.OVERHEAD > BODY_LIMIT:
        raise MalformedError("body too large")
    associated = _associated(collection, record, supersedes, key, chunks, tombstone=tombstone)
    return Revision(
        record=record,
        supersedes=tuple(supersedes),
        key=key,
        tombstone=tombstone,
        chunks=tuple(chunks),
        body=aead.seal(content_key, padding.pad(content), associated),
    )


def open_body(content_key: bytes, collection: bytes, revision: Revision) -> bytes:
    """The content, unpadded. Raises OpeningError."""
    associated = _associated(
        collection,
        revision.record,
        revision.supersedes,
        revision.key,
        revision.chunks,
        tombstone=revision.tombstone,
    )
    return padding.unpad(aead.open_sealed(content_key, revision.body, associated))


def signed_message(
    collection: bytes,
    record: bytes,
    supersedes: Sequence[bytes],
    *,
    key: bytes,
    content: bytes,
    tombstone: bool = False,
) -> bytes:
    """What an author of `members` or `admin` signs."""
    return canonical.encode(["sojourn/1/signed", collection, record, supersedes, key, tombstone, content])


def sign_content(
    private: signing.SigningPrivateKey,
    collection: bytes,
    record: bytes,
    supersedes: Sequence[bytes],
    *,
    key: bytes,
    content: bytes,
    tombstone: bool = False,
) -> bytes:
    """Encoded signed content, for `seal_body`."""
    message = signed_message(collection, record, supersedes, key=key, content=content, tombstone=tombstone)
    signature = signing.sign(private, message)
    return msgpack.encode(SignedContent(content=content, signature=signature))


def read_signed(raw: bytes) -> SignedContent:
    """What `open_body` gave in `members` or `admin`; not verified yet. Raises OpeningError."""
    try:
        return canonical.decode(_signed_decoder, raw)
    except MalformedError:
        raise OpeningError from None


def verify_signed(
    signed: SignedContent, author_signing_key: bytes, collection: bytes, revision: Revision
) -> None:
    """Raises BadSignatureError."""
    message = signed_message(
        collection,
        revision.record,
        revision.supersedes,
        key=revision.key,
        content=signed.content,
        tombstone=revision.tombstone,
    )
    signing.verify(author_signing_key, signed.signature, message)


def _associated(
    collection: bytes,
    record: bytes,
    supersedes: Sequence[bytes],
    key: bytes,
    chunks: Sequence[bytes],
    *,
    tombstone: bool,
) -> bytes:
    return canonical.encode(["sojourn/1/body", collection, record, supersedes, key, tombstone, chunks])
