import * as msgpack from "@msgpack/msgpack";
import { beforeEach, expect, test } from "vitest";

import { type Bytes, concat } from "../../src/sync/bytes.ts";
import { decode, encode, sha256, toText } from "../../src/sync/canonical.ts";
import { verify } from "../../src/sync/crypto/signing.ts";
import { bytes, id, labelled, list, tuple } from "../../src/sync/decoding.ts";
import { decodeCertificate } from "../../src/sync/enrolment.ts";
import { ORIGIN } from "./programme.ts";
import { expectStates, log, type Phone, Scene } from "./scene.ts";

let scene: Scene;
let made: Phone;

beforeEach(async () => {
  scene = await Scene.make();
  made = await scene.certified();
});

interface Opened {
  readonly trailer: Bytes;
  readonly programme: Bytes;
  readonly device: Bytes;
  readonly enrolment: unknown;
  readonly certificate: unknown;
  readonly pushes: [Bytes, Bytes][];
}

/** As the hub reads it: the trailer, then the signature, then what is in it. */
async function opened(file: Bytes): Promise<Opened> {
  const [content, signature, trailer] = [file.slice(0, -96), file.slice(-96, -32), file.slice(-32)];
  expect(await sha256(file.slice(0, -32))).toEqual(trailer);
  const parts = labelled(decode(content), "sojourn/1/bundle", 5);
  const [enrolment, certificate] = [parts[2], parts[3]].map((each) =>
    each === null ? null : msgpack.decode(bytes(each, "$")),
  );
  const signer =
    certificate === null
      ? bytes(Reflect.get(Object(enrolment), "signing_key"), "$")
      : decodeCertificate(certificate).signing_key;
  const message = encode(["sojourn/1/bundle-signed", await sha256(content)]);
  await verify(signer, signature, message);
  const pushes = list((value, path): [Bytes, Bytes] => {
    const [collection, push] = tuple(value, path, 2);
    return [id(collection, path), bytes(push, path)];
  })(parts[4], "$[5]");
  return {
    ...{ trailer, enrolment, certificate, pushes },
    programme: id(parts[0], "$[1]"),
    device: id(parts[1], "$[2]"),
  };
}

/** Takes the bundle to the hub, as an operator does, and gives the receipt file. */
async function imported(file: Bytes, device?: Bytes): Promise<Bytes> {
  const found = await opened(file);
  const [token = ""] = scene.hub.tokens.keys();
  const receipts: [Bytes, Bytes][] = [];
  for (const [collection, body] of found.pushes) {
    const answer = await scene.hub.fetch(
      `${ORIGIN}/api/v1/collections/${toText(collection)}/changes`,
      { method: "POST", headers: { authorization: token }, body },
    );
    expect(answer.status).toBe(200);
    receipts.push([collection, new Uint8Array(await answer.arrayBuffer())]);
  }
  const place = [found.trailer, found.programme, device ?? found.device];
  const content = encode(["sojourn/1/bundle-receipt", ...place, receipts]);
  return concat(content, await sha256(content));
}

async function exported(): Promise<Bytes> {
  const file = await made.engine.exportBundle(made.enrolment);
  if (file === undefined) throw new Error("nothing waits");
  return file;
}

test("what waits goes into a file, and comes out at the coordinator", async () => {
  await log(made, "one");
  await log(made, "two");
  const file = await exported();
  expect((await opened(file)).enrolment).toBeNull();
  await imported(file);
  expect((await scene.areas()).sort()).toEqual(["one", "two"]);
  await expectStates(made.engine, made.enrolment, ["on-this-phone", "on-this-phone"]);
});

test("a phone that no coordinator has confirmed yet brings its request along", async () => {
  scene = await Scene.make();
  made = await scene.phone();
  await log(made, "one");
  expect(await opened(await exported())).toMatchObject({ certificate: null });
});

test("there is no file where nothing waits", async () => {
  await log(made, "one");
  await made.engine.syncNow();
  expect(await made.engine.exportBundle(made.enrolment)).toBeUndefined();
});

test("its receipt empties the outbox, counts as handed on, and the hub itself has the last word", async () => {
  await log(made, "one");
  await log(made, "two");
  const receipt = await imported(await exported());
  expect(await made.engine.importReceipt(made.enrolment, receipt)).toBe(2);
  await expectStates(made.engine, made.enrolment, ["waiting", "waiting"]);
  const [contact] = made.engine.contacts(made.enrolment);
  expect(contact?.receipt?.by).toBe("relay");
  expect(await made.engine.exportBundle(made.enrolment)).toBeUndefined();
  scene.hub.pushes = [];
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["on-hub", "on-hub"]);
  expect(scene.hub.pushes.reduce((sum, count) => sum + count, 0)).toBe(0);
});

test("what a receipt file says and the hub does not have is sent again", async () => {
  await log(made, "one");
  const receipt = await imported(await exported());
  scene.hub.feed = [];
  await made.engine.importReceipt(made.enrolment, receipt);
  await made.engine.syncNow();
  await made.engine.syncNow();
  await expectStates(made.engine, made.enrolment, ["on-hub"]);
  expect(await scene.areas()).toEqual(["one"]);
});

test.each([
  ["cut", (file: Bytes): Bytes => file.slice(0, -1)],
  ["changed", (file: Bytes): Bytes => file.map((byte, at) => (at === 40 ? byte ^ 1 : byte))],
  ["empty", (): Bytes => new Uint8Array()],
])("a receipt file that is %s changes nothing", async (_, spoil) => {
  await log(made, "one");
  const receipt = spoil(await imported(await exported()));
  const taking = made.engine.importReceipt(made.enrolment, receipt);
  await expect(taking).rejects.toMatchObject({ code: "malformed" });
  await expectStates(made.engine, made.enrolment, ["on-this-phone"]);
});

test("another phone's receipt file, or another hub's, is not taken", async () => {
  await log(made, "one");
  const file = await exported();
  const others = await imported(file, new Uint8Array(16));
  await expect(made.engine.importReceipt(made.enrolment, others)).rejects.toMatchObject({
    code: "not-enrolled",
  });
  scene.hub.epoch = new Uint8Array(16).fill(9);
  const later = await imported(file);
  await expect(made.engine.importReceipt(made.enrolment, later)).rejects.toMatchObject({
    code: "epoch-changed",
  });
  await expectStates(made.engine, made.enrolment, ["on-this-phone"]);
});
