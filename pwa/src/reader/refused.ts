/** What is said when something from the network was not taken. Nothing is lost, so nothing shouts. */
import { gettext } from "../i18n/index.ts";
import type { Why } from "./errors.ts";
import { notice } from "./say.ts";
import { tellWorker } from "./worker.ts";

export function showRefused(locale: string, why: Why): void {
  switch (why) {
    case "bad-hash":
    case "bad-signature":
      notice(why, () =>
        gettext(
          "What came from the network was changed on the way, so it was not used. What is on this phone is still right.",
        ),
      );
      break;
    case "older":
      notice(why, () =>
        gettext("The network offered an older text than yours. Yours stays on this phone."),
      );
      break;
    case "new-key":
      notice(
        why,
        () =>
          gettext(
            "This site has a new key. That happens when its server was set up again; it can also mean that someone else answers in its place. What is on this phone stays as it is. If you are not sure, do nothing.",
          ),
        {
          label: () => gettext("Use the new key"),
          act: () => void tellWorker({ type: "accept-key", locale }),
        },
      );
      break;
  }
}
