/** What a screen takes of a language's pack, from the phone or the network: the contact form, the titles of topics. */
import { decodeForm, type Form } from "../forms/index.ts";
import { loadPart, loadParts } from "../reader/load.ts";

const SUBJECT = "form/contact";
const SOURCE_LOCALE = "en";
const PAGES = /^pages\b/;
const TOPICS = "/topics/";

/** What was got, and the language that its labels are in where that is not the one asked for. */
export interface LoadedForm {
  readonly form: Form;
  readonly lang: string | undefined;
  /** The programme published a newer one that this version of the app cannot show. */
  readonly behind?: boolean;
}

/** In English where the language's own pack cannot be had. Rejects when neither can. */
export async function loadForm(locale: string): Promise<LoadedForm> {
  try {
    return { form: await formOf(locale), lang: undefined };
  } catch (error) {
    if (locale === SOURCE_LOCALE) throw error;
    return { form: await formOf(SOURCE_LOCALE), lang: SOURCE_LOCALE };
  }
}

async function formOf(locale: string): Promise<Form> {
  const part = await loadPart(locale, SUBJECT);
  if (part?.form === undefined) throw new TypeError(`no form in ${locale}`);
  return decodeForm(part.form);
}

/** By slug, of all topics that could be had: none where there is no network and no pack. */
export async function loadTopicTitles(locale: string): Promise<ReadonlyMap<string, string>> {
  const { parts } = await loadParts(locale, (subject) => PAGES.test(subject)).catch(() => ({
    parts: [],
  }));
  return new Map(
    parts
      .flatMap(({ pages }) => [...(pages ?? [])])
      .filter(([path]) => path.startsWith(TOPICS))
      .map(([path, { title }]) => [path.slice(TOPICS.length), title]),
  );
}
