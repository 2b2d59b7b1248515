/**
 * `<join-invited>`: what an invitation is for, before anything is done with it.
 * Properties: `invitation` (undefined when it could not be read), `now` in milliseconds, `failed`, `linked`.
 * Events: `accept`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { inviteSentence } from "../faults.ts";
import { type Invitation, inviteFault } from "../invitation.ts";
import { ScreenElement } from "../screen-element.ts";
import { dayOf } from "../states.ts";

export class JoinInvited extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    invitation: { attribute: false },
    now: { attribute: false },
    failed: { attribute: false },
    linked: { attribute: false },
  };

  declare invitation: Invitation | undefined;
  declare now: number;
  /** What went wrong when it was tried. */
  declare failed: (() => string) | undefined;
  /** It came as a link that the browser opened, and so wrote down. */
  declare linked: boolean;

  protected override render(): TemplateResult {
    const { invitation, failed } = this;
    const fault = inviteFault(invitation, location.origin, this.now);
    const usable = fault === undefined && failed === undefined;
    return html`
      <h1>${marked(() => gettext("An invitation to a programme"))}</h1>
      <div role="alert">
        ${
          fault === undefined
            ? nothing
            : html`<p class="caution">${marked(() => inviteSentence(fault))}</p>`
        }
        ${failed === undefined ? nothing : html`<p class="caution">${marked(failed)}</p>`}
      </div>
      ${invitation === undefined ? nothing : this.facts(invitation)}
      ${usable ? this.accepting(invitation?.role ?? "worker") : nothing}
      <p>
        <button class="button button--quiet" type="button" @click=${() => this.back()}>
          ${usable ? marked(() => gettext("Not now")) : marked(() => gettext("Go to my notes"))}
        </button>
      </p>
    `;
  }

  private facts({ hub, expiry }: Invitation): TemplateResult {
    return html`<dl class="facts">
      <dt>${marked(() => pgettext("label", "Hub"))}</dt>
      <dd><bdi dir="ltr">${hub}</bdi></dd>
      <dt>${marked(() => gettext("Good until"))}</dt>
      <dd>${dayOf(expiry * 1000)}</dd>
    </dl>`;
  }

  private accepting(role: Invitation["role"]): TemplateResult {
    return html`
      <p class="lead">
        ${
          role === "coordinator"
            ? marked(() =>
                gettext(
                  "With it you coordinate a programme: you invite people, and read what they write. Whoever opens this place can do that too, so choose a long passphrase.",
                ),
              )
            : marked(() =>
                gettext(
                  "With it this phone can write contacts for a programme. They are locked on the phone, and only the programme's coordinators can open them: the hub that passes them on cannot.",
                ),
              )
        }
      </p>
      ${
        this.linked
          ? html`<p class="hint">
              ${marked(() =>
                gettext(
                  "The browser keeps the link in its history. It works only once, so nobody else can use it after you.",
                ),
              )}
            </p>`
          : nothing
      }
      <button
        class="button button--primary button--wide"
        type="button"
        @click=${() => this.dispatchEvent(new Event("accept", { bubbles: true }))}
      >
        ${marked(() => gettext("Go on"))}
      </button>
    `;
  }
}

customElements.define("join-invited", JoinInvited);
