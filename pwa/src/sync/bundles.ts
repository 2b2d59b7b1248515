/** The push messages in a file, carried by any means where no line is (docs/protocol.md, section 6). */
import * as msgpack from "@msgpack/msgpack";

import { type Bytes, concat, equal } from "./bytes.ts";
import { decode, encode, sha256 } from "./canonical.ts";
import { sign } from "./crypto/signing.ts";
import { bytes, hash, id, labelled, list, tuple } from "./decoding.ts";
import type { Certificate, Enrolment } from "./enrolment.ts";
import { MalformedError } from "./errors.ts";
import { decodePushed, type Push, type Pushed } from "./exchange.ts";

export const BUNDLE_LIMIT = 64 * 1024 * 1024;

/** What one device has to hand over. `enrolment` until it has a `certificate`. */
export interface Bundle {
  readonly programme: Bytes;
  readonly device: Bytes;
  readonly enrolment: Enrolment | undefined;
  readonly certificate: Certificate | undefined;
  /** In the order in which they are to be taken. */
  readonly pushes: readonly (readonly [collection: Bytes, push: Push])[];
}

/** What an import wrote. Nothing proves who wrote it: worth no more than a relay's receipt. */
export interface BundleReceipt {
  /** The trailer of the bundle that it is for. */
  readonly bundle: Bytes;
  readonly programme: Bytes;
  readonly device: Bytes;
  readonly receipts: readonly (readonly [collection: Bytes, pushed: Pushed])[];
}

/** The file: content, the device's signature, and the hash of both. */
export async function encodeBundle(bundle: Bundle, privateKey: CryptoKey): Promise<Bytes> {
  const { programme, device, enrolment, certificate, pushes } = bundle;
  const content = encode([
    "sojourn/1/bundle",
    programme,
    device,
    enrolment === undefined ? null : packed(enrolment),
    certificate === undefined ? null : packed(certificate),
    pushes.map(([collection, push]) => [collection, packed(push)]),
  ]);
  const message = encode(["sojourn/1/bundle-signed", await sha256(content)]);
  const signed = concat(content, await sign(privateKey, message));
  return concat(signed, await sha256(signed));
}

/** Throws MalformedError for a cut or changed file, before anything is read from it. */
export async function decodeBundleReceipt(file: Bytes): Promise<BundleReceipt> {
  const content = file.slice(0, -32);
  if (file.length < 32 || !equal(await sha256(content), file.slice(-32))) {
    throw new MalformedError("$", "a whole file");
  }
  const [bundle, programme, device, receipts] = labelled(
    decode(content),
    "sojourn/1/bundle-receipt",
    4,
  );
  return {
    bundle: hash(bundle, "$[1]"),
    programme: id(programme, "$[2]"),
    device: id(device, "$[3]"),
    receipts: list((value, path): [Bytes, Pushed] => {
      const [collection, pushed] = tuple(value, path, 2);
      return [id(collection, path), decodePushed(msgpack.decode(bytes(pushed, path)))];
    })(receipts, "$[4]"),
  };
}

function packed(value: unknown): Bytes {
  return new Uint8Array(msgpack.encode(value));
}
