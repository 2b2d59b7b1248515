/** The private tools' screens as elements; their scripts come by themselves (private-tools.ts). */
import { html, type TemplateResult } from "lit";

import type { Vault } from "../vault/index.ts";
import type { Screen, ToolScreen } from "./screens.ts";

const TOOLS: readonly string[] = [
  "notes",
  "hours",
  "record",
  "offers",
  "offer",
  "dates",
  "copies",
  "copy",
  "keepsake",
] satisfies readonly ToolScreen["name"][];

export function isTool(screen: Screen): screen is ToolScreen {
  return TOOLS.includes(screen.name);
}

/** Rejects where the scripts can be had neither from the phone nor from the network. */
export async function loadTools(): Promise<void> {
  await import("./private-tools.ts");
}

export function toolScreen(screen: ToolScreen, vault: Vault | undefined): TemplateResult {
  switch (screen.name) {
    case "notes":
      return html`<notes-list .vault=${vault}></notes-list>`;
    case "hours":
      return screen.month === undefined
        ? html`<hours-home .vault=${vault}></hours-home>`
        : html`<hours-home .vault=${vault} .month=${screen.month}></hours-home>`;
    case "record":
      return html`<pay-record .vault=${vault} .month=${screen.month}></pay-record>`;
    case "offers":
      return html`<offers-home .vault=${vault}></offers-home>`;
    case "offer":
      return html`<offer-form
        .vault=${vault}
        .keepsake=${screen.keepsake}
        .draft=${screen.draft}
      ></offer-form>`;
    case "dates":
      return html`<dates-home .vault=${vault}></dates-home>`;
    case "copies":
      return html`<copies-home .vault=${vault}></copies-home>`;
    case "copy":
      return html`<copy-view .vault=${vault} .copy=${screen.copy}></copy-view>`;
    case "keepsake":
      return html`<keepsake-form
        .vault=${vault}
        .kind=${screen.kind}
        .keepsake=${screen.keepsake}
        .draft=${screen.draft}
        .values=${screen.values}
      ></keepsake-form>`;
  }
}
