/** Whom a country's page names, and the numbers to call: read out of the fragment that our build made. */
import { plain } from "../search/html.ts";

export interface Numbers {
  readonly who: string;
  /** As they are dialled, without repetitions. */
  readonly numbers: readonly string[];
}

export function numbersIn(main: string): Numbers[] {
  const entries = main.match(/<article class="entry"[^]*?<\/article>/g) ?? [];
  return entries.flatMap((entry) => {
    const who = /<h\d[^>]*>([^]*?)<\/h\d>/.exec(entry)?.[1] ?? "";
    const called = Array.from(entry.matchAll(/href="tel:([^"]+)"/g), ([, number = ""]) => number);
    if (called.length === 0) return [];
    return [{ who: plain(who), numbers: [...new Set(called)] }];
  });
}
