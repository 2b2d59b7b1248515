/**
 * The encrypted store on a device. IndexedDB holds one header and rows of ciphertext, nothing else;
 * plaintext and keys are in memory while a vault is open.
 */
export { normalised as normalisePassphrase } from "../sync/crypto/passphrase.ts";
export type { FormName } from "../sync/face.ts";
export type { Value, Values } from "../sync/revisions.ts";
export type { Unsubscribe, Watched } from "../sync/watched.ts";
export { browserEnvironment, type Feature, missingFeatures, type ScriptURL } from "./browser.ts";
export type { Channel, Derivation, Environment } from "./environment.ts";
export * from "./errors.ts";
export type {
  AutoLock,
  Copies,
  Copy,
  Draft,
  DraftKind,
  Drafts,
  DraftSubject,
  Id,
  IndexLine,
  Keepsake,
  KeepsakeKind,
  KeepsakeList,
  Keepsakes,
  KeepsakeWriting,
  NewCopy,
  Note,
  Notes,
  NoteSummary,
  Secret,
  Vault,
  Ways,
  WaysPresent,
} from "./face.ts";
export { parseRecovery, RECOVERY_BYTES, RECOVERY_GROUPS, recoveryGroups } from "./recovery-key.ts";
export { DEFAULT_AUTO_LOCK } from "./slots.ts";
export { canonicalPassphrase, suggestPassphrase, wrongGroup } from "./suggestion.ts";
export { createVault, hasVault, openVault, secondsToWait, setAside, wipe } from "./vaults.ts";
