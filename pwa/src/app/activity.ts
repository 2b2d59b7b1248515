/** Tells an open vault what a person does, so that it locks when nobody does anything. */
import type { Vault } from "../vault/index.ts";

const EVENTS = ["pointerdown", "keydown", "scroll", "input"] as const;
/** What says that the phone's window for choosing a file is closed again. */
const CHOSEN = ["change", "cancel"] as const;

export class Activity {
  private readonly vault: () => Vault | undefined;
  /** A field for a file was pressed: that window is open, or the camera's app that it offers. */
  private choosing = false;

  constructor(vault: () => Vault | undefined) {
    this.vault = vault;
  }

  listen(): void {
    for (const event of EVENTS) {
      document.addEventListener(event, this.touch, { capture: true, passive: true });
    }
    document.addEventListener("click", this.press, { capture: true });
    for (const event of CHOSEN) document.addEventListener(event, this.chosen, { capture: true });
    document.addEventListener("visibilitychange", this.tell);
    addEventListener("pagehide", this.hidden);
    addEventListener("pageshow", this.tell);
  }

  end(): void {
    for (const event of EVENTS) document.removeEventListener(event, this.touch, { capture: true });
    document.removeEventListener("click", this.press, { capture: true });
    for (const event of CHOSEN) document.removeEventListener(event, this.chosen, { capture: true });
    document.removeEventListener("visibilitychange", this.tell);
    removeEventListener("pagehide", this.hidden);
    removeEventListener("pageshow", this.tell);
  }

  /** Whether the page can be seen now. */
  readonly tell = (): void => {
    const isVisible = document.visibilityState === "visible";
    this.vault()?.setVisible(isVisible, this.choosing);
    // Whoever is back has chosen, or has not.
    if (isVisible) this.choosing = false;
  };

  private readonly press = ({ target }: Event): void => {
    this.choosing = target instanceof HTMLInputElement && target.type === "file";
  };

  private readonly chosen = (): void => {
    if (!this.choosing) return;
    this.choosing = false;
    this.tell();
  };

  private readonly hidden = (): void => {
    this.choosing = false;
    this.vault()?.setVisible(false);
  };

  private readonly touch = (): void => {
    this.vault()?.touch();
  };
}
