/** The browser's own parts, for an engine. */
import type { Connection, EngineEnvironment } from "./face.ts";
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
    connection: connection(),
  };
}

/** Chromium's alone; TypeScript's library does not know all of it. */
function connection(): Connection | undefined {
  const found: unknown = Reflect.get(navigator, "connection");
  return found instanceof EventTarget ? found : undefined;
}
