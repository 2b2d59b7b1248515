/** What somebody answers of a form on a screen, and how its questions stand there meanwhile. */
import type { nothing, ReactiveControllerHost, TemplateResult } from "lit";

import { answeredTimes, type Field, type Problem, type Value } from "../forms/index.ts";
import { type Answers, withoutTime } from "./answering.ts";
import type { LoadedForm } from "./pack.ts";
import type { Asking } from "./question-parts.ts";
import { focusQuestion, showQuestion } from "./showing.ts";

interface State {
  readonly answers: Answers;
  readonly problems: ReadonlyMap<string, Problem>;
  /** What another phone saved meanwhile, where it is not what stands here. */
  readonly clashes: ReadonlyMap<string, string>;
  readonly filters: ReadonlyMap<string, string>;
  /** Questions shown as one line, because their answer is likely right already. */
  readonly folded: ReadonlySet<string>;
  /** How often a repeat is shown, where somebody asked for one more. */
  readonly times: ReadonlyMap<string, number>;
}

const NOTHING_YET: State = {
  answers: {},
  problems: new Map(),
  clashes: new Map(),
  filters: new Map(),
  folded: new Set(),
  times: new Map(),
};

/** One screen's: it is drawn anew at every change. */
export class FormAnswers {
  readonly #host: ReactiveControllerHost & Element;
  readonly #changed: (loaded: LoadedForm) => void;
  #state = NOTHING_YET;

  /** `changed`: somebody answered something, or took an answer back. */
  constructor(
    host: ReactiveControllerHost & Element,
    changed: (loaded: LoadedForm) => void = () => undefined,
  ) {
    this.#host = host;
    this.#changed = changed;
  }

  get now(): Answers {
    return this.#state.answers;
  }

  get problems(): ReadonlyMap<string, Problem> {
    return this.#state.problems;
  }

  set(state: Partial<State>): void {
    this.#state = { ...this.#state, ...state };
    this.#host.requestUpdate();
  }

  clear(): void {
    this.set(NOTHING_YET);
  }

  /** `beside`: what stands below a question besides. */
  asking(loaded: LoadedForm, beside: (name: string) => TemplateResult | typeof nothing): Asking {
    return {
      ...loaded,
      value: (name) => this.now[name],
      answer: (name, value) => this.#answer(loaded, name, value),
      problem: (name) => this.problems.get(name),
      elsewhere: (name) => this.#state.clashes.get(name),
      filter: (name) => this.#state.filters.get(name) ?? "",
      setFilter: (name, text) =>
        this.set({ filters: new Map(this.#state.filters).set(name, text) }),
      isFolded: (name) => this.#state.folded.has(name),
      unfold: (name) => void this.#unfoldAndGo(name),
      shown: this.#state.times,
      show: ({ name }, shown) => this.set({ times: new Map(this.#state.times).set(name, shown) }),
      takeOut: (repeat, at) => this.#takeOut(loaded, repeat, at),
      beside,
    };
  }

  /** So that they can be seen, the first of them at once. */
  async showFirst(names: readonly string[]): Promise<void> {
    this.#unfold(names);
    await this.#host.updateComplete;
    const [first] = names;
    if (first !== undefined) showQuestion(this.#host, first);
  }

  #answer(loaded: LoadedForm, name: string, value: Value | undefined): void {
    const answers = { ...this.now };
    if (value === undefined) Reflect.deleteProperty(answers, name);
    else answers[name] = value;
    this.set({
      answers,
      problems: new Map([...this.problems].filter(([each]) => each !== name)),
    });
    this.#changed(loaded);
  }

  #takeOut(loaded: LoadedForm, repeat: Field, at: number): void {
    const { answers, times } = this.#state;
    const shown = Math.max(answeredTimes(repeat, answers), times.get(repeat.name) ?? 1);
    this.set({
      times: new Map(times).set(repeat.name, shown - 1),
      answers: withoutTime(repeat, answers, at),
      problems: new Map(),
    });
    this.#changed(loaded);
  }

  #unfold(names: readonly string[]): void {
    const { folded } = this.#state;
    this.set({ folded: new Set([...folded].filter((each) => !names.includes(each))) });
  }

  async #unfoldAndGo(name: string): Promise<void> {
    this.#unfold([name]);
    await this.#host.updateComplete;
    focusQuestion(this.#host, name);
  }
}
