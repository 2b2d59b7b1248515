/** A coordinator's side of the protocol, as `sync/client/coordinator.py` has it; loaded by coordinators alone. */
export { administer, type Waiting } from "./administering.ts";
export type { ToldFeedback } from "./answers.ts";
export type { Deed, LogEntry, WhyNot } from "./administration.ts";
export { Coordinator } from "./coordinator.ts";
export { begin, keepFounding, keepSheet, SHEET_BYTES } from "./founding.ts";
export type { ProgrammeContacts } from "./programme-contacts.ts";
export type { OpenInvite, Seen, SeenDevice } from "./seeing.ts";
