/** The parts of the console, in the order in which its first screen offers them. Each names itself here, once. */
import type { TemplateResult } from "lit";

import type { Engine } from "../../sync/index.ts";
import type { Id, Vault } from "../../vault/index.ts";
import type { LoadForm } from "../programme-forms.ts";
import type { ConsolePart, ConsoleScreen } from "../screens.ts";

/** What a part of the console is given. */
export interface ConsoleOpened {
  readonly vault: Vault;
  readonly engine: Engine;
  readonly loadForm: LoadForm;
  /** The coordinator's own enrolment in the programme. */
  readonly enrolment: Id;
}

export interface Part {
  readonly part: ConsolePart;
  /** Its name on the first screen, and one line about it. */
  readonly title: () => string;
  readonly hint: () => string;
  readonly show: (opened: ConsoleOpened, screen: ConsoleScreen) => TemplateResult;
}

export const PARTS: readonly Part[] = [];
