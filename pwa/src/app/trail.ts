/** Which screens lie behind the present one, so that the phone's Back goes through them one by one. */
import { isInner, isList, type Screen } from "./screens.ts";

export class Trail {
  /** Home lies under all of them. In memory only: the browser's history holds how deep one is, no more. */
  #screens: Screen[] = [];

  /** `from` as it shall be come back to. */
  go(screen: Screen, from: Screen): void {
    if (!isInner(from)) this.#screens = [];
    else this.#screens.splice(-1, 1, from);
    if (!isInner(screen)) return;
    // What is not a list leads nowhere that one comes back from: the next screen takes its place.
    if (isInner(from) && !isList(from)) {
      this.#screens.splice(-1, 1, screen);
      return;
    }
    this.#screens.push(screen);
    history.pushState({ inner: this.#screens.length }, "");
  }

  /** After the browser went back: what to show; undefined is home. */
  back(): Screen | undefined {
    const depth = depthOf(history.state);
    if (depth >= this.#screens.length) this.#screens = [];
    this.#screens.length = Math.min(depth, this.#screens.length);
    return this.#screens[this.#screens.length - 1];
  }
}

function depthOf(state: unknown): number {
  const inner =
    typeof state === "object" && state !== null && "inner" in state ? state.inner : undefined;
  return typeof inner === "number" ? inner : 0;
}
