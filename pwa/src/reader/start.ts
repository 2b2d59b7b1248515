/** What every page of ours does once it can be read. None of it is needed to read. */
import { linkCountry, putCountryFirst, rememberCountry } from "./country.ts";
import { keepLocale, speaking } from "./keep.ts";
import { orderLanguages } from "./languages.ts";
import { pageLocale } from "./site.ts";
import { watchForUpdate } from "./update.ts";
import { registerWorker } from "./worker.ts";

export async function startReading(): Promise<void> {
  const locale = pageLocale();
  const spoken = speaking(locale);
  orderLanguages();
  rememberCountry();
  putCountryFirst();

  const registration = await registerWorker();
  if (registration !== undefined && locale !== "") {
    watchForUpdate(registration, spoken);
    keepLocale(locale, spoken);
  }
  await linkCountry(spoken);
}
