/** The screens of My notes, and the events by which one asks for another. */
import type { Id, Vault } from "../vault/index.ts";
import type { Typed } from "./keeping/fields.ts";
import type { FormKind } from "./keeping/kinds.ts";
import type { Language } from "./language.ts";

/** The parts of *This place*; its first screen has none. */
export type PlacePart =
  "passphrase" | "recovery" | "passkey" | "second" | "backup" | "file" | "wipe";

/** The parts of a coordinator's console; its first screen has none. Each is drawn in console/parts.ts. */
export type ConsolePart =
  | "contacts"
  | "reports"
  | "people"
  | "forms"
  | "import"
  | "notices"
  | "referrals"
  | "feedback"
  | "invite"
  | "log"
  | "sheet"
  | "take-up";

export interface ConsoleScreen {
  readonly name: "console";
  /** "" where a programme is taken up from its sheet. */
  readonly enrolment: Id;
  readonly part?: ConsolePart;
  /** Of a notice or a referral: gone on with. */
  readonly draft?: Id;
}

/** Those of the private tools: their scripts are loaded when the first one is opened. */
export type ToolScreen =
  | { readonly name: "notes" }
  | { readonly name: "hours"; readonly month?: string }
  | { readonly name: "record"; readonly month: string }
  | { readonly name: "offers" }
  | { readonly name: "offer"; readonly keepsake?: Id; readonly draft?: Id }
  | { readonly name: "dates" }
  | { readonly name: "copies" }
  | { readonly name: "copy"; readonly copy: Id }
  | {
      readonly name: "keepsake";
      readonly kind: FormKind;
      readonly keepsake?: Id;
      readonly draft?: Id;
      /** What a new one begins with. */
      readonly values?: Typed;
    };

export type Screen =
  | ToolScreen
  | ConsoleScreen
  | { readonly name: "wait" }
  | { readonly name: "unsupported" }
  | { readonly name: "language" }
  | { readonly name: "invited" }
  | { readonly name: "make" }
  | { readonly name: "restore" }
  | { readonly name: "open" }
  | { readonly name: "home" }
  | { readonly name: "paste" }
  | { readonly name: "note"; readonly note?: Id; readonly draft?: Id }
  | {
      readonly name: "log";
      readonly enrolment: Id;
      readonly draft?: Id;
      readonly edits?: Id;
      /** Only what is asked after the meeting. */
      readonly later?: boolean;
    }
  | { readonly name: "cards"; readonly enrolment: Id; readonly draft: Id; readonly edits?: Id }
  | { readonly name: "contact"; readonly contact: Id }
  | { readonly name: "decide"; readonly contact: Id }
  | { readonly name: "programme"; readonly enrolment: Id }
  | { readonly name: "place"; readonly part?: PlacePart };

/** Those that lie behind the list: the phone's Back button leads out of them, and not off the page. */
export function isInner({ name }: Screen): boolean {
  return INNER.includes(name);
}

/** Those whose things are opened and come back from. */
export function isList({ name }: Screen): boolean {
  return LISTS.includes(name);
}

const LISTS: readonly string[] = ["notes", "hours", "offers", "dates", "copies", "console"];
const INNER: readonly string[] = [
  ...LISTS,
  "record",
  "offer",
  "keepsake",
  "copy",
  "paste",
  "restore",
  "note",
  "log",
  "cards",
  "contact",
  "decide",
  "programme",
  "place",
];

/** `said`: what has just happened, told on the next screen. `behind`: the present one, as it is to be come back to. */
export class Go extends Event {
  readonly screen: Screen;
  readonly said: (() => string) | undefined;
  readonly behind: Screen | undefined;

  constructor(screen: Screen, said?: () => string, behind?: Screen) {
    super("go", { bubbles: true });
    this.screen = screen;
    this.said = said;
    this.behind = behind;
  }
}

/** Back to the list. */
export class Back extends Event {
  readonly said: (() => string) | undefined;

  constructor(said?: () => string) {
    super("back", { bubbles: true });
    this.said = said;
  }
}

/** An invitation was found in what somebody pasted. */
export class InvitationFound extends Event {
  readonly fragment: string;

  constructor(fragment: string) {
    super("invitation", { bubbles: true });
    this.fragment = fragment;
  }
}

/** A passphrase was given that makes, or opened, the vault. */
export class VaultOpened extends Event {
  readonly vault: Vault;
  /** What has just happened, told on the next screen. */
  readonly said: (() => string) | undefined;

  constructor(vault: Vault, said?: () => string) {
    super("vault", { bubbles: true });
    this.vault = vault;
    this.said = said;
  }
}

export class LanguageChosen extends Event {
  readonly language: Language;

  constructor(language: Language) {
    super("language", { bubbles: true });
    this.language = language;
  }
}
