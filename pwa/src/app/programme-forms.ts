/** The forms that a programme's coordinators published: every version, in the reader's language as far as it is known. */
import {
  answerable,
  choicesOf,
  decodeForm,
  type Field,
  type Form,
  FormError,
  walk,
} from "../forms/index.ts";
import { locale } from "../i18n/index.ts";
import { sha256 } from "../reader/pack-index.ts";
import type { Engine, FormName, Published } from "../sync/index.ts";
import type { Id } from "../vault/index.ts";
import { type LoadedForm, loadForm } from "./pack.ts";

/**
 * The form of that name; else, and without a name, the one that a programme's new contacts are written in. Of no
 * programme: the hub's own. `tag`: a language, else the page's. Rejects where not even the hub's own can be had.
 */
export type LoadForm = (enrolment?: Id, form?: FormName, tag?: string) => Promise<LoadedForm>;

export interface ProgrammeForm {
  readonly form: Form;
  readonly isStanding: boolean;
  /** The tag of the language that its own texts are in. */
  readonly language: string;
  /** By tag: a text and what stands for it. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The hub's own form that `placed` counts in, by hash. */
  readonly standard: string;
  /** For each of its texts, its place among those of the hub's own form. */
  readonly placed: readonly (number | undefined)[];
}

/** Newest first. `isBehind`: the newest is one that this version of the app cannot show. */
interface Shelf {
  readonly forms: readonly ProgrammeForm[];
  readonly isBehind: boolean;
}

export class FormShelf {
  readonly #packs = new Map<string, Promise<LoadedForm>>();
  readonly #read = new WeakMap<readonly Published[], Promise<Shelf>>();

  async load(
    engine: Engine | undefined,
    ...[enrolment, wanted, tag = locale()]: Parameters<LoadForm>
  ): Promise<LoadedForm> {
    const { forms, isBehind } =
      engine === undefined || enrolment === undefined
        ? { forms: [], isBehind: false }
        : await this.#own(engine, enrolment);
    const found = await this.#choose(forms, wanted, tag);
    return isBehind ? { ...found, behind: true } : found;
  }

  async #choose(
    own: readonly ProgrammeForm[],
    wanted: FormName | undefined,
    tag: string,
  ): Promise<LoadedForm> {
    const versions = own.filter(({ form }) => form.hash === wanted?.hash);
    const same = versions.find(({ isStanding }) => isStanding) ?? versions[0];
    if (same !== undefined) return this.shown(same, tag);
    const newest = own.find(({ isStanding }) => isStanding);
    if (newest === undefined) return this.#pack(tag);
    const pack = wanted && (await this.#pack(tag).catch(() => undefined));
    return pack?.form.hash === wanted?.hash && pack !== undefined ? pack : this.shown(newest, tag);
  }

  async #own(engine: Engine, enrolment: Id): Promise<Shelf> {
    const published = await engine.published(enrolment);
    const read = this.#read.get(published) ?? formsIn(published);
    this.#read.set(published, read);
    return read;
  }

  /** As a reader of that language sees it. */
  async shown(own: ProgrammeForm, tag: string): Promise<LoadedForm> {
    if (own.language === tag) return { form: own.form, lang: undefined };
    const texts = own.texts.get(tag) ?? own.texts.get(tag.split("-")[0] ?? tag);
    const pack = await this.#pack(tag).catch(() => undefined);
    const isSame = pack !== undefined && pack.lang === undefined && pack.form.hash === own.standard;
    const standard = isSame ? everyText(pack.form) : [];
    const known = new Map<string, string>();
    for (const [at, text] of everyText(own.form).entries()) {
      const said = texts?.get(text) ?? standard[own.placed[at] ?? -1];
      if (said !== undefined && said !== "") known.set(text, said);
    }
    if (known.size === 0) return { form: own.form, lang: own.language };
    return { form: translated(own, known), lang: undefined };
  }

  async #pack(tag: string): Promise<LoadedForm> {
    const held = this.#packs.get(tag);
    if (held !== undefined) return held;
    const loading = loadForm(tag);
    this.#packs.set(tag, loading);
    // What could not be had is tried again the next time.
    loading.catch(() => this.#packs.delete(tag));
    return loading;
  }
}

/** A form that is not published yet, with the places of its texts in the hub's own. Rejects where that is not there. */
export async function ownForm({
  form,
  language,
  texts,
}: Pick<ProgrammeForm, "form" | "language" | "texts">): Promise<ProgrammeForm> {
  const { form: standard } = await loadForm("en");
  const places = new Map(
    [...everyText(standard).entries()].reverse().map(([at, text]) => [text, at]),
  );
  const isEnglish = language === "en";
  const placed = everyText(form).map((text) => (text === "" ? undefined : places.get(text)));
  return {
    form,
    isStanding: true,
    language,
    texts,
    standard: isEnglish ? standard.hash : "",
    placed: isEnglish ? placed : [],
  };
}

/** What is not what its hash says, or of a later kind than this app knows, is left out. */
async function formsIn(published: readonly Published[]): Promise<Shelf> {
  const found = await Promise.all(
    published.filter(({ type }) => type === "form").map(async (each) => formIn(each)),
  );
  const forms = found.filter((form) => form !== undefined && form !== LATER);
  const standing = found.find((form) => form === LATER || form?.isStanding === true);
  return { forms, isBehind: standing === LATER };
}

/** Stands for a form that whoever published it proved, of a kind that this version of the app does not know. */
const LATER = "later";

async function formIn({
  values,
  isStanding,
}: Published): Promise<ProgrammeForm | typeof LATER | undefined> {
  const text = (name: string): string => {
    const value = values.get(name);
    return typeof value === "string" ? value : "";
  };
  const [content, hash] = [text("content"), text("form_hash")];
  if ((await sha256(new TextEncoder().encode(content))) !== hash) return undefined;
  try {
    const form = { ...decodeForm(JSON.parse(content)), hash };
    if (answerable(form.fields).length === 0) return undefined;
    const language = text("language");
    const bare = { form, isStanding, language, texts: new Map(), standard: "", placed: [] };
    // The hash proves the form alone: of who was revoked since no word is believed that stands for another.
    if (!isStanding) return bare;
    const placed = text("placed")
      .split(" ")
      .map((place) => (/^\d+$/.test(place) ? Number(place) : undefined));
    return { ...bare, texts: textsIn(text("texts")), standard: text("standard"), placed };
  } catch (error) {
    if (error instanceof FormError) return isStanding ? LATER : undefined;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textsIn(json: string): ProgrammeForm["texts"] {
  const found: unknown = json === "" ? {} : JSON.parse(json);
  const languages = Object.entries(found ?? {}).map(([tag, texts]: [string, unknown]) => {
    const pairs = Object.entries(texts ?? {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return [tag, new Map(pairs)] as const;
  });
  return new Map(languages);
}

/** As `every_text` of `server/forms/publication.py`: `placed` counts in it. */
function everyText(form: Form): string[] {
  const fields = walk(form.fields).flatMap(({ label, hint, constraint_message }) => [
    label,
    hint,
    constraint_message,
  ]);
  const lists = [...form.choices.keys()].sort();
  const labels = lists.flatMap((name) => (form.choices.get(name) ?? []).map(({ label }) => label));
  return [form.title, ...fields, ...labels];
}

function translated({ form, language }: ProgrammeForm, known: ReadonlyMap<string, string>): Form {
  const say = (text: string): string => known.get(text) ?? text;
  const field = (each: Field): Field => ({
    ...each,
    label: say(each.label),
    hint: say(each.hint),
    constraint_message: say(each.constraint_message),
    fields: each.fields.map(field),
  });
  const choices = [...form.choices].map(
    ([name, list]) => [name, list.map((each) => ({ ...each, label: say(each.label) }))] as const,
  );
  return {
    ...form,
    title: say(form.title),
    fields: form.fields.map(field),
    choices: new Map(choices),
    fallback: new Set(everyText(form).filter((text) => text !== "" && !known.has(text))),
    source: language,
  };
}

/** The label of a kind of service, where the form's question about referrals has it as a choice. */
export function kindLabels({ form }: LoadedForm): ReadonlyMap<string, string> {
  const field = answerable(form.fields).find(({ name }) => name === REFERRAL);
  if (field === undefined) return new Map();
  return new Map(choicesOf(form, field).map(({ name, label }) => [name, label]));
}

/** The question that the programme's own contacts stand beside. */
export const REFERRAL = "referral_type";
