/** The protocol (docs/protocol.md) and the engine that speaks it; mirrors the Python room `sync`. */
export { browserEngineEnvironment } from "./browser.ts";
export { createEngine } from "./engine.ts";
export * from "./errors.ts";
export type {
  Contact,
  ContactState,
  ContactSummary,
  EditedContact,
  Engine,
  EngineEnvironment,
  EnrolmentSummary,
  FormName,
  Held,
  HubCheck,
  NewContact,
  Published,
  Receipt,
  Sends,
  Standing,
  SyncStatus,
} from "./face.ts";
export type { Value, Values } from "./revisions.ts";
