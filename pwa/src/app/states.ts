/** Where contacts are, in words; and the line that always tells the truth. */
import { formatDay, formatNumber, gettext, ngettext, pgettext } from "../i18n/index.ts";
import type {
  ContactState,
  ContactSummary,
  EnrolmentSummary,
  Held,
  SyncStatus,
} from "../sync/index.ts";
import type { Id } from "../vault/index.ts";
import { reasonSentence, refusalSentence, syncSentence } from "./faults.ts";
import { localDay } from "./keeping/days.ts";

/** So long a key may come after its contact: another phone of the worker's sends it when it next has a connection. */
const KEY_MAY_COME_MILLISECONDS = 7 * 86_400_000;

export function stateName(state: ContactState | "draft"): string {
  switch (state) {
    case "draft":
      // Translators: state of a contact that is not finished.
      return pgettext("state", "Draft");
    case "on-this-phone":
      // Translators: state of a contact: saved, not sent yet.
      return pgettext("state", "On this phone");
    case "waiting":
      // Translators: state of a contact: sending was tried, the hub has not confirmed it.
      return pgettext("state", "Waiting");
    case "on-hub":
      // Translators: state of a contact: the hub has it and gave a receipt.
      return pgettext("state", "On the hub");
    case "attention":
      // Translators: state of a contact that the hub did not take.
      return pgettext("state", "Needs attention");
  }
}

/** How the mark of a state is dressed; the words say it. */
export function stateClass(state: ContactState | "draft"): string {
  switch (state) {
    case "draft":
      return "state";
    case "on-this-phone":
    case "waiting":
      return "state state--waiting";
    case "on-hub":
      return "state state--held";
    case "attention":
      return "state state--attention";
  }
}

/** Of one that no key here opens. Its key may have been forgotten with what was old, and then comes no more. */
export function sealedSentence({ saved }: Pick<ContactSummary, "saved">, now: number): string {
  return now - saved > KEY_MAY_COME_MILLISECONDS
    ? syncSentence("cannot-open")
    : gettext("The key of this contact has not arrived yet. It is kept, and opens later.");
}

export function stateSentence({ state, receipt, reason }: ContactSummary): string {
  switch (state) {
    case "on-this-phone":
      return gettext("Saved on this phone. It has not been sent yet.");
    case "waiting":
      return receipt?.by === "relay"
        ? gettext("Handed on. This phone keeps it until the hub has it.")
        : gettext("Saved on this phone. It waits for a connection.");
    case "on-hub":
      return receipt === undefined
        ? gettext("On the hub.")
        : gettext("On the hub since {day}. The hub gave a receipt.", { day: dayOf(receipt.at) });
    case "attention":
      return reasonSentence(reason);
  }
}

/** Numbers of contacts, each in the locale's digits. */
export function statusSentence({ onPhone, onHub, waiting, attention }: SyncStatus): string {
  if (onPhone === 0) return gettext("No contacts on this phone yet.");
  if (waiting === 0 && attention === 0) {
    return ngettext(
      "{count} contact on this phone, and it is on the hub.",
      "{count} contacts on this phone, and all are on the hub.",
      onPhone,
    );
  }
  const counts = {
    phone: formatNumber(onPhone),
    hub: formatNumber(onHub),
    waiting: formatNumber(waiting),
  };
  if (waiting === 0) {
    // Translators: {phone} and {hub} are numbers of contacts.
    return gettext("{phone} on this phone, {hub} on the hub.", counts);
  }
  // Translators: {phone}, {hub} and {waiting} are numbers of contacts; "open me" means this app.
  return gettext(
    "{phone} on this phone, {hub} on the hub, {waiting} waiting: open me where there is a connection.",
    counts,
  );
}

/** What else is to be said of sending; empty when there is nothing. */
export function statusNotes({ attention, sending, problem }: SyncStatus): string[] {
  const notes: string[] = [];
  if (attention > 0) {
    notes.push(
      ngettext(
        "{count} contact needs your attention: see the list.",
        "{count} contacts need your attention: see the list.",
        attention,
      ),
    );
  }
  if (sending) notes.push(gettext("Sending…"));
  else if (problem !== undefined) notes.push(syncSentence(problem));
  return notes;
}

/** Why nothing is sent by itself now. */
export function heldSentence(held: Held): string {
  switch (held) {
    case "saver":
      return gettext("The phone saves data, so nothing is sent by itself. Press Send now to send.");
    case "wifi":
      return gettext("Nothing is sent by itself until there is Wi-Fi. Press Send now to send.");
    case "unknown":
      return gettext(
        "This browser does not say whether this is Wi-Fi, so nothing is sent by itself. Press Send now to send.",
      );
  }
}

/** Where an enrolment stands; undefined when there is nothing to say about it. */
export function standingSentence({ standing, refusal }: EnrolmentSummary): string | undefined {
  switch (standing) {
    case "asked":
      return gettext(
        "The invitation is kept here and waits for a connection. Until then, what you write is kept as a draft.",
      );
    case "provisional":
      return gettext(
        "A coordinator still has to confirm this phone. You can write and send contacts already.",
      );
    case "certified":
      return undefined;
    case "revoked":
      return syncSentence("revoked");
    case "refused":
      return refusalSentence(refusal);
  }
}

/** A time of day by the phone's own clock, such as 14:05, in the locale's digits. */
export function timeOf(milliseconds: number): string {
  const time = new Date(milliseconds);
  const minutes = formatNumber(time.getMinutes(), { minimumIntegerDigits: 2 });
  return `${formatNumber(time.getHours())}:${minutes}`;
}

/** A day by the phone's own calendar, from milliseconds since 1970; "" for a moment that no calendar has. */
export function dayOf(milliseconds: number): string {
  return Number.isNaN(new Date(milliseconds).getTime()) ? "" : formatDay(localDay(milliseconds));
}

/** The beginning of a device's id, for two people to compare: four groups of four hex digits. */
export function deviceCode(device: Id): string {
  return (device.slice(0, 16).match(/.{4}/g) ?? []).join(" ");
}
