/**
 * `<console-people>`: who is in a programme, with which phone; invitations that are open; who was not let in.
 * Properties: `vault`, `engine`, `enrolment`. Events: `go`, `back`.
 */
import { html, nothing, type TemplateResult } from "lit";

import { formatDay, formatNumber, gettext } from "../../i18n/index.ts";
import { marked } from "../../i18n/marked.ts";
import { SyncError } from "../../sync/index.ts";
import type { DeviceCount } from "../../sync/coordinator/contacts.ts";
import type {
  OpenInvite,
  ProgrammeContacts,
  SeenDevice,
  Waiting,
} from "../../sync/coordinator/index.ts";
import type { Unsubscribe } from "../../sync/watched.ts";
import type { Id } from "../../vault/index.ts";
import { confirmation } from "../confirmation.ts";
import { stripeOf } from "../contacts.ts";
import { dayOf, deviceCode } from "../states.ts";
import { numbersOf, roleName } from "./names.ts";
import "./programme-keys.ts";
import { SeenScreen } from "./seen-screen.ts";

export class ConsolePeople extends SeenScreen {
  static override readonly properties = {
    ...SeenScreen.properties,
    waiting: { state: true },
    counts: { state: true },
    isCounted: { state: true },
    heard: { state: true },
    ending: { state: true },
    uncounted: { state: true },
    takingBack: { state: true },
  };

  /** As the hub last said; empty where it cannot be reached. */
  declare private waiting: readonly Waiting[];
  /** What has come from each device. */
  declare private counts: readonly DeviceCount[];
  /** All that is here has been opened: what is in no count did not come. */
  declare private isCounted: boolean;
  /** By device, the day on which the hub last got something of it. */
  declare private heard: ReadonlyMap<Id, string>;
  private ends: readonly Unsubscribe[] = [];
  /** Whose access is asked about, and which invitation. */
  declare private ending: SeenDevice | undefined;
  /** The same once more, since nobody knows what came from it. */
  declare private uncounted: SeenDevice | undefined;
  declare private takingBack: OpenInvite | undefined;

  constructor() {
    super();
    this.waiting = [];
    this.counts = [];
    this.isCounted = false;
    this.heard = new Map();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.follow();
    void this.askHub();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
    this.counts = [];
    this.isCounted = false;
  }

  /** Where the hub cannot be reached, the lists do not say this; why not, the first screen says. */
  private async askHub(): Promise<void> {
    try {
      const coordinator = await this.coordinator();
      const [waiting, heard] = await Promise.all([coordinator.waiting(), coordinator.heard()]);
      if (!this.isConnected) return;
      this.waiting = waiting;
      this.heard = heard;
    } catch (error) {
      if (!(error instanceof SyncError)) this.tell(error);
    }
  }

  private async follow(): Promise<void> {
    const contacts = await this.contacts();
    if (!this.isConnected) return;
    this.counts = contacts.seen.value.devices;
    this.ends = [
      contacts.seen.subscribe(({ devices }) => (this.counts = devices)),
      contacts.opening.subscribe(() => void this.look(contacts)),
    ];
    await this.look(contacts);
  }

  private async look(contacts: ProgrammeContacts): Promise<void> {
    if (contacts.opening.value.isOpening) return;
    this.isCounted = await contacts.settled().then(
      () => true,
      () => false,
    );
  }

  protected override render(): TemplateResult {
    const { seen } = this;
    return html`
      ${stripeOf(this.engine, this.enrolment)}
      <h1>${marked(() => gettext("People and phones"))}</h1>
      ${this.faultTemplate()}
      <div class="buttons">
        <button
          class="button button--primary"
          type="button"
          ?disabled=${seen?.isReady !== true}
          @click=${() => this.go({ name: "console", enrolment: this.enrolment, part: "invite" })}
        >
          ${marked(() => gettext("Invite somebody"))}
        </button>
      </div>
      ${seen === undefined ? nothing : this.invites(seen.invites)}
      ${seen === undefined ? nothing : this.devices(seen.devices)}
      ${seen === undefined ? nothing : this.unknown(seen.devices)} ${this.refused()}
      ${
        seen === undefined
          ? nothing
          : html`<programme-keys
              .engine=${this.engine}
              .enrolment=${this.enrolment}
              .seen=${seen}
            ></programme-keys>`
      }
      ${this.question()} ${this.backButton()}
    `;
  }

  private invites(invites: readonly OpenInvite[]): TemplateResult | typeof nothing {
    if (invites.length === 0) return nothing;
    return html`<section aria-labelledby="invites">
      <h2 id="invites">${marked(() => gettext("Invitations that nobody used yet"))}</h2>
      <ul class="cards">
        ${invites.map(
          (invite) =>
            html`<li class="card">
              <p>${named(invite)}</p>
              <p class="hint">
                ${
                  // Translators: {day} is the last day of an invitation.
                  marked(() => gettext("Good until {day}", { day: dayOf(invite.expiry * 1000) }))
                }
              </p>
              <button class="button" type="button" @click=${() => (this.takingBack = invite)}>
                ${marked(() => gettext("Take it back"))}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private devices(devices: readonly SeenDevice[]): TemplateResult {
    const shown = devices
      .filter((device) => !isUnknown(device))
      .sort((a, b) => Number(a.revoked) - Number(b.revoked));
    return html`<section aria-labelledby="devices">
      <h2 id="devices">${marked(() => gettext("Phones and computers"))}</h2>
      <p class="hint">
        ${marked(() =>
          gettext(
            "Each shows its own code under About this programme: compare before you end one.",
          ),
        )}
      </p>
      <ul class="cards">
        ${shown.map((device) => this.device(device))}
      </ul>
    </section>`;
  }

  /** Who founded the programme, too, once somebody else looks; and whom a coordinator invited who has left. */
  private unknown(devices: readonly SeenDevice[]): TemplateResult | typeof nothing {
    const shown = devices.filter(isUnknown);
    if (shown.length === 0) return nothing;
    return html`<section aria-labelledby="unknown">
      <h2 id="unknown">${marked(() => gettext("Do you know these?"))}</h2>
      <p>
        ${marked(() =>
          gettext(
            "No coordinator who is here now invited them. Ask whose they are, and compare the codes. End the access of those that nobody knows.",
          ),
        )}
      </p>
      <ul class="cards">
        ${shown.map((device) => this.device(device))}
      </ul>
    </section>`;
  }

  private device(device: SeenDevice): TemplateResult {
    const { isOwn, revoked, role } = device;
    return html`<li class="card">
      <p>${named(device)}</p>
      ${codeLine(device.device)} ${role === "worker" ? this.counted(device.device) : nothing}
      ${
        isOwn
          ? html`<p class="state state--held">${marked(() => gettext("This one"))}</p>`
          : nothing
      }
      ${
        revoked
          ? html`<p class="state state--attention">${marked(() => gettext("Access ended"))}</p>`
          : nothing
      }
      ${
        isOwn || revoked
          ? nothing
          : html`<button class="button" type="button" @click=${() => (this.ending = device)}>
              ${marked(() => gettext("End its access"))}
            </button>`
      }
    </li>`;
  }

  private counted(device: Id): TemplateResult | typeof nothing {
    if (!this.isCounted) return nothing;
    const found = lastOf(this.counts, device);
    if (found === undefined) {
      return html`<p>${marked(() => gettext("Nothing from this phone yet."))}</p>`;
    }
    const { last, missing, twice } = found;
    const heard = this.heard.get(device);
    const number = formatNumber(last);
    const numbers = numbersOf(found);
    return html`<p>
        ${
          // Translators: {number} counts what came from a phone; the phone shows the same number as "Sent".
          marked(() => gettext("Last from this phone: {number}", { number }))
        }
      </p>
      ${
        heard === undefined
          ? nothing
          : html`<p class="hint">
              ${
                // Translators: {day} is the last day on which something came from a phone.
                marked(() => gettext("Last heard from on {day}", { day: formatDay(heard) }))
              }
            </p>`
      }
      ${
        missing.length + twice.length === 0
          ? nothing
          : html`<p class="caution">
              ${
                // Translators: {numbers} are numbers of entries in a log, and ranges of them, such as 3–5.
                marked(() => gettext("Numbers missing or used twice: {numbers}", { numbers }))
              }
            </p>`
      }`;
  }

  private refused(): TemplateResult | typeof nothing {
    if (this.waiting.length === 0) return nothing;
    return html`<section aria-labelledby="refused">
      <h2 id="refused">${marked(() => gettext("Not let in"))}</h2>
      <p>
        ${marked(() =>
          gettext(
            "They came with an invitation that was taken back, too old, used by another phone, or not one of yours. What they send is kept apart.",
          ),
        )}
      </p>
      <ul class="cards">
        ${this.waiting.map(
          ({ device, day }) =>
            html`<li class="card">
              ${codeLine(device)} ${this.counted(device)}
              <p class="hint"><bdi>${formatDay(day)}</bdi></p>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private question(): TemplateResult | typeof nothing {
    const { ending, takingBack } = this;
    const no = marked(() => gettext("Keep it"));
    if (takingBack !== undefined) {
      return confirmation({
        question: marked(() => gettext("Take this invitation back? Then nobody can join with it.")),
        yes: marked(() => gettext("Take it back")),
        no,
        confirm: () => this.takeBack(takingBack),
        end: () => (this.takingBack = undefined),
      });
    }
    const { uncounted } = this;
    if (uncounted !== undefined) {
      return confirmation({
        question: html`${this.ended(uncounted)}
          <br />
          ${marked(() => gettext("Not all contacts could be opened."))}`,
        yes: marked(() => gettext("End its access")),
        no,
        confirm: () => this.revoke(uncounted, true),
        end: () => (this.uncounted = undefined),
      });
    }
    if (ending === undefined) return nothing;
    return confirmation({
      question: html`${this.ended(ending)}
        <br />
        ${marked(() =>
          gettext(
            "End its access? It can send and read nothing more, and there is no way back but a new invitation. What it sent is kept.",
          ),
        )}
        ${
          ending.role === "coordinator"
            ? marked(() =>
                gettext(
                  "The programme gets new keys too. Invitations that nobody used are over then: make new ones.",
                ),
              )
            : nothing
        }`,
      yes: marked(() => gettext("End its access")),
      no,
      confirm: () => this.revoke(ending),
      end: () => (this.ending = undefined),
    });
  }

  private ended(device: SeenDevice): TemplateResult {
    return html`<bdi>${named(device)}</bdi><br />
      <bdi class="fingerprint" dir="ltr">${deviceCode(device.device)}</bdi>`;
  }

  private takeBack({ invite }: OpenInvite): void {
    void this.attempt(async () => (await this.coordinator()).withdraw(invite));
  }

  /** `isSure`: somebody knows that nobody knows what came from it. */
  private revoke(seen: SeenDevice, isSure = false): void {
    const { device, role } = seen;
    void this.attempt(async () => {
      const contacts = await this.contacts();
      if (contacts.opening.value.hasFailed) contacts.again();
      // What is here already counts: a number too low would set apart what was sent before.
      // Where not all of it opens, what does counts: a phone in wrong hands is put out all the same.
      const isWhole = await contacts.settled().then(
        () => true,
        () => false,
      );
      const last = lastOf(contacts.seen.value.devices, device)?.last;
      if (last === undefined && !isWhole && !isSure && role === "worker") {
        this.uncounted = seen;
        return;
      }
      await (await this.coordinator()).revoke(device, last ?? 0);
    });
  }
}

function lastOf(counts: readonly DeviceCount[], device: Id): DeviceCount | undefined {
  return counts.find((each) => each.device === device);
}

function isUnknown({ isVouchedFor, revoked }: SeenDevice): boolean {
  return !isVouchedFor && !revoked;
}

/** By its note, or by what it is. */
function named({ note, role }: Pick<SeenDevice, "note" | "role">): TemplateResult {
  return note === ""
    ? html`<strong>${marked(() => roleName(role))}</strong>`
    : html`<strong><bdi>${note}</bdi></strong> · ${marked(() => roleName(role))}`;
}

function codeLine(device: SeenDevice["device"]): TemplateResult {
  return html`<p class="hint"><bdi class="fingerprint" dir="ltr">${deviceCode(device)}</bdi></p>`;
}

customElements.define("console-people", ConsolePeople);
