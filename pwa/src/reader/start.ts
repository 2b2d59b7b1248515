/** What every page of ours does once it can be read. None of it is needed to read. */
import { linkCountry, putCountryFirst, rememberCountry } from "./country.ts";
import { keepLocale, speaking } from "./keep.ts";
import { orderLanguages } from "./languages.ts";
import { isNotMine } from "./memory.ts";
import { offerKeeping } from "./offer.ts";
import { closeNotes, markNotMine, NOT_MINE, sayNotMine } from "./not-mine.ts";
import { pageLocale, pagePath } from "./site.ts";
import { watchForUpdate } from "./update.ts";
import { isStart, isStaying, stay, stayOnLinks } from "./visit.ts";
import { canKeep, registerWorker } from "./worker.ts";

export async function startReading(): Promise<void> {
  const locale = pageLocale();
  const spoken = speaking(locale === "" ? document.documentElement.lang : locale);
  if (pagePath() === NOT_MINE) markNotMine();
  // Before anything is awaited: the app's script, which follows, must not find its place.
  if (isNotMine()) closeNotes();
  orderLanguages();
  putCountryFirst();

  const tools = import("./tools.ts").then(({ startTools }) => startTools({ locale, spoken }));
  if (isNotMine()) sayNotMine(spoken);
  else if (isStaying()) await begin(locale, spoken);
  else {
    stayOnLinks();
    if (!isStart() && canKeep()) {
      offerKeeping(spoken, () => {
        stay();
        void begin(locale, spoken);
      });
    }
  }
  await linkCountry(spoken);
  await tools;
}

async function begin(locale: string, spoken: () => Promise<void>): Promise<void> {
  rememberCountry();
  const registration = await registerWorker();
  if (registration === undefined || locale === "") return;
  watchForUpdate(registration, spoken);
  keepLocale(locale, spoken);
}
