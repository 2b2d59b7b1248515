/**
 * The thread in which Argon2id runs, so that the page goes on answering. One question a thread: it is
 * ended afterwards, since WebAssembly's memory can grow and never shrink.
 */
import { argon2id } from "hash-wasm";

import type { Bytes } from "../sync/bytes.ts";
import { type Cost, SMALLEST_MEMORY_KIB, SMALLEST_PASSES } from "../sync/crypto/vault.ts";
import { chooseCost } from "./calibration.ts";

export type Question =
  | {
      readonly ask: "derive";
      readonly passphrase: Bytes;
      readonly salt: Bytes;
      readonly cost: Cost;
    }
  | { readonly ask: "calibrate" };

export type Answer =
  { readonly key: Bytes } | { readonly cost: Cost } | { readonly failed: "memory" };

self.onmessage = ({ data }: MessageEvent<Question>) => {
  void answerTo(data).then((answer) => self.postMessage(answer));
};

async function answerTo(question: Question): Promise<Answer> {
  try {
    if (question.ask === "calibrate") return { cost: chooseCost(await measured()) };
    return { key: await derived(question.passphrase, question.salt, question.cost) };
  } catch {
    return { failed: "memory" };
  }
}

async function derived(
  passphrase: Bytes,
  salt: Bytes,
  { memory_kib, passes }: Cost,
): Promise<Bytes> {
  const key = await argon2id({
    password: passphrase,
    salt,
    memorySize: memory_kib,
    iterations: passes,
    parallelism: 1,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(key);
}

/** The second run of two: the first one compiles. */
async function measured(): Promise<number> {
  const smallest = { memory_kib: SMALLEST_MEMORY_KIB, passes: SMALLEST_PASSES };
  const anything = new Uint8Array(16).fill(1);
  await derived(anything, anything, smallest);
  const start = performance.now();
  await derived(anything, anything, smallest);
  return performance.now() - start;
}
