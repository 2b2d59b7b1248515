/** A question before something is gone for good; the focus goes to it, and Escape says no. */
import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";

export interface Question {
  readonly question: string | TemplateResult;
  readonly yes: string | TemplateResult;
  readonly no: string | TemplateResult;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

export function confirmation({ question, yes, no, confirm, cancel }: Question): TemplateResult {
  return html`<dialog aria-labelledby="question" ${ref(showModal)} @cancel=${cancel}>
    <p id="question">${question}</p>
    <div class="buttons">
      <button class="button" type="button" @click=${cancel}>${no}</button>
      <button class="button button--danger" type="button" @click=${confirm}>${yes}</button>
    </div>
  </dialog>`;
}

function showModal(element: Element | undefined): void {
  if (!(element instanceof HTMLDialogElement) || element.open) return;
  // The ref comes before the element is on the page.
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}
