/** The browser's own parts, for a vault. */
import { randomBytes } from "../sync/identifiers.ts";
import type { Derivation, Environment } from "./environment.ts";
import { NotEnoughMemoryError, ThreadFailedError } from "./errors.ts";
import type { Answer, Question } from "./thread.ts";
import threadUrl from "./thread.ts?worker&url";

/** The Trusted Types policy's, where the browser has Trusted Types. */
export type ScriptURL = (url: string) => TrustedScriptURL | string;

export type Feature = "https" | "indexeddb" | "webcrypto" | "wasm" | "locks";

/** What this browser lacks for a vault; empty when it has everything. To be shown instead of a form. */
export function missingFeatures(): Feature[] {
  const has: Record<Feature, boolean> = {
    https: isSecureContext,
    indexeddb: "indexedDB" in self,
    webcrypto: "subtle" in crypto,
    wasm: "WebAssembly" in self,
    locks: "locks" in navigator && "BroadcastChannel" in self,
  };
  const features: Feature[] = ["https", "indexeddb", "webcrypto", "wasm", "locks"];
  return features.filter((feature) => !has[feature]);
}

export function browserEnvironment(scriptURL: ScriptURL): Environment {
  return {
    derivation: threadDerivation(scriptURL),
    locks: navigator.locks,
    openChannel: (name) => new BroadcastChannel(name),
    now: () => Date.now(),
    randomBytes,
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

function threadDerivation(scriptURL: ScriptURL): Derivation {
  return {
    argon2id: async (passphrase, salt, { memory_kib, passes }) => {
      const cost = { memory_kib, passes };
      const answer = await asked(scriptURL, { ask: "derive", passphrase, salt, cost });
      if (!("key" in answer)) throw new NotEnoughMemoryError();
      return answer.key;
    },
    calibrate: async () => {
      const answer = await asked(scriptURL, { ask: "calibrate" });
      if (!("cost" in answer)) throw new NotEnoughMemoryError();
      return answer.cost;
    },
  };
}

async function asked(scriptURL: ScriptURL, question: Question): Promise<Answer> {
  // The type of the constructor in TypeScript's library knows no TrustedScriptURL yet.
  const thread = new Worker(scriptURL(threadUrl) as string);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      thread.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
      thread.onerror = () => reject(new ThreadFailedError());
      thread.postMessage(question);
    });
  } finally {
    thread.terminate();
  }
}
