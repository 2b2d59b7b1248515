"""ECDSA over P-256 with SHA-256; a signature is r‖s, 64 bytes, as WebCrypto writes it.

Nonces are derived (RFC 6979): a bad random number never gives a key away, and vectors can be made again.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from sync.errors import BadSignatureError, MalformedError

_CURVE = ec.SECP256R1()

SigningPrivateKey = ec.EllipticCurvePrivateKey


def new_private_key() -> SigningPrivateKey:
    return ec.generate_private_key(_CURVE)


def public_key(private: SigningPrivateKey) -> bytes:
    """Uncompressed point, 65 bytes."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign(private: SigningPrivateKey, message: bytes) -> bytes:
    der = private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Raises BadSignatureError, also for a public key that is no point of the curve."""
    if len(signature) != 64 or len(public) != 65:
        raise BadSignatureError
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        raise BadSignatureError from None


def private_to_bytes(private: SigningPrivateKey) -> bytes:
    """PKCS#8 DER, for the inside of a vault or of a sealed record."""
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def private_from_bytes(raw: bytes) -> SigningPrivateKey:
    """Raises MalformedError for anything but a P-256 key in PKCS#8 DER."""
    try:
        key = load_der_private_key(raw, password=None)
    except (ValueError, TypeError):
        raise MalformedError("not a private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MalformedError("not a P-256 key")
    return key
