/** Four words for how hard a passphrase is to guess. */
import { gettext } from "../../i18n/index.ts";

export type Strength = "none" | "weak" | "good" | "strong";

/** From the weakest on, for a meter. */
export const STRENGTHS: readonly Strength[] = ["none", "weak", "good", "strong"];

export function strengthName(strength: Strength): string {
  switch (strength) {
    case "none":
      return gettext("Very easy to guess. Take more words, or the digits that we suggest.");
    case "weak":
      return gettext("Can be guessed by someone who copies the phone. One or two more words help.");
    case "good":
      return gettext("Hard to guess.");
    case "strong":
      return gettext("Very hard to guess.");
  }
}
