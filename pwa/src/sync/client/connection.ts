/** Whether an enrolment may send by itself over the connection that there is now. */
import type { Connection, Held, Sends } from "../face.ts";

/** `undefined`: it may. */
export function heldBack(sends: Sends, connection: Connection | undefined): Held | undefined {
  const isLocal = connection?.type === "wifi" || connection?.type === "ethernet";
  switch (sends) {
    case "always":
      return undefined;
    case "saver":
      // Somebody saves data where it costs: over Wi-Fi the phone's own setting says nothing of us.
      return connection?.saveData === true && !isLocal ? "saver" : undefined;
    case "wifi":
      if (isLocal) return undefined;
      return connection?.type === undefined || connection.type === "unknown" ? "unknown" : "wifi";
  }
}
