import { fileOf } from "../reader/address.ts";
import { root } from "./scope.ts";

/** What `sojourn build` writes into this script about the version that it belongs to. */
export interface ShellList {
  readonly version: string;
  /** Whether pages are addressed by their files (`/km/topics/papers.html`), as in an exported tree. */
  readonly files: boolean;
  /** What reading needs: scripts, style, icons. Hashed names. */
  readonly assets: readonly string[];
  /** What My notes needs besides: fetched after the pack, since most readers never open it. */
  readonly app: readonly string[];
  /** Pages of no locale: the choice of languages, `/join`. */
  readonly base: readonly string[];
  readonly locales: Readonly<Record<string, ShellLocale>>;
  /** SHA-256 in hex of each file named above, so that no two versions are mixed. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface ShellLocale {
  readonly shell: string;
  readonly dir: "ltr" | "rtl";
  /** The language's own name. */
  readonly name: string;
  /** Whole pages: notes, converter, manifest. */
  readonly pages: readonly string[];
}

declare global {
  interface ServiceWorkerGlobalScope {
    readonly __SHELL__: ShellList;
  }
}
declare const self: ServiceWorkerGlobalScope;

export const shellList: ShellList = self.__SHELL__;

/** How this site writes the address of a page: `path` is its place in the site, or in a locale. */
export function written(path: string): string {
  return shellList.files ? fileOf(path) : path;
}

/** The address of a page, by its place in the site: `km/topics/papers`. */
export function addressOf(path: string): URL {
  return new URL(written(path), root);
}

export function isLocale(locale: string): boolean {
  return Object.prototype.hasOwnProperty.call(shellList.locales, locale);
}

/** The files with which pages of these locales can be read. */
export function readingFiles(locales: readonly string[]): string[] {
  const files = locales.flatMap((locale) => {
    const listed = shellList.locales[locale];
    return listed === undefined ? [] : [listed.shell, ...listed.pages];
  });
  return [...shellList.assets, ...shellList.base, ...files];
}
