/** Tells an open vault what a person does, so that it locks when nobody does anything. */
import type { Vault } from "../vault/index.ts";

const EVENTS = ["pointerdown", "keydown", "scroll", "input"] as const;

export class Activity {
  private readonly vault: () => Vault | undefined;

  constructor(vault: () => Vault | undefined) {
    this.vault = vault;
  }

  listen(): void {
    for (const event of EVENTS) {
      document.addEventListener(event, this.touch, { capture: true, passive: true });
    }
    document.addEventListener("visibilitychange", this.tell);
    addEventListener("pagehide", this.hidden);
    addEventListener("pageshow", this.tell);
  }

  end(): void {
    for (const event of EVENTS) document.removeEventListener(event, this.touch, { capture: true });
    document.removeEventListener("visibilitychange", this.tell);
    removeEventListener("pagehide", this.hidden);
    removeEventListener("pageshow", this.tell);
  }

  /** Whether the page can be seen now. */
  readonly tell = (): void => {
    this.vault()?.setVisible(document.visibilityState === "visible");
  };

  private readonly hidden = (): void => {
    this.vault()?.setVisible(false);
  };

  private readonly touch = (): void => {
    this.vault()?.touch();
  };
}
