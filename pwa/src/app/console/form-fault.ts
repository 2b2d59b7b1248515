/** What is wrong with a spreadsheet, in the coordinator's language where it is one of the common faults. */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Fault } from "./converting.ts";

/** Undefined for one that the hub says in English alone (docs/protocol.md, `POST forms`). */
function faultSentence({ code, about }: Pick<Fault, "code" | "about">): string | undefined {
  const { name = "", list = "" } = about;
  switch (code) {
    case "no-label":
      return gettext("Here a label is missing.");
    case "no-name":
      return gettext("Here a name is missing.");
    case "bad-name":
      return gettext("“{name}” cannot be a name: letters from a to z, figures and _ only.", {
        name,
      });
    case "same-name":
      return gettext("“{name}” is there twice.", { name });
    case "unknown-type":
    case "not-asked":
      return gettext("There are no questions of the type “{name}”.", { name });
    case "unknown-list":
      return gettext("On the sheet “{sheet}” there is no list “{name}”.", {
        sheet: "choices",
        name,
      });
    case "unknown-question":
      return gettext("There is no question “{name}” to be answered.", { name });
    case "unknown-choice":
      return gettext("The list “{list}” has no choice “{name}”.", { list, name });
    case "unknown-column":
    case "no-language":
      return gettext("There can be no column “{name}” here.", { name });
    case "no-settings":
      return gettext("The sheet “{sheet}” has to say “{first}” and “{second}”.", {
        sheet: "settings",
        first: "form_id",
        second: "version",
      });
    case "bad-expression":
      return gettext("This cannot be worked out:");
    case "unreadable":
      return gettext("The file cannot be read. Save it anew as XLSX.");
    default:
      return undefined;
  }
}

/** Of which the English says more. */
function isInPart({ code }: Pick<Fault, "code">): boolean {
  return ["bad-expression", "no-language", "not-asked"].includes(code);
}

/** Where it is, and what; what the hub says in English alone is shown as that. */
export function faultLine(fault: Fault): TemplateResult {
  const { sheet, cell, why } = fault;
  const said = faultSentence(fault);
  const isWhole = said !== undefined && !isInPart(fault);
  return html`<li>
    ${sheet === "" ? nothing : html`<strong><bdi dir="ltr">${sheet} ${cell}</bdi></strong>`}
    ${said === undefined ? nothing : marked(() => faultSentence(fault) ?? "")}
    ${isWhole ? nothing : html`<span dir="ltr" lang="en">${why}</span>`}
  </li>`;
}
