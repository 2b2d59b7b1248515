"""docs/formats.md, section 1: derivation, AES-GCM, padding, signatures, HPKE, ids."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256, shake_256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.formats.messagepack import RefusedError, Value, encode

LEAST = 512


def derived(secret: bytes, info: str, length: int = 32) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=info.encode("ascii")).derive(secret)


def unsealed(key: bytes, sealed: bytes, aad: Value) -> bytes:
    """Raises RefusedError where key, bytes or `aad` are not those of the sealing."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], encode(aad))
    except (InvalidTag, ValueError) as error:
        raise RefusedError("does not open") from error


def padded_length(length: int) -> int:
    marked = length + 1
    exponent = marked.bit_length() - 1
    unit = 1 << max(exponent - exponent.bit_length(), 0)
    return max(LEAST, -(-marked // unit) * unit)


def unpadded(padded: bytes) -> bytes:
    marked = padded.rstrip(b"\0")
    if not marked.endswith(b"\x80") or padded_length(len(marked) - 1) != len(padded):
        raise RefusedError("not padded as it should be")
    return marked[:-1]


def verify(signing_key: bytes, signature: bytes, message: Value) -> None:
    """Raises RefusedError unless `signature` is by `signing_key` over the encoded `message`."""
    if len(signing_key) != 65 or len(signature) != 64:
        raise RefusedError("no key, or no signature")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signing_key)
        key.verify(encode_dss_signature(r, s), encode(message), ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise RefusedError("another's signature, or another message") from error


def unsealed_by_hpke(seed: bytes, sealed: bytes, info: Value) -> bytes:
    """seed: X-Wing's 32 bytes."""
    kem, x25519 = _xwing(seed)
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    try:
        return suite.decrypt(sealed, MLKEM768X25519PrivateKey(kem, x25519), encode(info))
    except (InvalidTag, ValueError) as error:
        raise RefusedError("does not open") from error


def sealing_key_of(seed: bytes) -> bytes:
    kem, x25519 = _xwing(seed)
    return kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _xwing(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def from_base64url(encoded: str) -> bytes:
    try:
        decoded = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError as error:
        raise RefusedError("no base64url") from error
    if urlsafe_b64encode(decoded).decode().rstrip("=") != encoded:
        raise RefusedError("no base64url")
    return decoded


def collection_id(programme: bytes, name: str) -> bytes:
    return sha256(encode(["sojourn/1/collection", programme, name])).digest()[:16]


def key_id(content_key: bytes) -> bytes:
    return derived(content_key, "sojourn/1/key-id", 16)


def id_of(public_key: bytes) -> bytes:
    """Of a device, from its signing key; of a programme as a recipient, from its sealing key."""
    return sha256(public_key).digest()[:16]
