import { expect, test } from "vitest";

import {
  NO_OFFER,
  offerOf,
  offerValues,
  warnings,
  withQuestions,
} from "../../../src/app/keeping/offer.ts";
import { readCardDates, readOfferCheck } from "../../../src/app/keeping/pack-pages.ts";

/** As server/site/templates/check.html writes it; the second question is not translated. */
const PAGE = `<h1>Offer</h1><section class="check" id="check" data-nothing="No warning &amp; no promise.">
<article class="question" id="q-fee" data-care="yes unknown"><h2>Do they ask for money?</h2>
<div class="care"><p>Often a &quot;fee&quot;.</p><p>Ask for a paper.</p><p><a href="../topics/money">Read more</a></p></div></article>
<article class="question" id="q-room" data-care="no"><h2 class="x" lang="en">Do you know the room? <small class="mark">EN</small></h2>
<div class="care"><p>Some are bad.</p><p>Ask.</p><p><a href="../topics/offers">Read more</a></p></div></article>
<section class="before"><h2>Before</h2><ul>
<li>Ask a union.</li>
</ul></section></section>`;

test("questions, advice and what comes before are read out of the pack's page", () => {
  const check = readOfferCheck(PAGE);
  expect(check).toEqual({
    questions: [
      {
        id: "q-fee",
        text: "Do they ask for money?",
        care: ["yes", "unknown"],
        advice: ['Often a "fee".', "Ask for a paper."],
      },
      {
        id: "q-room",
        text: "Do you know the room?",
        care: ["no"],
        advice: ["Some are bad.", "Ask."],
      },
    ],
    nothing: "No warning & no promise.",
    before: ["Ask a union."],
  });
});

test("an offer comes back as it was kept, also what the pack does not ask any more", () => {
  const check = readOfferCheck(PAGE);
  const old = { id: "q-old", text: "Asked once", answer: "no" as const };
  const offer = {
    texts: { ...NO_OFFER.texts, who: "a cousin" },
    asked: [{ id: "q-fee", text: "Do they ask for money?", answer: "yes" as const }, old],
  };
  expect(offerOf(offerValues(offer))).toEqual(offer);
  const shown = withQuestions(offer, check.questions);
  expect(shown.asked.map(({ id }) => id)).toEqual(["q-fee", "q-room", "q-old"]);
  expect(offerOf(offerValues(shown))).toEqual(offer);
  expect(warnings(shown, check).map(({ id }) => id)).toEqual(["q-fee"]);
  expect(warnings(NO_OFFER, check)).toEqual([]);
});

test("the dates of the card come with what to do", () => {
  const card = `<form class="dates" autocomplete="off"><ul>
<li><label for="date-visa">My visa ends on</label> <input class="input" id="date-visa"><span class="hint" id="hint-visa">Ask <span lang="en">early</span>.</span></li>
<li><label for="date-pay">My pay day is</label> <input class="input" id="date-pay"><span class="hint" id="hint-pay">Write it down.</span></li>
</ul></form>`;
  expect(readCardDates(card)).toEqual([
    { text: "My visa ends on", hint: "Ask early." },
    { text: "My pay day is", hint: "Write it down." },
  ]);
  expect(readCardDates("<p>another page</p>")).toEqual([]);
});
