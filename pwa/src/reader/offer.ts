/** On a first visit by a link: what is kept is kept because somebody wanted it. */
import { gettext } from "../i18n/index.ts";
import { notice } from "./say.ts";

export function offerKeeping(spoken: () => Promise<void>, keep: () => void): void {
  void spoken().then(() => {
    const told = notice(
      "keep",
      () =>
        gettext(
          "Nothing is saved on this phone yet. Save these pages, and they open with no connection.",
        ),
      {
        label: () => gettext("Save on this phone"),
        act: () => {
          keep();
          told?.remove();
        },
      },
    );
  });
}
