/** Fees and debt: what is typed is worked out on the page, neither kept nor sent. */
import { formatNumber, formatPercent, gettext, ngettext, parseDecimal } from "../../i18n/index.ts";
import { make, saying } from "../elements.ts";
import type { Page } from "../page.ts";
import { type Costs, type Loan, loanOf, type Way, wayOut } from "./debt.ts";
import { showCountries } from "./countries.ts";

/** Each with the name of its input. */
const INPUTS: Readonly<Record<keyof Costs, string>> = {
  fee: "fee",
  loan: "loan",
  repayment: "repayments-per-month",
  months: "months",
  wage: "wage",
  deductions: "deductions",
  living: "living",
};
/** Above this a percentage says nothing more; it is called more than that. */
const MOST_SAID = 100;

export async function startCosts(form: HTMLElement, { spoken }: Page): Promise<void> {
  const result = form.querySelector<HTMLOutputElement>("output");
  if (!(form instanceof HTMLFormElement) || result === null) return;
  await spoken();
  const answer = (): void => {
    result.textContent = "";
    result.append(...sentences(read(form)));
  };
  form.addEventListener("input", answer);
  form.addEventListener("change", () => showCountries(form));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  answer();
  showCountries(form);
}

interface Typed {
  readonly costs: Costs;
  /** The inputs that hold something that is no amount. */
  readonly wrong: readonly HTMLInputElement[];
}

function read(form: HTMLFormElement): Typed {
  const wrong: HTMLInputElement[] = [];
  const amount = (name: string): number => {
    const input = form.elements.namedItem(name);
    if (!(input instanceof HTMLInputElement)) return 0;
    const value = input.value.trim() === "" ? 0 : parseDecimal(input.value, form.dataset["group"]);
    const isRight = value !== undefined && value >= 0;
    input.setAttribute("aria-invalid", String(!isRight));
    if (!isRight) wrong.push(input);
    return isRight ? value : 0;
  };
  const costs = {
    fee: amount(INPUTS.fee),
    loan: amount(INPUTS.loan),
    repayment: amount(INPUTS.repayment),
    months: amount(INPUTS.months),
    wage: amount(INPUTS.wage),
    deductions: amount(INPUTS.deductions),
    living: amount(INPUTS.living),
  };
  return { costs, wrong };
}

function sentences({ costs, wrong }: Typed): Node[] {
  if (wrong.length > 0) {
    return [
      saying("p", () => gettext("Write amounts with figures only: 1500, or 1500.50."), "caution"),
    ];
  }
  const loan = loanOf(costs);
  const way = wayOut(costs);
  const lines = [...loanLines(costs, loan), ...(way === undefined ? [] : wayLines(costs, way))];
  if (lines.length > 0) return lines;
  return [
    saying("p", () => gettext("Write what you know. The answer comes here as you write."), "hint"),
  ];
}

function loanLines({ loan, repayment, months }: Costs, offered: Loan | undefined): Node[] {
  if (offered === undefined) {
    const isLess = loan > 0 && repayment > 0 && months >= 1;
    if (!isLess) return [];
    return [
      saying(
        "p",
        () => gettext("You would pay back less than you get. Look at these three numbers again."),
        "caution",
      ),
    ];
  }
  const sums = {
    given: formatNumber(offered.given),
    back: formatNumber(offered.back),
    more: formatNumber(offered.back - offered.given),
  };
  const yearly = Math.min(offered.yearly, MOST_SAID);
  const percent = formatPercent(yearly);
  return [
    saying("p", () =>
      gettext("You get {given} and pay back {back}: {more} more than you got.", sums),
    ),
    make(
      "p",
      "strong",
      offered.yearly > MOST_SAID
        ? saying("strong", () =>
            gettext("The loan costs more than {percent} interest for one year.", { percent }),
          )
        : saying("strong", () =>
            gettext("The loan costs {percent} interest for one year.", { percent }),
          ),
    ),
  ];
}

function wayLines({ repayment }: Costs, { left, months, isShort }: Way): Node[] {
  const lines: Node[] = [];
  if (left <= 0) {
    lines.push(
      saying("p", () => gettext("Nothing of the pay is left at the end of a month."), "caution"),
    );
  } else {
    lines.push(
      saying("p", () =>
        gettext("{left} of the pay is left at the end of a month.", { left: formatNumber(left) }),
      ),
    );
  }
  if (isShort && left > 0) {
    lines.push(
      saying(
        "p",
        () =>
          gettext("That is less than the {repayment} that you must pay back each month.", {
            repayment: formatNumber(repayment),
          }),
        "caution",
      ),
    );
  }
  lines.push(
    months === undefined
      ? saying(
          "p",
          () =>
            gettext(
              "With this pay the debt never ends. Do not sign before you have asked someone who helps workers.",
            ),
          "caution",
        )
      : make(
          "p",
          "strong",
          saying("strong", () =>
            ngettext(
              "You would work {count} month only to pay for the costs and the debt.",
              "You would work {count} months only to pay for the costs and the debt.",
              months,
            ),
          ),
        ),
  );
  return lines;
}
