/** The browser's own parts, for an engine. */
import type { EngineEnvironment } from "./face.ts";
import { randomBytes } from "./identifiers.ts";

export function browserEngineEnvironment(): EngineEnvironment {
  return {
    fetch: async (input, init) => fetch(input, init),
    origin: location.origin,
    locks: navigator.locks,
    now: () => Date.now(),
    randomBytes,
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
    online: globalThis,
  };
}
