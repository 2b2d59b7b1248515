import { argon2id } from "hash-wasm";
import { describe, expect, test, vi } from "vitest";

import { backupKeys } from "../../src/sync/backups.ts";
import { type Bytes, fromHex, toHex } from "../../src/sync/bytes.ts";
import { fromText, sha256, toText } from "../../src/sync/canonical.ts";
import { importKey } from "../../src/sync/crypto/aead.ts";
import { openAttachment, sealAttachment } from "../../src/sync/crypto/attachments.ts";
import {
  openBody,
  readSigned,
  type SignedContent,
  verifySigned,
} from "../../src/sync/crypto/bodies.ts";
import { readSheet, SHEET_BYTES, sheetOf } from "../../src/sync/coordinator/founding.ts";
import { keyId } from "../../src/sync/crypto/content-keys.ts";
import { openPacket, packetInfo, verifyPacket } from "../../src/sync/crypto/packets.ts";
import { pad, paddedLength, unpad } from "../../src/sync/crypto/padding.ts";
import { normalised } from "../../src/sync/crypto/passphrase.ts";
import { openRow } from "../../src/sync/crypto/rows.ts";
import { publicKey } from "../../src/sync/crypto/sealing.ts";
import { publicKeyOf, scalarOf, verify } from "../../src/sync/crypto/signing.ts";
import {
  type Argon2id,
  decodeHeader,
  encodeHeader,
  type OpenedSlot,
  openSlots,
  passkeySlotKey,
  passphraseSlotKey,
  recoverySlotKey,
  rootAddress,
  rowsKey,
} from "../../src/sync/crypto/vault.ts";
import {
  boolean,
  type Decoder,
  fieldsOf,
  list,
  natural,
  oneOf,
  optional,
  text,
} from "../../src/sync/decoding.ts";
import {
  decodeCard,
  decodeCertificate,
  enrolmentOf,
  fingerprint,
  firstCard,
  follow,
  inviteLink,
  isFounding,
  macKeyOf,
  parseInvite,
  tokenMessage,
  verifyCard,
  verifyCertificate,
} from "../../src/sync/enrolment.ts";
import { BadSignatureError, MalformedError, OpeningError } from "../../src/sync/errors.ts";
import {
  decodeCursor,
  decodePacket,
  encodeCursor,
  type KeyPacket,
  packetId,
  packetMessage,
} from "../../src/sync/exchange.ts";
import { collectionId, deviceId, sealingKeyId } from "../../src/sync/identifiers.ts";
import { type Head, headOf, merge, successor, tombstone } from "../../src/sync/merge.ts";
import {
  type Alternative,
  decodePlaintext,
  decodeRevision,
  encodePlaintext,
  headsOf,
  revOf,
  type Value,
  value,
} from "../../src/sync/revisions.ts";
import { type Case, cases, hex, unhexed, unread } from "./vectors.ts";
import { parseRecovery, recoveryGroups } from "../../src/vault/recovery-key.ts";

const hexes = list(hex);

describe("padding", () => {
  test.each(cases("padding", "valid"))("is as long as it says and comes off: %s", (_, each) => {
    const content = each("content", optional(hex));
    const length = content?.length ?? each("length", natural);
    expect(paddedLength(length)).toBe(each("padded_length", natural));
    if (content === undefined) return;
    expect(toHex(pad(content))).toBe(each("padded", text));
    expect(unpad(each("padded", hex))).toEqual(content);
  });

  test.each(cases("padding", "invalid"))("that is none is refused: %s", (_, each) => {
    expect(() => unpad(each("padded", hex))).toThrow(OpeningError);
  });
});

describe("a recovery key", () => {
  test.each(cases("recovery", "valid"))("is written in digits and read back: %s", (_, each) => {
    const key = each("recovery_key", hex);
    expect(recoveryGroups(key).join(" ")).toBe(each("digits", text));
    expect(parseRecovery(each("digits", text))).toEqual({ key });
  });

  test.each(cases("recovery", "invalid"))("with a slip is none: %s", (_, each) => {
    expect(parseRecovery(each("digits", text))).not.toHaveProperty("key");
  });

  test.each(cases("backup", "valid"))("finds and opens a backup: %s", async (_, each) => {
    const keys = await backupKeys(each("recovery_key", hex));
    expect(toHex(keys.collection)).toBe(each("collection", text));
    expect(toText(keys.token)).toBe(each("bearer", text));
    expect(toHex(keys.key)).toBe(each("content_key", text));
    expect(toHex(await keyId(keys.key))).toBe(each("key", text));
  });

  describe("a programme's sheet", () => {
    test.each(cases("sheet", "valid"))(
      "is written in digits and read back: %s",
      async (_, each) => {
        const parsed = parseRecovery(each("typed", text), SHEET_BYTES);
        if (!("key" in parsed)) throw new Error("a slip");
        const { programme, secret } = await readSheet(parsed.key);
        expect(programme).toEqual(each("programme", hex));
        expect(await scalarOf(secret.signing_key)).toEqual(each("number", hex));
        expect(await publicKeyOf(secret.signing_key)).toEqual(each("signing_key", hex));
        expect(secret.sealing_seed).toEqual(each("sealing_seed", hex));
        expect(await publicKey(secret.sealing_seed)).toEqual(each("sealing_key", hex));
        const written = await sheetOf(programme, secret);
        expect(recoveryGroups(written).join(" ")).toBe(each("digits", text));
      },
    );

    test.each(cases("sheet", "invalid"))(
      "with a slip, or of no key, is none: %s",
      async (_, each) => {
        const parsed = parseRecovery(each("typed", text), SHEET_BYTES);
        if ("key" in parsed) await expect(readSheet(parsed.key)).rejects.toThrow(MalformedError);
      },
    );
  });

  test.each(cases("backup", "invalid"))("of another size gives none: %s", async (_, each) => {
    await expect(backupKeys(each("recovery_key", hex))).rejects.toThrow(RangeError);
  });
});

describe("identifiers", () => {
  test.each(cases("identifiers", "valid"))("are made alike: %s", async (_, each) => {
    expect(toHex(await identifierOf(each))).toBe(each("id", text));
  });

  test("the sealing key of the seed that counts up is X-Wing's", async () => {
    const seed = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(toHex(await publicKey(seed))).toMatch(/^6f54098a0a0e6411/);
  });

  test.each(cases("key_id", "valid"))("a content key has its id: %s", async (_, each) => {
    expect(toHex(await keyId(each("content_key", hex)))).toBe(each("key", text));
  });
});

async function identifierOf(each: Case): Promise<Bytes> {
  const kind = each("kind", oneOf("collection", "device", "sealing_key"));
  if (kind === "device") return deviceId(each("signing_key", hex));
  if (kind === "collection") {
    return collectionId(
      each("programme", hex),
      each("name", oneOf("contacts", "members", "admin")),
    );
  }
  expect(toHex(await publicKey(each("sealing_seed", hex)))).toBe(each("sealing_key", text));
  return sealingKeyId(each("sealing_key", hex));
}

describe("plaintexts", () => {
  test.each(cases("plaintext", "valid"))("decode and encode to the same bytes: %s", (_, each) => {
    const decoded = decodePlaintext(each("encoded", hex));
    expect(toHex(encodePlaintext(decoded))).toBe(each("encoded", text));
    expect({
      author: toHex(decoded.author),
      counter: decoded.counter,
      past: decoded.past.map(({ device, counter }) => ({ device: toHex(device), counter })),
      fields: decoded.fields.map(({ name, alternatives }) => plain(name, alternatives)),
    }).toEqual(each("plaintext", unread));
  });

  test.each(cases("plaintext", "invalid"))("that break a rule are refused: %s", (_, each) => {
    expect(() => decodePlaintext(each("encoded", hex))).toThrow(MalformedError);
  });
});

describe("revisions", () => {
  test.each(cases("revision", "valid"))("have their rev: %s", async (_, each) => {
    const revision = decodeRevision(each("revision", unhexed));
    expect(toHex(await revOf(each("collection", hex), revision))).toBe(each("rev", text));
  });

  test.each(cases("revision", "invalid"))("that break a rule are refused: %s", (_, each) => {
    expect(() => decodeRevision(each("revision", unhexed))).toThrow(MalformedError);
  });

  test.each(cases("heads", "valid"))("heads are what nothing supersedes: %s", (_, each) => {
    const held = each(
      "revisions",
      list((found, path) => {
        const field = fieldsOf(found, path);
        const rest = { record: field("record", hex), supersedes: field("supersedes", hexes) };
        return [field("rev", text), rest] as const;
      }),
    );
    const heads = headsOf(new Map(held), each("superseded", list(text)));
    expect([...heads.keys()]).toEqual(each("heads", list(text)));
  });
});

describe("merge", () => {
  test.each(cases("merge", "valid"))("of heads is alike: %s", (_, each) => {
    const { fields, deleted, deleted_elsewhere } = merge(each("heads", list(head)));
    expect({
      fields: [...fields].map(([name, alternatives]) => plain(name, alternatives)),
      deleted,
      deleted_elsewhere,
    }).toEqual(each("merged", unread));
  });

  test.each(cases("merge", "valid"))("does not ask the order of the heads: %s", (_, each) => {
    const heads = each("heads", list(head));
    const twice = [...heads].reverse().concat(heads);
    expect(merge(twice)).toEqual(merge(heads));
  });

  test.each(cases("merge", "valid"))("an edit and a deletion carry alike: %s", (_, each) => {
    const heads = each("heads", list(head));
    const edit = each("edit", fieldsOf);
    const [author, counter] = [edit("author", hex), edit("counter", natural)];
    const edited = successor(heads, author, counter, new Map(edit("changes", list(change))));
    expect(edited.supersedes.map(toHex)).toEqual(edit("supersedes", list(text)));
    expect(toHex(encodePlaintext(edited.plaintext))).toBe(edit("plaintext", text));
    const deletion = each("deletion", fieldsOf);
    const deleted = tombstone(heads, author, counter);
    expect(deleted.supersedes.map(toHex)).toEqual(deletion("supersedes", list(text)));
    expect(toHex(encodePlaintext(deleted.plaintext))).toBe(deletion("plaintext", text));
  });

  test.each(cases("merge", "invalid"))("refuses a head that does not fit: %s", (_, each) => {
    expect(() => each("heads", list(head))).toThrow(MalformedError);
  });
});

const head: Decoder<Head> = (found, path) => {
  const field = fieldsOf(found, path);
  const revision = {
    tombstone: field("tombstone", boolean),
    supersedes: field("supersedes", hexes),
    record: new Uint8Array(16),
    key: new Uint8Array(16),
    chunks: [],
    body: new Uint8Array(28),
  };
  return headOf(field("rev", hex), revision, decodePlaintext(field("plaintext", hex)));
};

const change: Decoder<[string, Value]> = (found, path) => {
  const field = fieldsOf(found, path);
  return [field("name", text), field("value", value)];
};

function plain(name: string, alternatives: readonly Alternative[]): unknown {
  return {
    name,
    alternatives: alternatives.map(({ value, device, counter }) => ({
      value,
      device: toHex(device),
      counter,
    })),
  };
}

describe("bodies", () => {
  test.each(cases("body", "valid"))("open: %s", async (_, each) => {
    const collection = each("collection", hex);
    const revision = decodeRevision(each("revision", unhexed));
    const content = await openBody(each("content_key", hex), collection, revision);
    expect(toHex(content)).toBe(each("content", text));
    const expected = each("signed", optional(fieldsOf));
    if (expected === undefined) return;
    const signed = readSigned(content);
    const author = expected("author_signing_key", hex);
    expect(toHex(signed.content)).toBe(expected("content", text));
    await verifySigned(signed, author, collection, revision);
    const elsewhere = verifySigned(signed, author, new Uint8Array(16), revision);
    await expect(elsewhere).rejects.toThrow(BadSignatureError);
  });

  test.each(cases("body", "invalid"))("changed or moved do not open: %s", async (_, each) => {
    const revision = decodeRevision(each("revision", unhexed));
    const opening = openBody(each("content_key", hex), each("collection", hex), revision);
    await expect(opening).rejects.toThrow(OpeningError);
  });
});

describe("attachments", () => {
  test.each(cases("attachment", "valid"))("seal and open: %s", async (_, each) => {
    const [key, repeats] = [each("key", hex), each("repeats", hex)];
    const content = new Uint8Array(each("length", natural)).map((_, at) => repeats[at % 64] ?? 0);
    vi.spyOn(crypto, "getRandomValues").mockImplementationOnce((into) => {
      if (into instanceof Uint8Array) into.set(key);
      return into;
    });
    const sealed = await sealAttachment(content);
    expect(sealed.chunks.map(({ bytes }) => bytes.length)).toEqual(each("sizes", list(natural)));
    const addresses = sealed.chunks.map(({ address }) => toHex(address));
    expect(addresses).toEqual(each("addresses", list(text)));
    const chunks = sealed.chunks.map(({ bytes }) => bytes);
    const told = each("chunks", optional(list(text)));
    if (told !== undefined) expect(chunks.map(toHex)).toEqual(told);
    expect((await openAttachment(key, chunks)).toString()).toBe(content.toString());
  });

  test.each(cases("attachment", "invalid"))("cut or changed are refused: %s", async (_, each) => {
    const opening = openAttachment(each("key", hex), each("chunks", list(hex)));
    await expect(opening).rejects.toThrow(OpeningError);
  });

  test("of several chunks open whole, in order and their own, or not at all", async () => {
    const content = new Uint8Array(2 * 262_144 + 1000).fill(7);
    const { key, chunks } = await sealAttachment(content);
    const other = await sealAttachment(content);
    const [first, second, last] = chunks.map(({ bytes }) => bytes);
    const [strange] = other.chunks.map(({ bytes }) => bytes);
    if (!first || !second || !last || !strange) throw new Error("three chunks");
    for (const broken of [
      [first, second],
      [first, last],
      [second, last],
      [second, first, last],
      [first, second, last, last],
      [strange, second, last],
      [first, second, last.subarray(1)],
    ]) {
      await expect(openAttachment(key, broken)).rejects.toThrow(OpeningError);
    }
    expect((await openAttachment(key, [first, second, last])).length).toBe(content.length);
  });
});

describe("what a coordinator signed", () => {
  async function signedIn(each: Case): Promise<SignedContent> {
    const [record, key] = [each("record", hex), each("key", hex)];
    const supersedes = each("supersedes", list(hex));
    const tombstone = each("tombstone", boolean);
    const revision = { record, supersedes, key, tombstone, chunks: [], body: new Uint8Array(28) };
    const signed = readSigned(each("signed", hex));
    await verifySigned(signed, each("author_signing_key", hex), each("collection", hex), revision);
    return signed;
  }

  test.each(cases("signed", "valid"))("verifies: %s", async (_, each) => {
    expect(toHex((await signedIn(each)).content)).toBe(each("content", text));
  });

  test.each(cases("signed", "invalid"))("is refused: %s", async (_, each) => {
    await expect(signedIn(each)).rejects.toMatchObject({ code: each("code", text) });
  });
});

describe("key packets", () => {
  test.each(cases("packet", "valid"))("verify and open: %s", async (_, each) => {
    const { packet, place, author } = packetIn(each);
    await verifyPacket(packet, place, author);
    const opened = await openPacket(packet, place, each("sealing_seed", hex));
    expect(toHex(opened)).toBe(each("content_key", text));
    const { programme, collection } = place;
    expect(toHex(await packetId(programme, collection, packet))).toBe(each("packet_id", text));
    expect(toHex(packetMessage(programme, collection, packet))).toBe(each("message", text));
    expect(toHex(packetInfo(place, packet))).toBe(each("info", text));
  });

  test.each(cases("packet", "invalid"))("changed are refused: %s", async (_, each) => {
    const { packet, place, author } = packetIn(each);
    const verifying = verifyPacket(packet, place, author);
    if (each("fails", oneOf("verify", "open")) === "verify") {
      await expect(verifying).rejects.toThrow(BadSignatureError);
    } else {
      await verifying;
      const opening = openPacket(packet, place, each("sealing_seed", hex));
      await expect(opening).rejects.toThrow(OpeningError);
    }
  });
});

interface PacketIn {
  readonly packet: KeyPacket;
  readonly place: { readonly programme: Bytes; readonly collection: Bytes };
  readonly author: Bytes;
}

function packetIn(each: Case): PacketIn {
  return {
    packet: decodePacket(each("packet", unhexed)),
    place: { programme: each("programme", hex), collection: each("collection", hex) },
    author: each("author_signing_key", hex),
  };
}

describe("enrolment", () => {
  test.each(cases("card", "valid"))("a card verifies: %s", async (_, each) => {
    const card = decodeCard(each("card", unhexed));
    await verifyCard(card, each("signed_by", hex));
    expect(await fingerprint(card)).toBe(each("fingerprint", text));
  });

  test.each(cases("chain", "valid"))("a chain of cards leads: %s", async (_, each) => {
    const offered = each("offered", unhexed) as readonly unknown[];
    const cards = offered.map((one) => decodeCard(one));
    const held = each("held", optional(unhexed));
    const [first] = cards;
    const card =
      held === undefined
        ? await firstCard(cards, {
            programme: first?.programme ?? new Uint8Array(),
            signing_key_hash: each("signing_key_hash", hex),
          })
        : await follow(decodeCard(held), cards);
    expect(card.generation).toBe(each("card", Number));
    expect(await fingerprint(card)).toBe(each("fingerprint", text));
  });

  test.each(cases("chain", "invalid"))("no first card: %s", async (_, each) => {
    const offered = each("offered", unhexed) as readonly unknown[];
    const cards = offered.map((one) => decodeCard(one));
    const named = {
      programme: cards[0]?.programme ?? new Uint8Array(),
      signing_key_hash: each("signing_key_hash", hex),
    };
    await expect(firstCard(cards, named)).rejects.toThrow(BadSignatureError);
  });

  test.each(cases("card", "invalid"))("a changed card is refused: %s", async (_, each) => {
    const card = decodeCard(each("card", unhexed));
    await expect(verifyCard(card, each("signed_by", hex))).rejects.toThrow(BadSignatureError);
  });

  test.each(cases("certificate", "valid"))("a certificate verifies: %s", async (_, each) => {
    const certificate = decodeCertificate(each("certificate", unhexed));
    await verifyCertificate(certificate, each("programme_signing_key", hex));
  });

  test.each(cases("certificate", "invalid"))("a changed one is refused: %s", async (_, each) => {
    const certificate = decodeCertificate(each("certificate", unhexed));
    const verifying = verifyCertificate(certificate, each("programme_signing_key", hex));
    await expect(verifying).rejects.toThrow(BadSignatureError);
  });

  test.each(cases("token", "valid"))("a token is asked for alike: %s", async (_, each) => {
    const message = tokenMessage(each("origin", text), each("challenge", hex), each("device", hex));
    expect(toHex(message)).toBe(each("message", text));
    await verify(each("signing_key", hex), each("signature", hex), message);
  });

  test.each(cases("token", "invalid"))("for one hub and challenge: %s", async (_, each) => {
    const message = tokenMessage(each("origin", text), each("challenge", hex), each("device", hex));
    const verifying = verify(each("signing_key", hex), each("signature", hex), message);
    await expect(verifying).rejects.toThrow(BadSignatureError);
  });

  test.each(cases("invite", "valid"))("an invite is read and split: %s", async (_, each) => {
    const invite = parseInvite(each("link", text));
    expect(inviteLink(invite)).toBe(each("link", text));
    const { hub, role, expiry } = invite;
    expect({
      hub,
      role,
      expiry,
      invite: toHex(invite.invite),
      programme: toHex(invite.programme),
      signing_key_hash: toHex(invite.signing_key_hash),
      secret: toHex(invite.secret),
    }).toEqual(each("invite", unread));
    expect(isFounding(invite)).toBe(each("founding", boolean));
    const asked = await enrolmentOf(invite, each("signing_key", hex), each("sealing_key", hex));
    expect(toHex(asked.claim)).toBe(each("claim", text));
    expect(toHex(await sha256(asked.claim))).toBe(each("claim_hash", text));
    expect(toHex(await macKeyOf(invite.secret))).toBe(each("mac_key", text));
    expect(toHex(asked.mac)).toBe(each("mac", text));
  });

  test.each(cases("invite", "invalid"))("an invite that is none is refused: %s", (_, each) => {
    expect(() => parseInvite(each("link", text))).toThrow(MalformedError);
  });
});

describe("cursors", () => {
  test.each(cases("cursor", "valid"))("are read and written: %s", (_, each) => {
    const cursor = decodeCursor(fromText(each("text", text)));
    expect(toHex(encodeCursor(cursor))).toBe(each("cursor", text));
    expect(toText(encodeCursor(cursor))).toBe(each("text", text));
    expect(toHex(cursor.epoch)).toBe(each("epoch", text));
    expect(cursor.sequence).toBe(each("sequence", natural));
    expect(toHex(cursor.mark)).toBe(each("mark", text));
  });

  test.each(cases("cursor", "invalid"))("that are none are refused: %s", (_, each) => {
    expect(() => decodeCursor(fromText(each("text", text)))).toThrow(MalformedError);
  });
});

describe("a vault's bytes", () => {
  test.each(cases("passphrase", "valid"))("a passphrase is normalised: %s", (_, each) => {
    expect(normalised(each("passphrase", text))).toBe(each("normalised", text));
  });

  test.each(cases("vault_header", "valid"))("a header opens: %s", async (_, each) => {
    const opened = await headerOpened(each);
    expect(toHex(opened.vaultKey)).toBe(each("vault_key", text));
    expect(opened.kind).toBe(each("kind", text));
    expect(opened.number).toBe(each("number", natural));
    expect(toHex(encodeHeader(decodeHeader(each("header", hex))))).toBe(each("header", text));
  });

  test.each(cases("vault_header", "invalid"))("a changed one does not: %s", async (_, each) => {
    await expect(headerOpened(each)).rejects.toSatisfy(
      (error) => error instanceof OpeningError || error instanceof MalformedError,
    );
  });

  test.each(cases("row", "valid"))("a row opens: %s", async (_, each) => {
    expect(toHex(await rowsKey(each("vault_key", hex)))).toBe(each("rows_key", text));
    expect(toHex(await rootAddress(each("vault_key", hex)))).toBe(each("root_address", text));
    expect(toHex(await rowOpened(each))).toBe(each("content", text));
  });

  test.each(cases("row", "invalid"))("changed or moved does not: %s", async (_, each) => {
    await expect(rowOpened(each)).rejects.toThrow(OpeningError);
  });
});

async function rowOpened(each: Case): Promise<Bytes> {
  const key = await importKey(each("rows_key", hex));
  return openRow(key, each("address", hex), each("value", hex));
}

async function headerOpened(each: Case): Promise<OpenedSlot> {
  const header = decodeHeader(each("header", hex));
  const passphrase = each("passphrase", optional(text));
  const recovery = each("recovery_key", optional(hex));
  if (passphrase !== undefined) {
    return openSlots(header, await passphraseSlotKey(header, passphrase, derive));
  }
  if (recovery !== undefined) return openSlots(header, await recoverySlotKey(recovery));
  return openSlots(header, await passkeySlotKey(each("passkey_secret", hex)));
}

const derive: Argon2id = async (password, salt, { memory_kib, passes }) =>
  fromHex(
    await argon2id({
      password,
      salt,
      memorySize: memory_kib,
      iterations: passes,
      parallelism: 1,
      hashLength: 32,
      outputType: "hex",
    }),
  );
