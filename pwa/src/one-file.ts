/**
 * The search box of a language in one file, which opens from a memory card with nothing else beside it.
 *
 * What is typed is looked for as it stands, anywhere in a page: so it needs no words, and finds in
 * scripts that write none. Without this script everything but the box works.
 */

const MOST = 30;

interface Place {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Case, width and accents of Latin and Arabic script do not matter to somebody who looks for a word. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u064b-\u0652]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/\s+/g, " ");
}

function readPlaces(): Place[] {
  return [...document.querySelectorAll("section.page")].map((page) => ({
    id: page.id,
    title: page.querySelector("h1")?.textContent ?? "",
    text: plain(page.textContent),
  }));
}

/** Every word has to be there; pages with a word in their title come first. */
function find(places: readonly Place[], query: string): Place[] {
  const words = plain(query)
    .split(" ")
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  const found = places.filter(({ text }) => words.every((word) => text.includes(word)));
  const inTitle = ({ title }: Place) => words.filter((word) => plain(title).includes(word)).length;
  return found.sort((one, other) => inTitle(other) - inTitle(one)).slice(0, MOST);
}

function show(places: readonly Place[], results: Element): void {
  const list = document.createElement("ul");
  list.className = "topics";
  for (const { id, title } of places) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = title;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  results.textContent = "";
  results.append(list);
}

function start(): void {
  const box = document.querySelector<HTMLFormElement>("#find");
  const input = box?.querySelector("input");
  const results = document.querySelector("#found");
  if (!box || !input || !results) return;
  const places = readPlaces();
  const look = () => {
    show(find(places, input.value), results);
  };
  box.hidden = false;
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  input.addEventListener("input", look);
  addEventListener("hashchange", () => {
    results.textContent = "";
  });
}

start();
