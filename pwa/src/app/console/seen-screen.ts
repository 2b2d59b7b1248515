/** What the console's screens share: what a coordinator's device knows, read anew whenever the vault changes. */
import { scriptUrl } from "../../reader/policy.ts";
import type { Coordinator, ProgrammeContacts, Seen } from "../../sync/coordinator/index.ts";
import { threadReader } from "../../sync/coordinator/thread-reader.ts";
import type { Engine, EnrolmentSummary } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import { ScreenElement } from "../screen-element.ts";
import { Watching } from "../watching.ts";

export abstract class SeenScreen extends ScreenElement {
  static override readonly properties = {
    ...ScreenElement.properties,
    vault: { attribute: false },
    engine: { attribute: false },
    enrolment: { attribute: false },
    seen: { state: true },
  };

  declare vault: Vault;
  declare engine: Engine;
  declare enrolment: Id;
  /** Undefined until it is read, and while the programme's card is not here. */
  declare protected seen: Seen | undefined;
  private isLoading = false;
  private isAskedAgain = false;

  constructor() {
    super();
    this.seen = undefined;
    new Watching(
      this,
      () => [this.vault.generation],
      () => void this.load(),
    );
    new Watching(this, () => [this.engine.enrolments, this.engine.status]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    // Somebody looks: what is new is wanted now, whatever the connection is kept for.
    void this.engine.syncNow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen = undefined;
    // What stood here names people's phones: an element that is gone draws itself no more.
    this.replaceChildren();
  }

  protected get summary(): EnrolmentSummary | undefined {
    return this.engine.enrolments.value.find(({ id }) => id === this.enrolment);
  }

  protected async coordinator(): Promise<Coordinator> {
    return this.engine.coordinator(this.enrolment);
  }

  /** All contacts of the programme, opened in a thread. */
  protected async contacts(): Promise<ProgrammeContacts> {
    return (await this.coordinator()).contacts(() => threadReader(scriptUrl));
  }

  /** Once at a time: while contacts come, the vault changes many times a second. */
  protected async load(): Promise<void> {
    this.isAskedAgain = this.isLoading;
    if (this.isLoading || this.summary?.standing !== "certified") return;
    this.isLoading = true;
    try {
      const seen = await (await this.coordinator()).seen();
      if (this.isConnected && this.vault.isOpen.value) this.seen = seen;
    } catch (error) {
      if (this.vault.isOpen.value) this.tell(error);
    } finally {
      this.isLoading = false;
    }
    if (this.isAskedAgain && this.isConnected) await this.load();
  }
}
