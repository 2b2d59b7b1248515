/**
 * The Trusted Types policy `sojourn`: which scripts may be started by address.
 *
 * A page may make the policy once, but the reader's and the app's bundles each hold this module; so
 * the one that comes first leaves the policy where the other finds it.
 */
const KEPT = Symbol.for("sojourn.policy");

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

interface PolicyPage {
  [KEPT]?: ScriptPolicy;
  /** Chromium's alone below the newest versions; elsewhere addresses go in as they are. */
  trustedTypes?: { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy };
}

/** For `navigator.serviceWorker.register` and `new Worker`. Throws on an address of another site. */
export function scriptUrl(url: string | URL): string {
  return policy().createScriptURL(new URL(url, location.href).href);
}

function policy(): ScriptPolicy {
  const page = window as unknown as PolicyPage;
  const rules: ScriptPolicy = { createScriptURL: ownSite };
  const made = page[KEPT] ?? page.trustedTypes?.createPolicy("sojourn", rules) ?? rules;
  page[KEPT] = made;
  return made;
}

function ownSite(url: string): string {
  if (new URL(url).origin !== location.origin) throw new TypeError(`not our own script: ${url}`);
  return url;
}
