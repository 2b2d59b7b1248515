"""`python -m tests.hostile.fuzz -max_total_time=300`: everything that decodes, guided by coverage.

Needs atheris (`pip install atheris`; in no lock, since it has no wheel for every Python that Sojourn runs on). The
options are libFuzzer's. It ends at the first input that raises what is not documented, and writes that input to a file.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["sync", "server"]):
    import msgspec

    from server.api.document import _STRUCTS
    from sync import bundles, canonical, exchange, revisions
    from sync.errors import BundleError, MalformedError, TooLargeError

DECODERS = [msgspec.msgpack.Decoder(kind) for kind in (*_STRUCTS, revisions.Plaintext)]


def one(raw: bytes) -> None:
    for decoder in DECODERS:
        with suppress(MalformedError):
            read = canonical.decode(decoder, raw)
            assert canonical.decode(decoder, msgspec.msgpack.encode(read)) == read
    with suppress(MalformedError):
        revisions.decode_plaintext(raw)
    for encoding in ("msgpack", "json"):
        with suppress(MalformedError, TooLargeError):
            exchange.read_push(raw, encoding, bytes(16), bytes(16))
    # With the trailer that a bundle has to have, so that what is behind it is reached.
    for whole in (raw, bundles._with_trailer(raw)):
        for reading in (bundles.read_receipt, bundles.read_bundle):
            with suppress(BundleError):
                reading(whole)
    with suppress(MalformedError):
        exchange.decode_cursor(raw)


def main() -> None:
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
