import { describe, expect, test } from "vitest";

import { toHex } from "../../src/sync/bytes.ts";
import {
  type Believed,
  type DeviceCount,
  type Opened,
  overview,
  type SeenContact,
} from "../../src/sync/coordinator/contacts.ts";
import { boolean, type Decoder, fieldsOf, list, natural } from "../../src/sync/decoding.ts";
import { headOf } from "../../src/sync/merge.ts";
import { decodePlaintext } from "../../src/sync/revisions.ts";
import { type Case, cases, hex, unread } from "./vectors.ts";

const opened: Decoder<Opened> = (found, path) => {
  const field = fieldsOf(found, path);
  const revision = {
    record: field("record", hex),
    supersedes: field("supersedes", list(hex)),
    tombstone: field("tombstone", boolean),
    key: new Uint8Array(16),
    chunks: [],
    body: new Uint8Array(28),
  };
  return {
    record: revision.record,
    owner: field("owner", hex),
    verified: field("verified", boolean),
    head: headOf(field("rev", hex), revision, decodePlaintext(field("plaintext", hex))),
  };
};

function believedIn(each: Case): Believed {
  return new Map(
    each(
      "certificates",
      list((found, path) => {
        const field = fieldsOf(found, path);
        const certificate = {
          lane: field("lane", hex),
          revoked: field("revoked", boolean),
          last_counter: field("last_counter", natural),
        };
        return [toHex(field("device", hex)), certificate] as const;
      }),
    ),
  );
}

function plainContact(contact: SeenContact): unknown {
  const { formHash, deletedElsewhere, fields, undecided, ...rest } = contact;
  return {
    ...rest,
    form_hash: formHash,
    fields: Object.fromEntries(fields),
    undecided: Object.fromEntries(undecided),
    deleted_elsewhere: deletedElsewhere,
  };
}

function plainDevice(count: DeviceCount): unknown {
  return { ...count };
}

describe("what a coordinator sees", () => {
  test.each(cases("contacts", "valid"))("is alike: %s", (_, each) => {
    const unreadable = each("unreadable", natural);
    const seen = overview(each("opened", list(opened)), believedIn(each), unreadable);
    expect(seen.contacts.map(plainContact)).toEqual(each("contacts", unread));
    expect(seen.devices.map(plainDevice)).toEqual(each("devices", unread));
    expect(seen.unreadable).toBe(unreadable);
  });

  test.each(cases("contacts", "valid"))("does not ask the order: %s", (_, each) => {
    const held = each("opened", list(opened));
    const [once, twice] = [held, [...held].reverse().concat(held)].map((some) => {
      const { contacts, devices } = overview(some, believedIn(each), 0);
      // Two lanes may have a record of one id, begun by one device: which stands first says nothing.
      return {
        contacts: contacts.map((contact) => JSON.stringify(plainContact(contact))).sort(),
        devices,
      };
    });
    expect(twice).toEqual(once);
  });
});
