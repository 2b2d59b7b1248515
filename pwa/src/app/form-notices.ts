/** What stands around a contact's questions: what is to be known of it, what is asked before it is saved or not. */
import { html, nothing, type TemplateResult } from "lit";

import type { Form } from "../forms/index.ts";
import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { hasCards } from "./cards.ts";
import { confirmation } from "./confirmation.ts";
import type { Finding } from "./revealing.ts";
import type { Gone } from "./saved-contact.ts";

export interface Noticed {
  /** The draft was of another version of the form: what fits of it was carried over. */
  readonly older: boolean;
  /** Something was filled in from the last contact. */
  readonly repeated: boolean;
  /** It was deleted, or left this phone, while it was being changed here. */
  readonly gone: Gone | undefined;
  /** Another phone saved something of it meanwhile. */
  readonly changed: boolean;
  /** The programme has a newer form that this version of the app cannot show. */
  readonly behind: boolean;
}

export function formNotices({
  older,
  repeated,
  gone,
  changed,
  behind,
}: Noticed): readonly TemplateResult[] {
  const notices: (() => string)[] = [];
  if (older) {
    notices.push(() =>
      gettext("The form has changed since. The answers that still fit are here: check them."),
    );
  }
  if (gone === "left") {
    notices.push(() =>
      gettext(
        "This contact is not on this phone any more. Save it as a new contact, or throw it away.",
      ),
    );
  }
  if (gone === "deleted") {
    notices.push(() =>
      gettext("This contact was deleted meanwhile. Save it as a new contact, or throw it away."),
    );
  }
  if (changed) {
    notices.push(() =>
      gettext(
        "Another phone changed this contact meanwhile. Its answers are here now: look at them, then save again.",
      ),
    );
  }
  if (behind) {
    notices.push(() =>
      gettext(
        "There is a newer form that this app cannot show yet. This one is used until the app is up to date.",
      ),
    );
  }
  const hint = repeated
    ? [
        html`<p class="hint">
          ${marked(() => gettext("Some answers are those of your last contact: check them."))}
        </p>`,
      ]
    : [];
  return [
    ...notices.map((say) => html`<p class="notice" role="alert">${marked(say)}</p>`),
    ...hint,
  ];
}

/** `where`: the text that it stands in, where there are several. */
export interface Found extends Finding {
  readonly where?: () => string;
}

/** Says which part of a text looks like what; saved all the same only when somebody says so. */
export function revealedQuestion(
  findings: readonly Found[],
  { confirm, end }: { readonly confirm: () => void; readonly end: () => void },
): TemplateResult {
  return confirmation({
    question: html`${marked(() => gettext("The text may tell who somebody is. Look at this:"))}
      <ul>
        ${findings.map(
          (finding) =>
            html`<li dir="auto">
              ${finding.where === undefined ? nothing : html`<strong>${marked(finding.where)}</strong><br />`}
              ${marked(() => sentenceOf(finding))}
            </li>`,
        )}
      </ul>`,
    yes: marked(() => gettext("Save it as it is")),
    no: marked(() => gettext("Change the text")),
    confirm,
    end,
  });
}

function sentenceOf({ kind, text }: Finding): string {
  switch (kind) {
    case "name":
      return gettext("Like a name: “{text}”", { text });
    case "number":
      return gettext("Like a telephone or other number: “{text}”", { text });
    case "address":
      return gettext("Like an address: “{text}”", { text });
    case "birth":
      return gettext("Like a date of birth: “{text}”", { text });
  }
}

/** Before what is being written is thrown away. `isEdit`: of a contact that is saved already. */
export function throwAwayQuestion(
  isEdit: boolean,
  { confirm, end }: { readonly confirm: () => void; readonly end: () => void },
): TemplateResult {
  return confirmation({
    question: isEdit
      ? marked(() => gettext("Throw your changes away? The contact stays as it was."))
      : marked(() => gettext("Throw this contact away? Nothing of it is kept.")),
    yes: marked(() => gettext("Throw away")),
    no: marked(() => gettext("Keep it")),
    confirm,
    end,
  });
}

/** Beside the questions: cards to show to the other person, guidance to look something up. */
export function contactTools(
  form: Form,
  { cards, guide }: { readonly cards: () => void; readonly guide: () => void },
): TemplateResult {
  return html`<div class="buttons">
    ${
      hasCards(form)
        ? html`<button class="button" type="button" @click=${cards}>
            ${marked(() => gettext("Cards for two people"))}
          </button>`
        : nothing
    }
    <button class="button" type="button" @click=${guide}>
      ${marked(() => gettext("Guidance"))}
    </button>
  </div>`;
}
