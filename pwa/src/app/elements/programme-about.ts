/**
 * `<programme-about>`: which programme this phone belongs to, and what to compare with its coordinator.
 * Properties: `engine`, `vault`, `enrolment`. Events: `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext, ngettext, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { stripeOf } from "../contacts.ts";
import { ScreenElement } from "../screen-element.ts";
import { dayOf, deviceCode, standingSentence } from "../states.ts";
import { Watching } from "../watching.ts";
import "./hub-check.ts";
import "./sync-bundle.ts";
import "./sync-choice.ts";
import "./sync-state.ts";

export class ProgrammeAbout extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    engine: { attribute: false },
    vault: { attribute: false },
    enrolment: { attribute: false },
  };

  declare engine: Engine;
  declare vault: Vault;
  declare enrolment: Id;

  constructor() {
    super();
    new Watching(this, () => [this.engine.enrolments, this.engine.status]);
  }

  protected override render(): TemplateResult {
    const found = this.engine.enrolments.value.find(({ id }) => id === this.enrolment);
    if (found === undefined) return this.backButton();
    return html`
      ${stripeOf(this.engine, found.id)}
      <h1>
        ${
          found.name === ""
            ? marked(() => gettext("A new programme"))
            : html`<bdi>${found.name}</bdi>`
        }
      </h1>
      ${this.faultTemplate()}
      ${
        standingSentence(found) === undefined
          ? nothing
          : html`<p class="notice">${marked(() => standingSentence(found) ?? "")}</p>`
      }
      <sync-state .engine=${this.engine} .enrolment=${found.id} .always=${true}></sync-state>
      ${this.facts(found)} ${this.keeping(found)}
      <p>
        ${marked(() =>
          gettext(
            "Compare the fingerprint with your coordinator's, group by group. If it differs, write nothing more here and tell your coordinator.",
          ),
        )}
      </p>
      <hub-check
        .engine=${this.engine}
        .vault=${this.vault}
        .enrolment=${found.id}
        .leave=${this.leave}
      ></hub-check>
      <sync-bundle .engine=${this.engine} .enrolment=${found.id}></sync-bundle>
      <sync-choice .engine=${this.engine} .enrolment=${found.id}></sync-choice>
      ${this.backButton()}
    `;
  }

  private facts({ id, hub, fingerprint, device }: EnrolmentSummary): TemplateResult {
    const { lastSync } = this.engine.statusOf(id);
    return html`<dl class="facts">
      <dt>
        ${
          // Translators: the server that contacts are sent to.
          marked(() => pgettext("label", "Hub"))
        }
      </dt>
      <dd><bdi dir="ltr">${hub}</bdi></dd>
      <dt>
        ${
          // Translators: a short code of a programme's keys, for two people to compare.
          marked(() => gettext("Fingerprint"))
        }
      </dt>
      <dd>
        ${
          fingerprint === ""
            ? marked(() => gettext("Not there yet"))
            : html`<bdi class="fingerprint" dir="ltr">${fingerprint}</bdi>`
        }
      </dd>
      <dt>
        ${
          // Translators: a short code of this phone, for two people to compare.
          marked(() => gettext("This phone's code"))
        }
      </dt>
      <dd><bdi class="fingerprint" dir="ltr">${deviceCode(device)}</bdi></dd>
      <dt>${marked(() => gettext("Last exchange with the hub"))}</dt>
      <dd>${lastSync === undefined ? marked(() => gettext("Not there yet")) : dayOf(lastSync)}</dd>
    </dl>`;
  }

  private keeping({ keepDays }: EnrolmentSummary): TemplateResult | typeof nothing {
    if (keepDays === undefined) return nothing;
    return html`<p>
      ${marked(() =>
        ngettext(
          "A contact leaves this phone {count} day after it is safe with your programme.",
          "A contact leaves this phone {count} days after it is safe with your programme.",
          keepDays,
        ),
      )}
    </p>`;
  }

  /** Here, since what asked for it goes off the page with the programme. */
  private readonly leave = async (): Promise<void> => {
    await this.engine.leave(this.enrolment);
    this.back(() => gettext("This phone has forgotten the programme."));
  };
}

customElements.define("programme-about", ProgrammeAbout);
