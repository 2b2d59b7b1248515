"""The hub's pack key: ECDSA P-256, made once in the data folder, and the chain from keys it had before.

`pack-key.pem` is the private key (mode 0600). `pack-key.succession` holds, as MessagePack, the list of
`[key, signature]` of docs/packs.md: it is written by whoever replaces the key, and empty until then.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from server.errors import SiteError

KEY_FILE = "pack-key.pem"
SUCCESSION_FILE = "pack-key.succession"
SUCCESSOR_LABEL = "sojourn/1/pack-key"
SCALAR_BYTES = 32

Succession = list[tuple[bytes, bytes]]


class PackKey(msgspec.Struct, frozen=True, kw_only=True):
    private: ec.EllipticCurvePrivateKey
    succession: Succession

    @property
    def public(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return public_bytes(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each, as WebCrypto has them."""
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(SCALAR_BYTES) + s.to_bytes(SCALAR_BYTES)


def load_key(data: Path) -> PackKey:
    """The key of a data folder, made at the first call."""
    path = data / KEY_FILE
    if not path.exists():
        _write_key(path, ec.generate_private_key(ec.SECP256R1()))
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), None)
    except ValueError as error:
        raise SiteError(f"{path}: cannot be read as a key") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise SiteError(f"{path}: is no P-256 key")
    chain = _load_succession(data / SUCCESSION_FILE)
    # A chain that does not end here was left by a replacement that was cut short: the old key goes on.
    ends = [at for at, (public, _) in enumerate(chain, 1) if public == public_bytes(private.public_key())]
    return PackKey(private=private, succession=chain[: ends[-1]] if ends else [])


def replace_key(data: Path) -> PackKey:
    """Makes a successor, signed by the present key, so that readers who know that one take the new one."""
    old = load_key(data)
    new = ec.generate_private_key(ec.SECP256R1())
    public = public_bytes(new.public_key())
    signature = old.sign(msgspec.msgpack.encode([SUCCESSOR_LABEL, public]))
    succession = [*old.succession, (public, signature)]
    coming = data / f"{KEY_FILE}.new"
    coming.unlink(missing_ok=True)
    _write_key(coming, new)
    (data / SUCCESSION_FILE).write_bytes(msgspec.msgpack.encode(succession))
    coming.replace(data / KEY_FILE)
    return load_key(data)


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def _load_succession(path: Path) -> Succession:
    return msgspec.msgpack.decode(path.read_bytes(), type=Succession) if path.exists() else []
