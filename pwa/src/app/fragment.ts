/** Takes an invite's secret out of the address; alone, so that it runs before anything else is loaded. */

/** The fragment, which from now on is in memory only; undefined when the address has none. */
export function takeFragment(): string | undefined {
  const fragment = location.hash.slice(1);
  if (location.href.includes("#")) {
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return fragment === "" ? undefined : fragment;
}
