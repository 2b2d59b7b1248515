import { encode } from "@msgpack/msgpack";
import { beforeAll, expect, test } from "vitest";

import { type Address, parseAddress } from "../src/reader/address.ts";
import { PackError } from "../src/reader/errors.ts";
import { preferred } from "../src/reader/languages.ts";
import { decodeIndex, hex, leadsFrom, type PackIndex } from "../src/reader/pack-index.ts";
import { decodePart, domainOf } from "../src/reader/part.ts";
import { missingParts, progressOf, unused } from "../src/reader/plan.ts";
import { escape, fill } from "../src/reader/shell.ts";
import { isToPage, isToWorker } from "../src/reader/talk.ts";
import { judge } from "../src/reader/trust.ts";

interface Signer {
  readonly raw: Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

async function makeSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
  return {
    raw: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign(ECDSA, pair.privateKey, new Uint8Array(bytes))),
  };
}

const HASHES = [1, 2, 3].map((n) => new Uint8Array(32).fill(n));
const PARTS = [
  ["help/th", HASHES[0], 300],
  ["messages", HASHES[1], 200],
  ["pages/core", HASHES[2], 100],
];

interface Making {
  locale?: string;
  number?: number;
  parts?: unknown;
  succession?: unknown;
  forged?: boolean;
}

async function makeBytes(signer: Signer, making: Making = {}): Promise<Uint8Array> {
  const { locale = "km", number = 1, parts = PARTS, succession = [] } = making;
  const body = encode(["sojourn/1/index", locale, number, "2026-11-21", parts]);
  const signature = await signer.sign(making.forged === true ? body.slice(1) : body);
  return encode([body, signer.raw, signature, succession]);
}

async function make(signer: Signer, making: Making = {}): Promise<PackIndex> {
  return decodeIndex(await makeBytes(signer, making));
}

async function handOver(from: Signer, to: Signer): Promise<[Uint8Array, Uint8Array]> {
  return [to.raw, await from.sign(encode(["sojourn/1/pack-key", to.raw]))];
}

let first: Signer;
let second: Signer;
let third: Signer;

beforeAll(async () => {
  [first, second, third] = await Promise.all([makeSigner(), makeSigner(), makeSigner()]);
});

test("an index is read as it was written", async () => {
  const index = await make(first, { number: 7 });
  expect(index).toMatchObject({ locale: "km", number: 7, date: "2026-11-21", succession: [] });
  expect(index.parts[2]).toEqual({ subject: "pages/core", hash: "03".repeat(32), size: 100 });
  expect(hex(index.key)).toBe(hex(first.raw));
});

test.each([
  ["no MessagePack", () => new Uint8Array([0xc1])],
  ["no list", () => encode("index")],
  ["too short", () => encode([new Uint8Array(1)])],
  [
    "a key of another length",
    () => encode([encode([]), new Uint8Array(3), new Uint8Array(64), []]),
  ],
  [
    "another purpose",
    () =>
      encode([
        encode(["sojourn/1/card", "km", 1, "2026-11-21", []]),
        new Uint8Array(65),
        new Uint8Array(64),
        [],
      ]),
  ],
])("an index with %s is refused", (_name, bytes) => {
  expect(() => decodeIndex(bytes())).toThrow(PackError);
});

test("the first key met is pinned, and the same index again is nothing new", async () => {
  const index = await make(first);
  const verdict = await judge(index, "km", { pinned: undefined, newest: undefined });
  expect(verdict).toEqual({ take: true, pin: index.key });
  expect(await judge(index, "km", { pinned: first.raw, newest: index })).toEqual({ take: false });
});

test("a higher number is taken; a lower one, and the same with another body, are refused", async () => {
  const known = { pinned: first.raw, newest: await make(first, { number: 5 }) };
  expect(await judge(await make(first, { number: 6 }), "km", known)).toMatchObject({ take: true });
  await expect(judge(await make(first, { number: 4 }), "km", known)).rejects.toMatchObject({
    why: "older",
  });
  const other = await make(first, { number: 5, parts: [] });
  await expect(judge(other, "km", known)).rejects.toMatchObject({ why: "older" });
});

test("a forged signature and an index of another locale are refused", async () => {
  const known = { pinned: undefined, newest: undefined };
  const forged = await make(first, { forged: true });
  await expect(judge(forged, "km", known)).rejects.toMatchObject({ why: "bad-signature" });
  const other = await make(first, { locale: "th" });
  await expect(judge(other, "km", known)).rejects.toMatchObject({ why: "bad-signature" });
});

test("another key is refused, unless the pinned one handed over to it, step by step", async () => {
  const known = { pinned: first.raw, newest: await make(first, { number: 5 }) };
  await expect(judge(await make(third, { number: 6 }), "km", known)).rejects.toMatchObject({
    why: "new-key",
  });
  const succession = [await handOver(first, second), await handOver(second, third)];
  const index = await make(third, { number: 6, succession });
  expect(await judge(index, "km", known)).toEqual({ take: true, pin: index.key });
  expect(await leadsFrom(second.raw, index)).toBe(true);

  const broken = [await handOver(first, second), await handOver(first, third)];
  const wrong = await make(third, { number: 6, succession: broken });
  await expect(judge(wrong, "km", known)).rejects.toMatchObject({ why: "new-key" });
  // Once the third key is pinned, what the first one signs is refused.
  await expect(
    judge(await make(first, { number: 9 }), "km", { pinned: third.raw, newest: index }),
  ).rejects.toMatchObject({ why: "new-key" });
});

test("numbers go on through a succession, and begin anew under a key that the person accepted", async () => {
  const newest = await make(first, { number: 5 });
  const succession = [await handOver(first, second)];
  const lower = await make(second, { number: 4, succession });
  await expect(judge(lower, "km", { pinned: first.raw, newest })).rejects.toMatchObject({
    why: "older",
  });
  const anew = await make(third, { number: 1 });
  expect(await judge(anew, "km", { pinned: third.raw, newest })).toMatchObject({ take: true });
});

test("what makes most pages open is fetched first, and nothing twice", async () => {
  const index = await make(first);
  const held = new Set(["02".repeat(32)]);
  const holds = (hash: string): boolean => held.has(hash);
  expect(missingParts(index, holds).map(({ subject }) => subject)).toEqual([
    "pages/core",
    "help/th",
  ]);
  expect(progressOf(index, holds)).toEqual({
    held: 1,
    total: 3,
    bytes_held: 200,
    bytes_total: 600,
  });
  expect(unused(["02".repeat(32), "ff".repeat(32)], [index])).toEqual(["ff".repeat(32)]);
});

test("a shell is filled once, text is escaped and HTML is not", () => {
  const shell = "<title><!--[title]--></title><a href=/th<!--[path]-->></a><!--[main]--><!--[x]-->";
  const page = { title: `A & "b"`, path: "/topics/a'b", main: "<h1>$& <!--[title]--></h1>" };
  expect(fill(shell, page)).toBe(
    "<title>A &amp; &quot;b&quot;</title><a href=/th/topics/a&#x27;b></a><h1>$& <!--[title]--></h1><!--[x]-->",
  );
  expect(escape("<>")).toBe("&lt;&gt;");
});

test.each<[string, Address]>([
  ["", { kind: "languages" }],
  ["index.html", { kind: "languages" }],
  ["join", { kind: "join" }],
  ["km/", { kind: "page", locale: "km", path: "/" }],
  ["km/index.html", { kind: "page", locale: "km", path: "/" }],
  ["km/topics/", { kind: "page", locale: "km", path: "/topics/" }],
  ["km/topics/papers", { kind: "page", locale: "km", path: "/topics/papers" }],
  ["km/topics/papers.html", { kind: "page", locale: "km", path: "/topics/papers" }],
  ["km/units.html", { kind: "whole", locale: "km", path: "/units" }],
  ["km/notes", { kind: "whole", locale: "km", path: "/notes" }],
  ["xx/topics/papers", { kind: "elsewhere" }],
  ["schema/openapi.json", { kind: "elsewhere" }],
])("%s is %j", (path, address) => {
  expect(parseAddress(path, (locale) => locale === "km")).toEqual(address);
});

test("a part gives its pages and messages, and other shapes are refused", () => {
  const bytes = (value: unknown): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(JSON.stringify(value));
  const page = { title: "Papers", main: "<h1>…</h1>" };
  expect(decodePart(bytes({ pages: { "/": page } })).pages?.get("/")).toEqual(page);
  expect(domainOf(decodePart(bytes({ messages: { domain: { "": {} } } })))).toEqual({ "": {} });
  expect(() => decodePart(bytes([]))).toThrow(PackError);
  expect(() => decodePart(bytes({ pages: { "/": { title: 1 } } }))).toThrow(PackError);
});

test("languages come in the browser's order, by script where it matters", () => {
  const offered = ["en", "km", "my", "th", "ur", "zh-Hans"];
  expect(preferred(offered, ["km-KH", "en-US", "en"])).toEqual(["km", "en"]);
  expect(preferred(offered, ["zh-TW", "zh-CN"])).toEqual(["zh-Hans"]);
  expect(preferred(offered, ["zh-TW"])).toEqual([]);
});

test("messages of another version are passed over", () => {
  expect(isToWorker({ type: "keep", locale: "km", start: true })).toBe(true);
  expect([null, {}, { type: "keep" }, { type: "wipe", locale: "km" }].some(isToWorker)).toBe(false);
  expect(isToPage({ type: "update-ready" })).toBe(true);
  expect(isToPage({ type: "sing", locale: "km" })).toBe(false);
});
