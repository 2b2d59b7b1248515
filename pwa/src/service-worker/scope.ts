/** What this script runs in; TypeScript's own type for `self` is that of a plain worker. */
declare const self: ServiceWorkerGlobalScope;

export const scope: ServiceWorkerGlobalScope = self;

/** Where the site begins: `/` on a hub, a folder where an exported tree lies deeper. */
export const root = new URL("./", scope.location.href);
