/**
 * `<place-recovery>`: makes a recovery key, shows and prints it, and asks for one part of it back. The first
 * one opens at once: its paper is never worth nothing. A later one opens from when that part was typed, and
 * the one before until then: whatever happens meanwhile, one of the two that are on paper opens.
 * Properties: `vault`, `environment`. The key is in this element alone, and gone with it.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { asciiDigits, formatDigits, formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { qrDrawing } from "../../reader/share/qr.ts";
import type { Backup } from "../../vault/backup/index.ts";
import { parseRecovery, RECOVERY_BYTES, recoveryGroups } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { focusHeading } from "../screen-element.ts";
import { PlaceScreen } from "./place-screen.ts";

export class PlaceRecovery extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    backup: { attribute: false },
    groups: { state: true },
    typed: { state: true },
    asking: { state: true },
  };

  /** Its copy on the hub is found by the key. */
  declare backup: Backup | undefined;
  /** Of the key that was just made; undefined before. */
  declare private groups: readonly string[] | undefined;
  declare private typed: string;
  declare private asking: boolean;
  private code: SVGSVGElement | undefined;
  /** The part that is asked for, counted from 0. */
  private asked = 0;
  /** Whether another key opens this place until this one is on paper. */
  private replaces = false;

  constructor() {
    super();
    this.backup = undefined;
    this.groups = undefined;
    this.typed = "";
    this.asking = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.groups = undefined;
    this.code = undefined;
    this.typed = "";
    // An element that is gone draws itself no more, and its children could be kept by whoever holds it.
    this.replaceChildren();
  }

  protected override render(): TemplateResult {
    return this.groups === undefined ? this.offer() : this.sheet(this.groups);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("groups") && this.groups !== undefined) focusHeading(this);
  }

  private offer(): TemplateResult {
    const { recovery } = this.vault.ways.present;
    return html`
      <h1>${marked(() => gettext("Recovery key"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "A long number that opens this place when you have forgotten the passphrase. Write it down or print it, and keep it far from the phone.",
          ),
        )}
      </p>
      <p class="caution">
        ${marked(() =>
          gettext("Whoever finds it, and has the phone, can read everything in this place."),
        )}
      </p>
      ${
        recovery
          ? html`<p>
              ${marked(() =>
                gettext("You have one. A new one takes its place: the old one then opens nothing."),
              )}
            </p>`
          : html`<p>
              ${marked(() =>
                gettext(
                  "You can do without one. If you then forget the passphrase, what is in this place is lost.",
                ),
              )}
            </p>`
      }
      ${
        this.backup?.status.value.made === true
          ? html`<p class="caution">
              ${marked(() =>
                gettext(
                  "Your backup goes with the key: the copy on the hub is deleted. A new key makes a new copy.",
                ),
              )}
            </p>`
          : nothing
      }
      <form autocomplete="off" @submit=${this.make}>
        ${this.presentField()} ${this.faultTemplate()} ${this.working()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("Make a recovery key"))}
        </button>
      </form>
      ${
        recovery
          ? html`<p>
              <button class="button button--danger" type="button" @click=${this.ask}>
                ${marked(() => gettext("Remove the recovery key"))}
              </button>
            </p>`
          : ""
      }
      ${
        this.asking
          ? confirmation({
              question: marked(() =>
                gettext("Remove the recovery key? What you wrote down then opens nothing."),
              ),
              yes: marked(() => gettext("Remove the recovery key")),
              no: marked(() => gettext("Keep it")),
              confirm: this.takeAway,
              end: () => (this.asking = false),
            })
          : ""
      }
      ${this.backButton()}
    `;
  }

  private sheet(groups: readonly string[]): TemplateResult {
    return html`
      <div class="sheet">
        <h1>${marked(() => gettext("Recovery key"))}</h1>
        <ol class="groups" dir="ltr">
          ${groups.map(
            (group, at) =>
              html`<li><small>${formatNumber(at + 1)}</small> <b>${formatDigits(group)}</b></li>`,
          )}
        </ol>
        <div class="qr" role="img" aria-label=${gettext("The same number as a QR code")}>
          ${this.code}
        </div>
        <p>
          ${marked(() =>
            gettext(
              "It opens the place on the phone where it was made, under I have forgotten it. Keep it where nobody looks.",
            ),
          )}
        </p>
      </div>
      <p class="caution no-print">
        ${marked(() =>
          gettext("It is shown only now. Take no photo of it: photos are copied to many places."),
        )}
      </p>
      <div class="buttons no-print">
        <button class="button" type="button" @click=${() => print()}>
          ${marked(() => gettext("Print it"))}
        </button>
      </div>
      <form class="no-print" autocomplete="off" @submit=${this.confirm}>
        <div class="field">
          <label for="part">
            ${
              // Translators: {number} is the number of one of ten groups of digits.
              marked(() => gettext("Type part {number} of it", { number: this.asked + 1 }))
            }
          </label>
          <p class="hint" id="part-hint">
            ${marked(() => gettext("From your paper, so that you know that it is right."))}
          </p>
          <input
            id="part"
            class="input input--code"
            type="text"
            inputmode="numeric"
            autocomplete="off"
            spellcheck="false"
            dir="ltr"
            aria-describedby="part-hint"
            .value=${live(this.typed)}
            @input=${(event: InputEvent) => {
              if (event.target instanceof HTMLInputElement) this.typed = event.target.value;
            }}
          />
        </div>
        ${
          this.replaces
            ? html`<p>
                ${marked(() =>
                  gettext(
                    "Your old recovery key is good until you have typed that part. Then this one takes its place.",
                  ),
                )}
              </p>`
            : nothing
        }
        ${this.faultTemplate()} ${this.working()}
        <button class="button button--primary" type="submit" ?disabled=${this.busy}>
          ${marked(() => gettext("It is on my paper"))}
        </button>
      </form>
    `;
  }

  private readonly make = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      const key = this.environment.randomBytes(RECOVERY_BYTES);
      const { ways } = this.vault;
      this.replaces = ways.present.recovery;
      if (this.replaces) {
        await ways.prove(this.presentSecret);
      } else {
        await ways.setWay("recovery", this.presentSecret, key);
        this.present = "";
      }
      const groups = recoveryGroups(key);
      key.fill(0);
      if (!this.isConnected) return;
      this.asked = (this.environment.randomBytes(1)[0] ?? 0) % groups.length;
      this.code = qrDrawing(groups.join(""));
      this.code.removeAttribute("role");
      this.groups = groups;
    });
  };

  private readonly confirm = (event: SubmitEvent): void => {
    event.preventDefault();
    const { groups = [] } = this;
    if (asciiDigits(this.typed).replace(/\D/g, "") !== groups[this.asked]) {
      this.fault = () => gettext("That is not this part. Look at your paper, and type it again.");
      return;
    }
    void this.attempt(async () => {
      if (this.replaces) await this.replace(groups);
      this.toPlace(() => gettext("The recovery key is ready."));
    });
  };

  private async replace(groups: readonly string[]): Promise<void> {
    const made = parseRecovery(groups.join(""));
    if (!("key" in made)) return;
    await this.vault.ways.setWay("recovery", this.presentSecret, made.key);
    made.key.fill(0);
  }

  private readonly ask = (): void => {
    this.asking = true;
  };

  private readonly takeAway = (): void => {
    void this.attempt(async () => {
      await this.vault.ways.removeWay("recovery");
      this.toPlace(() => gettext("The recovery key is removed."));
    });
  };
}

customElements.define("place-recovery", PlaceRecovery);
