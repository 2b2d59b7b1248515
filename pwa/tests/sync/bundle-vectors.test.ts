import * as msgpack from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";

import { decodeBundleReceipt, encodeBundle } from "../../src/sync/bundles.ts";
import type { Bytes } from "../../src/sync/bytes.ts";
import { importPrivateKey, newKeyPair } from "../../src/sync/crypto/signing.ts";
import { fieldsOf, list, optional } from "../../src/sync/decoding.ts";
import { decodeCertificate, type Enrolment } from "../../src/sync/enrolment.ts";
import { MalformedError } from "../../src/sync/errors.ts";
import { decodePacket, decodePushed, type Push } from "../../src/sync/exchange.ts";
import { decodeRevision } from "../../src/sync/revisions.ts";
import { cases, hex } from "./vectors.ts";

const pairs = list((value, path): [Bytes, unknown] => {
  const field = fieldsOf(value, path);
  return [field("collection", hex), msgpack.decode(field("message", hex))];
});

function pushOf(message: unknown): Push {
  const field = fieldsOf(message, "$");
  return {
    packets: field("packets", list(decodePacket)),
    revisions: field("revisions", list(decodeRevision)),
  };
}

function enrolmentOf(raw: Bytes): Enrolment {
  const field = fieldsOf(msgpack.decode(raw), "$");
  const name = (each: string): Bytes => field(each, (value) => value as Bytes);
  return {
    invite: name("invite"),
    claim: name("claim"),
    signing_key: name("signing_key"),
    sealing_key: name("sealing_key"),
    mac: name("mac"),
  };
}

describe("bundles", () => {
  test.each(cases("bundle", "valid"))("content %s is written alike", async (_, each) => {
    const enrolment = each("enrolment", optional(hex));
    const certificate = each("certificate", optional(hex));
    const { privateKey } = await newKeyPair();
    const file = await encodeBundle(
      {
        programme: each("programme", hex),
        device: each("device", hex),
        enrolment: enrolment && enrolmentOf(enrolment),
        certificate: certificate && decodeCertificate(msgpack.decode(certificate)),
        pushes: each("pushes", pairs).map(([collection, push]) => [collection, pushOf(push)]),
      },
      await importPrivateKey(privateKey),
    );
    // The signature is another key's, and never the same twice.
    expect(file.slice(0, -96)).toEqual(each("file", hex).slice(0, -96));
  });

  test.each(cases("bundle_receipt", "valid"))("receipt %s is read", async (_, each) => {
    const read = await decodeBundleReceipt(each("file", hex));
    expect(read).toEqual({
      bundle: each("bundle", hex),
      programme: each("programme", hex),
      device: each("device", hex),
      receipts: each("receipts", pairs).map(([collection, pushed]) => [
        collection,
        decodePushed(pushed),
      ]),
    });
  });

  test.each(cases("bundle_receipt", "invalid"))("no receipt: %s", async (_, each) => {
    await expect(decodeBundleReceipt(each("file", hex))).rejects.toThrow(MalformedError);
  });
});
