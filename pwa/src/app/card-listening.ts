/** Listening to a card: a recording where there is one, else the phone's own voice, else nothing. */
import { html, nothing, type ReactiveController, type TemplateResult } from "lit";

import { gettext } from "../i18n/index.ts";
import { marked } from "../i18n/marked.ts";
import { blocksOf } from "../reader/listen/blocks.ts";
import { ReadingAloud, type State } from "../reader/listen/reading-aloud.ts";
import { listenLabel, recordingMissing } from "../reader/listen/size.ts";
import { picture } from "./card-pictures.ts";
import { recordingIn } from "./card-recordings.ts";
import type { Card } from "./cards.ts";
import type { Language } from "./language.ts";
import type { ScreenElement } from "./screen-element.ts";

/** Whose language it is, and which voice of the phone speaks it. */
export interface Speaker {
  readonly language: Language;
  readonly voice: SpeechSynthesisVoice | undefined;
}

/** Of one screen, which shows a `.client-card` at a time; silent when the screen goes, or somebody leaves. */
export class CardListening implements ReactiveController {
  readonly #host: ScreenElement;
  #reading: State = "silent";
  /** The recording of this card; `missing` when it could not be fetched. */
  #recorded: "offered" | "playing" | "missing" = "offered";
  #aloud: ReadingAloud | undefined;

  constructor(host: ScreenElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("sojourn:leave", this.silence);
  }

  hostDisconnected(): void {
    document.removeEventListener("sojourn:leave", this.silence);
    this.silence();
  }

  template(speaker: Speaker, card: Card): TemplateResult {
    const { recordings } = document.querySelector<HTMLElement>("sojourn-app")?.dataset ?? {};
    const recording = recordingIn(recordings, speaker.language.tag, card);
    if (recording !== undefined && this.#recorded === "playing") {
      return html`<audio
        controls
        preload="none"
        src=${recording.address}
        @error=${() => this.#record("missing")}
      ></audio>`;
    }
    const isMissing = this.#recorded === "missing";
    return html`<div role="status">
        ${isMissing ? html`<p class="notice">${marked(recordingMissing)}</p>` : nothing}
      </div>
      ${
        recording === undefined || isMissing
          ? this.#byVoice(speaker)
          : html`<button class="button" type="button" @click=${this.#play}>
              ${picture("listen")} ${marked(() => listenLabel(recording.bytes))}
            </button>`
      }`;
  }

  readonly silence = (): void => {
    this.#host.querySelector("audio")?.pause();
    this.#record("offered");
    this.#aloud?.stop();
    this.#aloud = undefined;
  };

  #byVoice({ language, voice }: Speaker): TemplateResult | typeof nothing {
    if (voice === undefined) return nothing;
    return this.#reading === "silent"
      ? html`<button
          class="button"
          type="button"
          @click=${() => this.#readAloud(language.tag, voice)}
        >
          ${picture("listen")} ${marked(() => gettext("Listen"))}
        </button>`
      : html`<button class="button" type="button" @click=${this.silence}>
          ${marked(() => gettext("Stop"))}
        </button>`;
  }

  #readAloud(tag: string, voice: SpeechSynthesisVoice): void {
    const card = this.#host.querySelector<HTMLElement>(".client-card");
    if (card === null) return;
    const blocks = blocksOf(card).filter(({ lang }) => lang === tag);
    this.#aloud = new ReadingAloud(
      blocks.map((block) => ({ block, voice })),
      (state) => {
        this.#reading = state;
        this.#host.requestUpdate();
      },
    );
    this.#aloud.start();
  }

  readonly #play = (): void => {
    this.#record("playing");
    void this.#host.updateComplete.then(() => {
      const player = this.#host.querySelector("audio");
      player?.focus();
      void player?.play().catch(() => undefined); // `error` says it; or the phone wants a second tap.
    });
  };

  #record(state: "offered" | "playing" | "missing"): void {
    this.#recorded = state;
    this.#host.requestUpdate();
  }
}
