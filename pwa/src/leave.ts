/**
 * Quick exit, and the guard that keeps Back from undoing it. In the head of every page, blocking; so
 * it also sets the text size and colours that were chosen, before anything is painted.
 *
 * No history API takes a page out of the browser's list, so none is asked to. Instead the tab
 * remembers that it was left, and each page of ours that Back, Forward or Reload shows again in it
 * goes to the converter before anything of it is seen. A page opened anew (typed, tapped on the home
 * screen) ends that. Before leaving, `sojourn:leave` is sent to the document, so that whoever
 * listens can lock the vault; it is answered before the page goes.
 */
const LEFT = "sojourn-left";
const TWICE_WITHIN_MS = 1000;

/** Where the tab went when it was left; null when it was not, or when the browser keeps nothing. */
function left(): string | null {
  try {
    return sessionStorage.getItem(LEFT);
  } catch {
    return null;
  }
}

function remember(target: string | null): void {
  try {
    if (target === null) sessionStorage.removeItem(LEFT);
    else sessionStorage.setItem(LEFT, target);
  } catch {
    // Without storage there is no guard; leaving works all the same.
  }
}

function show(visible: boolean): void {
  document.documentElement.style.display = visible ? "" : "none";
}

function go(target: string): void {
  show(false);
  location.replace(target);
}

function leave(link: HTMLAnchorElement): void {
  remember(link.href);
  try {
    document.dispatchEvent(new Event("sojourn:leave", { bubbles: true }));
  } finally {
    go(link.href);
  }
}

function shownAgain(): boolean {
  const [entry] = performance.getEntriesByType("navigation");
  return entry instanceof PerformanceNavigationTiming && entry.type !== "navigate";
}

function guard(): void {
  const target = left();
  if (target !== null && shownAgain()) go(target);
  else remember(null);

  // A page kept whole in memory is frozen hidden, so that its first frame when thawed is empty.
  addEventListener("pagehide", () => show(false));
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    const thawedAfter = left();
    if (thawedAfter === null) show(true);
    else go(thawedAfter);
  });
}

function listen(): void {
  let escapedAt = -Infinity;
  const link = (): HTMLAnchorElement | null => document.querySelector("a#leave");

  addEventListener(
    "click",
    (event) => {
      const pressed = event.target instanceof Element && event.target.closest("a#leave");
      if (!(pressed instanceof HTMLAnchorElement)) return;
      event.preventDefault();
      leave(pressed);
    },
    true,
  );
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      const again = event.timeStamp - escapedAt <= TWICE_WITHIN_MS;
      escapedAt = event.timeStamp;
      const target = link();
      if (again && target !== null) leave(target);
    },
    true,
  );
}

/** What `reader/look.ts` keeps. */
function dress(): void {
  const html = document.documentElement;
  for (const name of ["size", "colours"]) {
    try {
      const chosen = localStorage.getItem(`sojourn-${name}`);
      if (chosen !== null) html.setAttribute(`data-${name}`, chosen);
    } catch {
      // Storage is switched off: the page looks as the phone says.
    }
  }
}

dress();
guard();
listen();
