/** What went wrong, as sentences: what happened, what was kept, what to do. */
import { gettext } from "../i18n/index.ts";
import type { SyncCode } from "../sync/errors.ts";
import { InviteError, SyncError } from "../sync/errors.ts";
import { type VaultCode, VaultError } from "../vault/errors.ts";

/** Whatever was thrown, for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof VaultError) return vaultSentence(error.code);
  if (error instanceof InviteError) return inviteSentence(error);
  if (error instanceof SyncError) return syncSentence(error.code);
  if (error instanceof TypeError) return unloaded();
  return gettext(
    "Something went wrong here. What was saved is kept. Close the app and open it again.",
  );
}

export function vaultSentence(code: VaultCode): string {
  switch (code) {
    case "wrong-passphrase":
      return gettext(
        "This passphrase opens nothing here. Look at capital letters and the keyboard's language, and try again.",
      );
    case "too-soon":
      return gettext("Too many wrong tries. Wait a little, then try again.");
    case "taken":
      return gettext("This passphrase cannot be used here. Choose another one.");
    case "no-slot":
      return gettext("There is no room for one more way in.");
    case "no-vault":
      return gettext("Nothing has been made on this phone yet.");
    case "vault-exists":
      return gettext("There is already a place on this phone. Open it with its passphrase.");
    case "vault-locked":
      return gettext("It was locked meanwhile. What you typed is kept as a draft: open it again.");
    case "changed-elsewhere":
      return gettext("Another window of the app was writing. Nothing is lost: try again.");
    case "storage-full":
      return gettext(
        "The phone has no room left, so this is not saved yet. Delete something else on the phone, then try again.",
      );
    case "storage-blocked":
      return gettext("Another window of the app is in the way. Close it, then try again.");
    case "storage-too-new":
      return gettext(
        "A newer version of the app has written here. Nothing is lost: load this page again to get that version.",
      );
    case "storage-failed":
      return gettext(
        "The browser could not save this. What was saved before is kept. Try again, or close the app and open it again.",
      );
    case "damaged":
      return gettext("This cannot be read on this phone any more. It is kept as it is.");
    case "unknown-row":
      return gettext("This was deleted in another window.");
    case "broken-file":
      return gettext("This file is not whole, or not one of ours. Nothing was changed here.");
    case "thread-failed":
      return gettext("The app could not start a part of itself. Close it and open it again.");
    case "not-enough-memory":
      return gettext(
        "The phone has too little memory free for this. Close other apps and try again.",
      );
  }
}

/** Why sending stopped, or why a contact or an invitation needs attention. */
export function syncSentence(code: SyncCode): string {
  switch (code) {
    case "unreachable":
    case "unavailable":
    case "too-fast":
      return gettext(
        "The hub cannot be reached now. Nothing is lost: the phone tries again by itself.",
      );
    case "quota":
      return gettext(
        "The hub has no room left. Everything is kept on this phone. Tell your coordinator.",
      );
    case "revoked":
      return gettext(
        "Your coordinator has ended this phone's access. What is on it is kept; nothing more is sent.",
      );
    case "invite-used":
      return gettext("This invitation was used before. Ask your coordinator for a new one.");
    case "invite-expired":
      return gettext("This invitation is too old. Ask your coordinator for a new one.");
    case "bad-invite":
      return brokenInvite();
    case "bad-signature":
      return gettext(
        "The hub showed a key that is not the programme's. Nothing was sent. Tell your coordinator.",
      );
    case "cannot-open":
      return gettext("This cannot be opened with the keys on this phone. It is kept as it is.");
    case "store-failed":
      return vaultSentence("storage-failed");
    case "not-enrolled":
      return gettext(
        "This phone has not joined the programme yet: it needs a connection once. What you wrote is kept as a draft.",
      );
    case "not-empty":
      return gettext("There are contacts in it that are not on the hub. They are kept.");
    case "unknown-record":
      return gettext("This contact is not on this phone any more.");
    case "too-large":
    case "too-many-superseded":
      return gettext(
        "The hub did not take it: it is too large. It is kept. Write it again, shorter.",
      );
    case "no-backups":
      return gettext("This hub takes no backups. Everything is kept on this phone.");
    case "epoch-changed":
      return gettext("The hub was set up anew. The phone sends everything again by itself.");
    case "malformed":
    case "bad-challenge":
    case "no-token":
    case "wrong-token":
    case "wrong-collection":
    case "wrong-lane":
    case "wrong-role":
    case "unknown":
    case "already-founded":
    case "card-changed":
      // Translators: {code} is a technical word in English.
      return gettext(
        "The hub did not take it ({code}). It is kept on this phone. Tell your coordinator.",
        {
          code,
        },
      );
  }
}

/** Why the hub did not let this phone in. */
export function refusalSentence(code: SyncCode | undefined): string {
  if (code === undefined || code === "unknown" || code === "wrong-token") {
    return gettext("The hub does not know this invitation. Ask your coordinator for a new one.");
  }
  return syncSentence(code);
}

/** Of an invitation that is refused before it was ever sent. */
export function inviteSentence({ why }: InviteError): string {
  switch (why) {
    case "malformed":
      return brokenInvite();
    case "wrong-hub":
      return gettext("This invitation is for another site. Nothing was changed here.");
    case "wrong-key":
      return syncSentence("bad-signature");
    case "expired":
      return syncSentence("invite-expired");
  }
}

/** What a contact that needs attention says; the reason may be one that we do not know yet. */
export function reasonSentence(reason: string | undefined): string {
  switch (reason) {
    case "damaged":
      return vaultSentence("damaged");
    case "unknown-key":
      return gettext("The hub is still waiting for this phone's key. It is kept. Press Try again.");
    case "too-large":
    case "too-many-superseded":
      return syncSentence("too-large");
    case "revoked":
      return syncSentence("revoked");
    case undefined:
      return gettext("The hub did not take it. It is kept on this phone. Press Try again.");
    default:
      return gettext(
        "The hub did not take it ({code}). It is kept on this phone. Tell your coordinator.",
        {
          code: reason,
        },
      );
  }
}

/** A part of the app or of its text that is neither on the phone nor to be had. */
export function unloaded(): string {
  return gettext(
    "This part is not on the phone yet, and there is no connection. Open it once where there is one.",
  );
}

function brokenInvite(): string {
  return gettext("This invitation is not whole. Open the whole link again, or ask for a new one.");
}
