/** What screens that list what the vault holds have in common: they are read again whenever it changes. */
import type { Vault } from "../vault/index.ts";
import { ScreenElement } from "./screen-element.ts";
import { Watching } from "./watching.ts";

export abstract class ListScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
  };

  declare vault: Vault;

  constructor() {
    super();
    new Watching(
      this,
      () => [this.vault.generation],
      () => void this.load(),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  /** Reads what is listed; what it gives takes that over, unless the screen has gone or the vault has locked. */
  protected abstract read(): Promise<() => void>;

  protected async load(): Promise<void> {
    try {
      const takeOver = await this.read();
      if (this.isConnected && this.vault.isOpen.value) takeOver();
    } catch (error) {
      this.tell(error);
    }
  }
}
