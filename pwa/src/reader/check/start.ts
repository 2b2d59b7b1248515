/**
 * A check, one question a screen. Never a verdict, a score or a count: what to be careful about, and
 * what to do before deciding. Nothing is stored or sent; a reload is a new beginning.
 */
import { formatNumber, gettext } from "../../i18n/index.ts";
import { make, pressable, saying } from "../elements.ts";
import { pictogram } from "../pictograms.ts";
import { sayIn } from "../say.ts";
import type { Page } from "../page.ts";
import {
  type Answer,
  answering,
  type Answers,
  parseCare,
  type Question,
  toCareAbout,
} from "./answers.ts";

interface Asked extends Question {
  readonly article: HTMLElement;
  readonly heading: HTMLElement;
  readonly careText: HTMLElement | null;
}

export async function startCheck(section: HTMLElement, { spoken }: Page): Promise<void> {
  const questions = find(section);
  if (questions.length === 0) return;
  await spoken();
  new Check(section, questions).begin(false);
}

function find(section: HTMLElement): Asked[] {
  const articles = Array.from(section.querySelectorAll<HTMLElement>("article.question"));
  return articles.flatMap((article) => {
    const heading = article.querySelector<HTMLElement>("h2");
    if (heading === null) return [];
    heading.tabIndex = -1;
    const care = parseCare(article.dataset["care"] ?? "");
    return [{ id: article.id, care, article, heading, careText: article.querySelector(".care") }];
  });
}

class Check {
  readonly #section: HTMLElement;
  readonly #questions: readonly Asked[];
  readonly #before: HTMLElement | null;
  readonly #title: HTMLElement | null;
  readonly #introduction: readonly HTMLElement[];
  readonly #bar = make("progress");
  readonly #words = make("p", "hint");
  readonly #choices = make("div", "answers");
  readonly #back: HTMLButtonElement;
  readonly #result = make("section", "care-result");
  #answers: Answers = new Map();
  #at = 0;

  constructor(section: HTMLElement, questions: readonly Asked[]) {
    this.#section = section;
    this.#questions = questions;
    this.#before = section.querySelector("section.before");
    const above = elementsBefore(section);
    this.#title = above.find((each) => each.matches("h1")) ?? null;
    if (this.#title !== null) this.#title.tabIndex = -1;
    this.#introduction = above.filter((each) => each !== this.#title);
    this.#back = pressable(
      () => gettext("Back"),
      () => this.#show(this.#at - 1),
    );
    this.#choices.append(
      this.#choice("yes", () => gettext("Yes")),
      this.#choice("no", () => gettext("No")),
      this.#choice("unknown", () => gettext("I do not know")),
      pressable(
        () => gettext("Skip this question"),
        () => this.#answer("skipped"),
        { className: "button button--quiet" },
      ),
    );
    const label = saying("span", () => gettext("How far you are"), "visually-hidden");
    label.id = "check-progress";
    this.#bar.setAttribute("aria-labelledby", label.id);
    this.#bar.max = questions.length;
    section.classList.add("check--asking");
    section.prepend(label, this.#bar, this.#words);
    (questions[questions.length - 1]?.article ?? section).after(
      this.#choices,
      make("p", "buttons", this.#back),
      this.#result,
    );
  }

  /** The page is read from its top: as it was opened, and a new beginning goes back there. */
  begin(isAgain: boolean): void {
    this.#answers = new Map();
    this.#show(0, false);
    const heading = this.#title ?? this.#section;
    if (isAgain) focus(heading, heading);
  }

  #choice(answer: "yes" | "no" | "unknown", label: () => string): HTMLButtonElement {
    const options = { className: "button answer", picture: pictogram(answer) };
    const button = pressable(label, () => this.#answer(answer), options);
    button.dataset["answer"] = answer;
    return button;
  }

  #answer(answer: Answer): void {
    const question = this.#questions[this.#at];
    if (question === undefined) return;
    this.#answers = answering(this.#answers, question.id, answer);
    this.#show(this.#at + 1);
  }

  #show(at: number, withFocus = true): void {
    this.#at = Math.max(0, at);
    const question = this.#questions[this.#at];
    for (const each of this.#questions) {
      each.article.hidden = each !== question;
      if (each.careText !== null) each.careText.hidden = true;
    }
    const isAsking = question !== undefined;
    this.#makeRoom(this.#at > 0);
    for (const part of [this.#bar, this.#words, this.#choices]) part.hidden = !isAsking;
    this.#back.hidden = this.#at === 0;
    this.#result.hidden = isAsking;
    if (this.#before !== null) this.#before.hidden = isAsking;
    this.#result.textContent = "";
    this.#section.querySelector("p.again")?.remove();
    if (question === undefined) {
      this.#conclude();
      return;
    }
    this.#ask(question);
    if (withFocus) focus(question.heading, this.#top());
  }

  /** Who has answered once knows what the page is for; a small screen needs the room for the answers. */
  #makeRoom(isBegun: boolean): void {
    for (const part of this.#introduction) part.hidden = isBegun;
    this.#title?.classList.toggle("small", isBegun);
  }

  /** What is scrolled to: the page's heading, or past the introduction where that stands below it. */
  #top(): HTMLElement {
    return (this.#at > 0 ? this.#title : null) ?? this.#section;
  }

  #ask({ id }: Asked): void {
    this.#bar.value = this.#at;
    const place = {
      number: formatNumber(this.#at + 1),
      total: formatNumber(this.#questions.length),
    };
    // Translators: how far one is among the questions: 3 of 20.
    sayIn(this.#words, () => gettext("Question {number} of {total}", place));
    const before = this.#answers.get(id);
    for (const button of this.#choices.querySelectorAll<HTMLElement>("[data-answer]")) {
      button.setAttribute("aria-pressed", String(button.dataset["answer"] === before));
    }
  }

  #conclude(): void {
    const careful = toCareAbout(this.#questions, this.#answers);
    const heading =
      careful.length > 0
        ? saying("h2", () => gettext("Be careful about this"))
        : saying("h2", () => gettext("What your answers show"));
    heading.tabIndex = -1;
    this.#result.append(heading);
    for (const { id } of careful) this.#result.append(this.#careOf(id));
    if (careful.length === 0) {
      this.#result.append(make("p", "notice", this.#section.dataset["nothing"] ?? ""));
    }
    this.#tellOfNotes();
    const again = pressable(
      () => gettext("Start again"),
      () => this.begin(true),
    );
    const last = make("p", "buttons again", again);
    this.#section.append(last);
    focus(heading, this.#top());
  }

  /**
   * The answers go nowhere, not even through the address: an offer is kept by answering the same questions in
   * My notes, which has a form for it.
   */
  #tellOfNotes(): void {
    const notes = document.querySelector<HTMLAnchorElement>('nav.sections a[href$="/notes"]');
    if (notes === null || !location.pathname.endsWith("/check/offer")) return;
    const told = saying("p", () =>
      gettext(
        "Nothing of this is kept. To keep it, answer the same questions in My notes: only you can read them there.",
      ),
    );
    const link = saying("a", () => gettext("Go to my notes"));
    link.href = notes.href;
    this.#result.append(told, make("p", "", link));
  }

  /** The question in small above, so that one knows what it is about; the same text as without scripts. */
  #careOf(id: string): HTMLElement {
    const question = this.#questions.find((each) => each.id === id);
    const entry = make("article", "caution");
    if (question === undefined) return entry;
    const title = make("h3");
    copyInto(title, question.heading);
    const text = make("div");
    if (question.careText !== null) copyInto(text, question.careText);
    entry.append(title, text);
    return entry;
  }
}

function copyInto(target: HTMLElement, from: HTMLElement): void {
  target.append(...Array.from(from.childNodes, (node) => node.cloneNode(true)));
  if (from.lang !== "") target.lang = from.lang;
  if (from.dir !== "") target.dir = from.dir;
}

function elementsBefore(section: HTMLElement): HTMLElement[] {
  const siblings = Array.from(section.parentElement?.children ?? []);
  return siblings
    .slice(0, siblings.indexOf(section))
    .filter((each): each is HTMLElement => each instanceof HTMLElement);
}

function focus(heading: HTMLElement, top: HTMLElement): void {
  heading.focus({ preventScroll: true });
  top.scrollIntoView({ block: "start" });
}
