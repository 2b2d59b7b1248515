/** A question before something is gone for good. Escape says no; the focus goes back to where it was. */
import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";

export interface Question {
  readonly question: string | TemplateResult;
  readonly yes: string | TemplateResult;
  readonly no: string | TemplateResult;
  readonly confirm: () => void;
  /** The question is over, whatever the answer: it is taken off the page. */
  readonly end: () => void;
}

const YES = "yes";

export function confirmation({ question, yes, no, confirm, end }: Question): TemplateResult {
  const closed = ({ target }: Event): void => {
    const isYes = target instanceof HTMLDialogElement && target.returnValue === YES;
    end();
    if (isYes) confirm();
  };
  return html`<dialog aria-labelledby="question" ${ref(showModal)} @close=${closed}>
    <p id="question">${question}</p>
    <div class="buttons">
      <button class="button" type="button" @click=${close("")}>${no}</button>
      <button class="button button--danger" type="button" @click=${close(YES)}>${yes}</button>
    </div>
  </dialog>`;
}

function close(answer: string): (event: Event) => void {
  return ({ target }) => {
    if (target instanceof Element) target.closest("dialog")?.close(answer);
  };
}

/** For `ref`: opens a dialog over the page as soon as it is there. */
export function showModal(element: Element | undefined): void {
  if (!(element instanceof HTMLDialogElement)) return;
  // The ref comes before the element is on the page.
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}
