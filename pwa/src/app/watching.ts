/** Draws an element anew when a watched value changes, as long as it is on the page. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Unsubscribe, Watched } from "../vault/index.ts";

export class Watching implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly watched: () => readonly Watched<unknown>[];
  private readonly changed: () => void;
  private ends: readonly Unsubscribe[] = [];

  /** `watched` is asked when the element is connected. `changed` runs besides the new drawing. */
  constructor(
    host: ReactiveControllerHost,
    watched: () => readonly Watched<unknown>[],
    changed: () => void = () => undefined,
  ) {
    this.host = host;
    this.watched = watched;
    this.changed = changed;
    host.addController(this);
  }

  hostConnected(): void {
    this.ends = this.watched().map((each) =>
      each.subscribe(() => {
        this.changed();
        this.host.requestUpdate();
      }),
    );
  }

  hostDisconnected(): void {
    for (const end of this.ends) end();
    this.ends = [];
  }
}
