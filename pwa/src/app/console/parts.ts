/** The parts of the console, in the order in which its first screen offers them. Each names itself here, once. */
import { html, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import type { Engine } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import type { LoadForm } from "../programme-forms.ts";
import type { ConsolePart, ConsoleScreen } from "../screens.ts";
import "./console-contacts.ts";
import "./console-feedback.ts";
import "./console-forms.ts";
import "./console-import.ts";
import "./console-invite.ts";
import "./console-log.ts";
import "./console-notices.ts";
import "./console-people.ts";
import "./console-referrals.ts";
import "./console-report.ts";
import "./console-sheet.ts";
import "./console-take-up.ts";

/** What a part of the console is given. */
export interface ConsoleOpened {
  readonly vault: Vault;
  readonly engine: Engine;
  readonly loadForm: LoadForm;
  /** The coordinator's own enrolment in the programme. */
  readonly enrolment: Id;
}

export interface Part {
  readonly part: ConsolePart;
  /** Reached from another part, and not from the first screen. */
  readonly isInside?: boolean;
  /** Its name on the first screen, and one line about it. */
  readonly title: () => string;
  readonly hint: () => string;
  readonly show: (opened: ConsoleOpened, screen: ConsoleScreen) => TemplateResult;
}

export const PARTS: readonly Part[] = [
  {
    part: "contacts",
    title: () => gettext("Contacts"),
    hint: () => gettext("Counted by week, area, language, need and more."),
    show: ({ vault, engine, loadForm, enrolment }) =>
      html`<console-contacts
        .vault=${vault}
        .engine=${engine}
        .loadForm=${loadForm}
        .enrolment=${enrolment}
      ></console-contacts>`,
  },
  {
    part: "reports",
    title: () => gettext("Reports"),
    hint: () => gettext("The tables of a quarter to give away, with small numbers hidden."),
    show: ({ vault, engine, loadForm, enrolment }) =>
      html`<console-report
        .vault=${vault}
        .engine=${engine}
        .loadForm=${loadForm}
        .enrolment=${enrolment}
      ></console-report>`,
  },
  {
    part: "people",
    title: () => gettext("People and phones"),
    hint: () => gettext("Invite somebody, end the access of a phone."),
    show: ({ vault, engine, enrolment }) =>
      html`<console-people
        .vault=${vault}
        .engine=${engine}
        .enrolment=${enrolment}
      ></console-people>`,
  },
  {
    part: "invite",
    isInside: true,
    title: () => gettext("Invite somebody"),
    hint: () => "",
    show: ({ engine, enrolment }) =>
      html`<console-invite .engine=${engine} .enrolment=${enrolment}></console-invite>`,
  },
  {
    part: "forms",
    title: () => gettext("Forms"),
    hint: () => gettext("What workers ask: make it in a spreadsheet, look at it, publish it."),
    show: ({ vault, engine, enrolment }) =>
      html`<console-forms
        .vault=${vault}
        .engine=${engine}
        .enrolment=${enrolment}
      ></console-forms>`,
  },
  {
    part: "notices",
    title: () => gettext("Notices"),
    hint: () => gettext("A short text for all workers"),
    show: ({ vault, engine, enrolment }, { draft }) =>
      html`<console-notices
        .vault=${vault}
        .engine=${engine}
        .enrolment=${enrolment}
        .draft=${draft}
      ></console-notices>`,
  },
  {
    part: "referrals",
    title: () => gettext("Referral contacts"),
    hint: () =>
      gettext("Whom workers may send people to. Only devices of the programme can read it."),
    show: ({ vault, engine, loadForm, enrolment }, { draft }) =>
      html`<console-referrals
        .vault=${vault}
        .engine=${engine}
        .loadForm=${loadForm}
        .enrolment=${enrolment}
        .draft=${draft}
      ></console-referrals>`,
  },
  {
    part: "feedback",
    title: () => gettext("Was this clear?"),
    hint: () => gettext("What readers said of the pages."),
    show: ({ engine, enrolment }) =>
      html`<console-feedback .engine=${engine} .enrolment=${enrolment}></console-feedback>`,
  },
  {
    part: "import",
    title: () => gettext("Bring in contacts"),
    hint: () => gettext("From a table that was made elsewhere."),
    show: ({ vault, engine, loadForm, enrolment }) =>
      html`<console-import
        .vault=${vault}
        .engine=${engine}
        .loadForm=${loadForm}
        .enrolment=${enrolment}
      ></console-import>`,
  },
  {
    part: "log",
    title: () => gettext("Log"),
    hint: () => gettext("Who invited, exported, ended somebody's access."),
    show: ({ vault, engine, enrolment }) =>
      html`<console-log .vault=${vault} .engine=${engine} .enrolment=${enrolment}></console-log>`,
  },
  {
    part: "sheet",
    title: () => gettext("The programme's sheet"),
    hint: () => gettext("The way back in when all devices are lost."),
    show: ({ vault, engine, enrolment }) =>
      html`<console-sheet
        .vault=${vault}
        .engine=${engine}
        .enrolment=${enrolment}
      ></console-sheet>`,
  },
  {
    part: "take-up",
    isInside: true,
    title: () => gettext("I have a programme's sheet"),
    hint: () => "",
    show: ({ engine }) => html`<console-take-up .engine=${engine}></console-take-up>`,
  },
];
