/**
 * `<place-recovery>`: makes a recovery key, shows and prints it, and asks for one part of it back. The first
 * one opens at once: its paper is never worth nothing. A later one opens from when that part was typed, and
 * the one before until then: whatever happens meanwhile, one of the two that are on paper opens.
 * Properties: `vault`, `environment`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Backup } from "../../vault/backup/index.ts";
import { parseRecovery, RECOVERY_BYTES } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { PaperScreen } from "./paper-screen.ts";

export class PlaceRecovery extends PaperScreen {
  static override readonly properties = {
    ...PaperScreen.properties,
    backup: { attribute: false },
    asking: { state: true },
  };

  /** Its copy on the hub is found by the key. */
  declare backup: Backup | undefined;
  declare private asking: boolean;
  /** Whether another key opens this place until this one is on paper. */
  private replaces = false;

  constructor() {
    super();
    this.backup = undefined;
    this.asking = false;
  }

  protected override offer(): TemplateResult {
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
      ${this.placeButton()}
    `;
  }

  protected override sheet(groups: readonly string[]): TemplateResult {
    return html`
      <div class="sheet">
        <h1>${marked(() => gettext("Recovery key"))}</h1>
        ${this.digits(groups)}
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
      ${this.printButton()}
      ${this.partForm(html`
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
      `)}
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
      this.reveal(key);
    });
  };

  protected override async confirmed(groups: readonly string[]): Promise<void> {
    if (this.replaces) await this.replace(groups);
    this.toPlace(() => gettext("The recovery key is ready."));
  }

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
