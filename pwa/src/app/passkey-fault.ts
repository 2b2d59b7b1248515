/** What went wrong with a passkey, as a sentence; `undefined` for what is no fault of it. */
import { gettext } from "../i18n/index.ts";
import { NoPrfError, NotGivenError } from "./passkey.ts";

export function passkeyFault(error: unknown): (() => string) | undefined {
  if (error instanceof NoPrfError) {
    return () =>
      gettext("This phone's fingerprint or face cannot lock a place. Use the passphrase.");
  }
  if (error instanceof NotGivenError) {
    return () =>
      gettext("It was not opened by fingerprint or face. Use the passphrase, or try again.");
  }
  return undefined;
}
