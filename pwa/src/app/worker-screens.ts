/** An outreach worker's screens: which element draws which. */
import { html, type TemplateResult } from "lit";

import type { Engine } from "../sync/index.ts";
import type { Vault } from "../vault/index.ts";
import type { LoadForm } from "./programme-forms.ts";
import type { Screen } from "./screens.ts";

export type WorkerScreen = Extract<Screen, { name: "log" | "contact" | "decide" | "cards" }>;

export interface Opened {
  readonly vault: Vault | undefined;
  readonly engine: Engine | undefined;
  readonly loadForm: LoadForm;
}

export function workerScreen(screen: WorkerScreen, opened: Opened): TemplateResult {
  const { vault, engine, loadForm } = opened;
  switch (screen.name) {
    case "log":
      return html`<contact-form
        .vault=${vault}
        .engine=${engine}
        .loadForm=${loadForm}
        .enrolment=${screen.enrolment}
        .draft=${screen.draft}
        .edits=${screen.edits}
        .later=${screen.later === true}
      ></contact-form>`;
    case "contact":
      return html`<contact-view
        .engine=${engine}
        .loadForm=${loadForm}
        .contact=${screen.contact}
      ></contact-view>`;
    case "decide":
      return html`<contact-decide
        .engine=${engine}
        .loadForm=${loadForm}
        .contact=${screen.contact}
      ></contact-decide>`;
    case "cards":
      // Its script was loaded by the form that leads here.
      return html`<client-cards
        .vault=${vault}
        .loadForm=${loadForm}
        .enrolment=${screen.enrolment}
        .draft=${screen.draft}
        .edits=${screen.edits}
      ></client-cards>`;
  }
}
