/** `<place-backup>`: the backup on the hub: on, off, how it stands. Properties: `vault`, `environment`, `backup`. */
import { html, nothing, type TemplateResult } from "lit";

import { formatMonth, formatNumber, gettext, ngettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import type { Backup, BackupOffer, BackupStatus } from "../../vault/backup/index.ts";
import { confirmation } from "../confirmation.ts";
import { syncSentence } from "../faults.ts";
import { readRecovery, recoveryField } from "../recovery-words.ts";
import { sendsField } from "../sends.ts";
import { dayOf, heldSentence, timeOf } from "../states.ts";
import { Watching } from "../watching.ts";
import { PlaceScreen } from "./place-screen.ts";

const MEGABYTE = 1_000_000;

export class PlaceBackup extends PlaceScreen {
  static override readonly properties = {
    ...PlaceScreen.properties,
    backup: { attribute: false },
    offer: { state: true },
    typed: { state: true },
    asking: { state: true },
  };

  declare backup: Backup;
  /** What this hub says that it takes; undefined until it has answered. */
  declare private offer: BackupOffer | undefined;
  declare private typed: string;
  declare private asking: boolean;

  constructor() {
    super();
    this.offer = undefined;
    this.typed = "";
    this.asking = false;
    new Watching(this, () => [this.backup.status]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.backup.status.value.on) void this.attempt(async () => this.learn());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.typed = "";
  }

  protected override render(): TemplateResult {
    const status = this.backup.status.value;
    return html`
      <h1>${marked(() => gettext("Backup"))}</h1>
      <p>
        ${marked(() =>
          gettext(
            "A copy of your notes, hours, offers and pictures on the hub of this site. If the phone is lost, another phone gets them back with the recovery key alone. The hub cannot read them.",
          ),
        )}
      </p>
      <p class="caution">
        ${marked(() =>
          gettext(
            "Whoever has the recovery key and can reach this site can read all of it. Contacts of a programme are not in it.",
          ),
        )}
      </p>
      ${status.on ? this.standing(status) : this.turningOn(status)} ${this.copyGone(status)}
      ${
        this.asking
          ? confirmation({
              question: marked(() =>
                gettext(
                  "Delete the copy on the hub too? If this phone is then lost, nothing brings your notes back.",
                ),
              ),
              yes: marked(() => gettext("Delete the copy")),
              no: marked(() => gettext("Keep it")),
              confirm: () => void this.attempt(async () => this.backup.turnOff(true)),
              end: () => (this.asking = false),
            })
          : nothing
      }
      ${this.placeButton()}
    `;
  }

  private turningOn(status: BackupStatus): TemplateResult {
    const { offer } = this;
    if (offer?.offered === false) {
      return html`<p class="notice">${marked(() => syncSentence("no-backups"))}</p>
        ${this.faultTemplate()}`;
    }
    const has = status.hasKeys || this.vault.ways.present.recovery;
    return html`${offer === undefined ? nothing : this.terms(offer)}
    ${
      has
        ? html`<form autocomplete="off" @submit=${this.turnOn}>
            ${
              status.hasKeys
                ? nothing
                : html`<p>
                      ${marked(() =>
                        gettext(
                          "Type your recovery key once, so that the backup can be found with it.",
                        ),
                      )}
                    </p>
                    ${recoveryField(this.typed, (typed) => (this.typed = typed))}`
            }
            ${this.faultTemplate()}
            <button class="button button--primary" type="submit" ?disabled=${this.busy}>
              ${marked(() => gettext("Turn the backup on"))}
            </button>
          </form>`
        : html`<p>
              ${marked(() =>
                gettext("It needs a recovery key. Make one first, then come back here."),
              )}
            </p>
            ${this.faultTemplate()}
            <button
              class="button button--primary"
              type="button"
              @click=${() => this.go({ name: "place", part: "recovery" })}
            >
              ${marked(() => gettext("Make a recovery key"))}
            </button>`
    }`;
  }

  private terms({ quota, keep_months: months }: BackupOffer): TemplateResult {
    return html`<p>
      ${
        // Translators: {size} is a size in megabytes.
        marked(() =>
          ngettext(
            "The hub gives you {size} MB, and keeps the copy for at least {count} month after it was last used.",
            "The hub gives you {size} MB, and keeps the copy for at least {count} months after it was last used.",
            months,
            { size: sizeOf(quota) },
          ),
        )
      }
    </p>`;
  }

  private standing(status: BackupStatus): TemplateResult {
    const { kept, waiting, refused, lastSync, held, room, sends } = status;
    return html`<h2>${marked(() => gettext("The backup is on"))}</h2>
      <p>
        ${
          // Translators: {hub} and {waiting} are numbers of notes and other private records.
          marked(() =>
            gettext("On the hub: {hub}. Waiting: {waiting}.", {
              hub: formatNumber(kept),
              waiting: formatNumber(waiting),
            }),
          )
        }
      </p>
      <p role="status">${progress(status)}</p>
      ${
        refused === 0
          ? nothing
          : html`<p class="caution">
              ${marked(() =>
                ngettext(
                  "{count} is too long for the backup: it is on this phone alone. Make two of it.",
                  "{count} are too long for the backup: they are on this phone alone. Make two of each.",
                  refused,
                ),
              )}
            </p>`
      }
      ${held !== undefined && waiting > 0 ? html`<p class="hint">${marked(() => heldSentence(held))}</p>` : nothing}
      ${
        lastSync === undefined
          ? nothing
          : html`<dl>
              <dt>${marked(() => gettext("Last exchange with the hub"))}</dt>
              <dd>${dayOf(lastSync)} <bdi>${timeOf(lastSync)}</bdi></dd>
            </dl>`
      }
      ${
        room === undefined
          ? nothing
          : html`<p>
              ${
                // Translators: {used} and {quota} are sizes in megabytes, {month} is a month and a year.
                marked(() =>
                  gettext(
                    "Used on the hub: {used} of {quota} MB. Kept until {month} at least; each use makes it longer.",
                    {
                      used: sizeOf(room.used),
                      quota: sizeOf(room.quota),
                      month: formatMonth(room.kept_until),
                    },
                  ),
                )
              }
            </p>`
      }
      ${this.faultTemplate()}
      <div class="buttons">
        ${
          status.problem === "unknown"
            ? html`<button
                class="button button--primary"
                type="button"
                ?disabled=${status.busy}
                @click=${() => void this.backup.makeAgain()}
              >
                ${marked(() => gettext("Back up again"))}
              </button>`
            : html`<button
                class="button button--primary"
                type="button"
                ?disabled=${status.busy}
                @click=${() => void this.backup.now()}
              >
                ${marked(() => gettext("Send now"))}
              </button>`
        }
        <button class="button" type="button" @click=${this.turnOff}>
          ${marked(() => gettext("Turn the backup off"))}
        </button>
      </div>
      <form autocomplete="off">
        ${sendsField(
          sends,
          (each) => void this.attempt(async () => this.backup.setSends(each)),
          marked(() =>
            gettext(
              "When both phones change one note before they exchange, both versions are kept.",
            ),
          ),
        )}
      </form>`;
  }

  /** Off, and what is on the hub is still there, or about to go. */
  private copyGone({ on, made, leaving }: BackupStatus): TemplateResult | typeof nothing {
    if (leaving) {
      return html`<p class="notice">
        ${marked(() =>
          gettext("The old copy is deleted as soon as the hub can be reached with this open."),
        )}
      </p>`;
    }
    if (on || !made) return nothing;
    return html`<p class="notice">
        ${marked(() => gettext("The backup is off. What was sent before is still on the hub."))}
      </p>
      <p>
        <button class="button button--danger" type="button" @click=${() => (this.asking = true)}>
          ${marked(() => gettext("Delete the copy"))}
        </button>
      </p>`;
  }

  private async learn(): Promise<void> {
    this.offer = await this.backup.offer();
  }

  private readonly turnOn = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.backup.status.value.hasKeys) {
      void this.attempt(async () => this.backup.turnOn());
      return;
    }
    const read = readRecovery(this.typed);
    if ("problem" in read) {
      this.fault = read.problem;
      return;
    }
    void this.attempt(async () => {
      // The same key in the same slot: that it opens this place is shown by it.
      await this.vault.ways.setWay("recovery", { recovery: read.key }, read.key);
      this.typed = "";
      await this.backup.turnOn();
    });
  };

  private readonly turnOff = (): void => {
    void this.attempt(async () => {
      await this.backup.turnOff(false);
      this.asking = this.backup.status.value.made;
      void this.learn().catch(() => undefined);
    });
  };
}

function progress({ problem, busy }: BackupStatus): TemplateResult | string {
  if (busy) return marked(() => gettext("Sending…"));
  if (problem === undefined) return "";
  if (problem === "unknown" || problem === "wrong-token") {
    return marked(() =>
      gettext(
        "This backup is not on the hub any more. Another phone may have ended it. Everything is kept on this phone.",
      ),
    );
  }
  if (problem === "quota") {
    return marked(() =>
      gettext("The hub has no room left for this backup. Everything is kept on this phone."),
    );
  }
  return marked(() => syncSentence(problem));
}

function sizeOf(bytes: number): string {
  return formatNumber(bytes / MEGABYTE, { maximumFractionDigits: 1 });
}

customElements.define("place-backup", PlaceBackup);
