/** `<place-home>`: the ways into the open vault, when it locks, what room there is. Properties: `vault`, `environment`. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { formatNumber, gettext, ngettext, pgettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { settingsOf } from "../../vault/backup/layout.ts";
import type { AutoLock } from "../../vault/index.ts";
import { hasPasskeys } from "../passkey.ts";
import type { PlacePart } from "../screens.ts";
import { roomHere, type Room } from "../storage.ts";
import { Watching } from "../watching.ts";
import { PlaceScreen } from "./place-screen.ts";

const MINUTES = [1, 2, 5, 15, 30];
const SECONDS = [5, 15, 30, 60, 300];
const MEGABYTE = 1_000_000;

export class PlaceHome extends PlaceScreen {
  static override readonly properties = { ...PlaceScreen.properties, room: { state: true } };

  declare private room: Room | undefined;

  constructor() {
    super();
    this.room = undefined;
    new Watching(this, () => [this.vault.generation]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void roomHere()
      .catch(() => undefined)
      .then((room) => (this.room = room));
  }

  protected override render(): TemplateResult {
    const { recovery, passkey, second } = this.vault.ways.present;
    return html`
      <h1>${marked(() => gettext("This place"))}</h1>
      ${this.faultTemplate()}
      <section aria-labelledby="ways">
        <h2 id="ways">${marked(() => gettext("How it opens"))}</h2>
        <ul class="cards">
          ${this.way(
            "passphrase",
            marked(() => gettext("Passphrase")),
            marked(() => gettext("Change it")),
          )}
          ${this.way(
            "recovery",
            marked(() => gettext("Recovery key")),
            state(recovery),
          )}
          ${
            passkey || hasPasskeys()
              ? this.way(
                  "passkey",
                  marked(() => gettext("Fingerprint or face")),
                  state(passkey),
                )
              : nothing
          }
          ${this.way(
            "second",
            marked(() => gettext("A second passphrase")),
            state(second !== undefined),
          )}
        </ul>
      </section>
      <section aria-labelledby="copies">
        <h2 id="copies">${marked(() => gettext("If the phone is lost"))}</h2>
        <ul class="cards">
          ${this.way(
            "backup",
            marked(() => gettext("Backup")),
            state(settingsOf(this.vault)?.on ?? false),
          )}
          ${this.way(
            "file",
            marked(() => gettext("Everything in one file")),
            marked(() => gettext("Make one, or open one")),
          )}
        </ul>
      </section>
      ${this.locking()} ${this.storage()}
      <section aria-labelledby="gone">
        <h2 id="gone">${marked(() => gettext("Before you give the phone away"))}</h2>
        <p>
          <button class="button button--danger" type="button" @click=${() => this.open("wipe")}>
            ${marked(() => gettext("Wipe everything"))}
          </button>
        </p>
      </section>
      ${this.backButton()}
    `;
  }

  private way(
    part: PlacePart,
    name: string | TemplateResult,
    said: string | TemplateResult,
  ): TemplateResult {
    return html`<li>
      <button class="card" type="button" @click=${() => this.open(part)}>
        <span class="title">${name}</span>
        <span class="hint">${said}</span>
      </button>
    </li>`;
  }

  private locking(): TemplateResult {
    const { idle_seconds, hidden_seconds } = this.vault.autoLock;
    return html`<section aria-labelledby="locking">
      <h2 id="locking">${marked(() => gettext("When it locks by itself"))}</h2>
      ${select(
        "idle",
        marked(() => gettext("When nobody touches the phone")),
        idle_seconds,
        MINUTES.map((minutes) => 60 * minutes),
        (chosen) => this.lockAfter({ idle_seconds: chosen, hidden_seconds }),
      )}
      ${select(
        "hidden",
        marked(() => gettext("When the screen is off, or another app is open")),
        hidden_seconds,
        SECONDS,
        (chosen) => this.lockAfter({ idle_seconds, hidden_seconds: chosen }),
      )}
    </section>`;
  }

  private storage(): TemplateResult | typeof nothing {
    const { room } = this;
    if (room === undefined) return nothing;
    const size = (bytes: number): string =>
      formatNumber(bytes / MEGABYTE, { maximumFractionDigits: 1 });
    return html`<section aria-labelledby="room">
      <h2 id="room">${marked(() => gettext("Room on the phone"))}</h2>
      <p>
        ${
          // Translators: {used} and {left} are sizes in megabytes. Notes and saved pages together.
          marked(() =>
            gettext("Used here: {used} MB. Left: {left} MB.", {
              used: size(room.usedBytes),
              left: size(room.leftBytes),
            }),
          )
        }
      </p>
      <p>
        ${
          room.isKept
            ? marked(() => gettext("The browser keeps it until you delete it."))
            : marked(() =>
                gettext(
                  "The browser may delete it when the phone has no room left, or when you do not open it for long. Put this site on the home screen, and it is kept better.",
                ),
              )
        }
      </p>
    </section>`;
  }

  private open(part: PlacePart): void {
    this.go({ name: "place", part });
  }

  private lockAfter(autoLock: AutoLock): void {
    void this.attempt(() => this.vault.setAutoLock(autoLock));
  }
}

function state(isSet: boolean): string | TemplateResult {
  return isSet
    ? marked(() => pgettext("setting", "Set"))
    : marked(() => pgettext("setting", "Not set"));
}

function select(
  id: string,
  label: string | TemplateResult,
  present: number,
  offered: readonly number[],
  choose: (seconds: number) => void,
): TemplateResult {
  const seconds = [...new Set([...offered, present])].sort((a, b) => a - b);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      class="input"
      autocomplete="off"
      .value=${live(String(present))}
      @change=${({ target }: Event) => {
        if (target instanceof HTMLSelectElement) choose(Number(target.value));
      }}
    >
      ${seconds.map(
        (each) =>
          html`<option value=${each} ?selected=${each === present}>${timeName(each)}</option>`,
      )}
    </select>
  </div>`;
}

function timeName(seconds: number): string {
  return seconds % 60 === 0
    ? ngettext("after {count} minute", "after {count} minutes", seconds / 60)
    : ngettext("after {count} second", "after {count} seconds", seconds);
}

customElements.define("place-home", PlaceHome);
