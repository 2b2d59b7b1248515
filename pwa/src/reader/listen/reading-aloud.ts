/** The phone's own voice, block by block. */
import type { Block } from "./blocks.ts";

const READING = "reading";

export interface Spoken {
  readonly block: Block;
  readonly voice: SpeechSynthesisVoice;
}

export type State = "silent" | "speaking" | "paused";

export class ReadingAloud {
  readonly #spoken: readonly Spoken[];
  readonly #onState: (state: State) => void;
  #at = 0;
  /**
   * What is being said. Compared when something ends, so that the end of what was broken off moves
   * nothing on; and held here, since Chromium loses the events of one that nothing holds.
   */
  #told: SpeechSynthesisUtterance | undefined;

  constructor(spoken: readonly Spoken[], onState: (state: State) => void) {
    this.#spoken = spoken;
    this.#onState = onState;
  }

  /** From the beginning, or where it was paused. */
  start(): void {
    this.#onState("speaking");
    this.#say();
  }

  /** Chromium on Android ends what it is told to pause; so the block is begun again afterwards. */
  pause(): void {
    this.#break();
    this.#onState("paused");
  }

  stop(): void {
    this.#break();
    this.#at = 0;
    this.#onState("silent");
  }

  #break(): void {
    this.#told = undefined;
    speechSynthesis.cancel();
    this.#mark(undefined);
  }

  #say(): void {
    const next = this.#spoken[this.#at];
    if (next === undefined) {
      this.stop();
      return;
    }
    const utterance = new SpeechSynthesisUtterance(next.block.text);
    this.#told = utterance;
    utterance.voice = next.voice;
    utterance.lang = next.voice.lang;
    utterance.onend = () => {
      if (utterance !== this.#told) return;
      this.#at += 1;
      this.#say();
    };
    utterance.onerror = () => {
      if (utterance === this.#told) this.stop();
    };
    this.#mark(next.block.element);
    speechSynthesis.speak(utterance);
  }

  #mark(element: HTMLElement | undefined): void {
    for (const { block } of this.#spoken) {
      block.element.classList.toggle(READING, block.element === element);
    }
    element?.scrollIntoView({ block: "nearest" });
  }
}
