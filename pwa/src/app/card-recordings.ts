/** What an operator has had read aloud of the cards: the page lists it, and nothing is fetched before it is wanted. */
import { root } from "../reader/site.ts";
import type { Card } from "./cards.ts";

export interface CardRecording {
  readonly address: string;
  readonly bytes: number;
}

/** listed: JSON, bytes by locale and card. */
export function recordingIn(
  listed: string | undefined,
  locale: string,
  card: Card,
): CardRecording | undefined {
  if (listed === undefined) return undefined;
  const sizes = JSON.parse(listed) as Readonly<
    Record<string, Readonly<Partial<Record<Card, number>>> | undefined>
  >;
  const bytes = sizes[locale]?.[card];
  if (bytes === undefined) return undefined;
  return { address: new URL(`audio/${locale}/card-${card}.opus`, root).href, bytes };
}
