/** *Was this clear?*: one of four words, kept on the phone, and sent only when *Send* is pressed. */
import { gettext } from "../i18n/index.ts";
import { phone, recall, remember } from "./memory.ts";
import { sayIn } from "./say.ts";
import { root } from "./site.ts";
import type { Page } from "./page.ts";

const ADDRESS = "api/v1/feedback";

export interface Given {
  readonly answer: string;
  readonly sent: boolean;
}

export async function startClear(form: HTMLElement, { spoken }: Page): Promise<void> {
  const { slug, locale } = form.dataset;
  const line = form.querySelector<HTMLElement>(".sent");
  if (!(form instanceof HTMLFormElement) || line === null) return;
  if (slug === undefined || locale === undefined) return;
  await spoken();

  const key = `${locale}/${slug}`;
  const chosen = (): string | undefined =>
    form.querySelector<HTMLInputElement>("input[name=clear]:checked")?.value;
  const keep = (given: Given): boolean =>
    remember(phone, "sojourn-clear", withGiven(recall(phone, "sojourn-clear"), key, given));

  const before = givenIn(recall(phone, "sojourn-clear"), key);
  if (before !== undefined) {
    for (const input of form.querySelectorAll<HTMLInputElement>("input[name=clear]")) {
      input.checked = input.value === before.answer;
    }
    sayIn(line, () =>
      before.sent
        ? gettext("You have sent this.")
        : gettext(
            "Your choice is on this phone and was not sent. Press Send when there is a connection.",
          ),
    );
  }
  form.addEventListener("change", () => {
    const answer = chosen();
    if (answer !== undefined) keep({ answer, sent: false });
    line.textContent = "";
  });
  let isSending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = chosen();
    if (answer === undefined) {
      sayIn(line, () => gettext("Choose one of the four first."));
      return;
    }
    if (isSending) return; // Pressed again on a slow line: it would be counted twice.
    isSending = true;
    void send({ locale, slug, answer }).then((isSent) => {
      isSending = false;
      if (chosen() !== answer) return; // Chosen anew meanwhile, and kept as not sent.
      const isKept = keep({ answer, sent: isSent });
      sayIn(line, () => outcome(isSent, isKept));
    });
  });
  form.hidden = false;
}

function outcome(isSent: boolean, isKept: boolean): string {
  if (isSent) return gettext("Thank you. Your choice was sent.");
  return isKept
    ? gettext(
        "It could not be sent now. Your choice is kept on this phone: send it from this page later.",
      )
    : gettext("It could not be sent now, and nothing is kept on this phone.");
}

async function send(body: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const { ok } = await fetch(new URL(ADDRESS, root).href, {
      method: "POST",
      credentials: "omit",
      keepalive: false,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return ok;
  } catch {
    return false;
  }
}

/** What was chosen for a page; `stored` may be of another version, or spoilt. */
export function givenIn(stored: string | undefined, key: string): Given | undefined {
  return decode(stored).get(key);
}

export function withGiven(stored: string | undefined, key: string, given: Given): string {
  return JSON.stringify(Object.fromEntries(decode(stored).set(key, given)));
}

function decode(stored: string | undefined): Map<string, Given> {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? "{}");
  } catch {
    return new Map();
  }
  if (typeof value !== "object" || value === null) return new Map();
  const entries: [string, unknown][] = Object.entries(value);
  return new Map(entries.filter((entry): entry is [string, Given] => isGiven(entry[1])));
}

function isGiven(value: unknown): value is Given {
  if (typeof value !== "object" || value === null) return false;
  const { answer, sent } = value as Record<string, unknown>;
  return typeof answer === "string" && typeof sent === "boolean";
}
