/** The coordinator's console: loaded when a coordinator goes there, and by nobody else. */
import { html, type TemplateResult } from "lit";

import type { ConsoleScreen } from "../screens.ts";
import "./console-home.ts";
import { type ConsoleOpened, PARTS } from "./parts.ts";

export function consoleScreen(
  screen: ConsoleScreen,
  opened: Omit<ConsoleOpened, "enrolment"> | undefined,
): TemplateResult {
  // Locked while the scripts came.
  if (opened === undefined) return html``;
  const { enrolment } = screen;
  const part = PARTS.find((each) => each.part === screen.part);
  if (part !== undefined) return part.show({ ...opened, enrolment }, screen);
  return html`<console-home
    .vault=${opened.vault}
    .engine=${opened.engine}
    .enrolment=${enrolment}
  ></console-home>`;
}
