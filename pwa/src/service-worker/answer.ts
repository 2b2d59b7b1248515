/**
 * What a request is answered with. Reading never waits for a network: what is on the phone answers,
 * and what is not is asked for; the answer of an API is never touched, let alone kept.
 */
import { type Address, parseAddress } from "../reader/address.ts";
import { isForgotten } from "./forgotten.ts";
import { fetchPart, findPart } from "./part-cache.ts";
import { notHeld } from "./not-held.ts";
import { pageFromPack } from "./pages.ts";
import { root } from "./scope.ts";
import { findFile } from "./shell-cache.ts";
import { addressOf, isLocale, shellList } from "./shell-list.ts";
import { readComing, readEffective, readLastLocale } from "./state.ts";

/** Undefined when the browser is to do as if there were no service worker. */
export function answer(request: Request): Promise<Response> | undefined {
  const url = new URL(request.url);
  // A cache that is only asked is made; so nothing is asked once all of them are to go.
  if (isForgotten()) return undefined;
  if (request.method !== "GET" || !url.href.startsWith(root.href)) return undefined;
  const path = url.pathname.slice(root.pathname.length);
  if (path.startsWith("api/")) return undefined;
  if (request.mode === "navigate") return answerPage(request, path, url.search);

  const part = /^packs\/parts\/([0-9a-f]{64})$/.exec(path);
  if (part?.[1] !== undefined) return answerPart(part[1]);
  const index = /^packs\/([^/]+)\/index$/.exec(path);
  if (index?.[1] !== undefined) return heldOrFetched(request, findIndex(index[1]));
  if (path.startsWith("assets/") || path.endsWith(".webmanifest")) {
    return heldOrFetched(request, findFile(url.href));
  }
  return undefined;
}

/** Fetched as `keep` fetches it, together with it, and kept. */
async function answerPart(hash: string): Promise<Response> {
  const held = await findPart(hash);
  if (held !== undefined) return held;
  await fetchPart(hash);
  return (await findPart(hash)) ?? Response.error();
}

async function answerPage(request: Request, path: string, search: string): Promise<Response> {
  const address = parseAddress(path, isLocale);
  const held = await findPage(address, request.url, search);
  if (held !== undefined) return held;
  try {
    const response = await fetch(request);
    const other = response.status === 404 ? await findOnHost(address) : undefined;
    return other ?? response;
  } catch {
    return notHeld("locale" in address ? address.locale : undefined);
  }
}

/**
 * Where a host has nothing but files, a page asked for as on a hub (`/km/topics/papers`) is there as
 * `papers.html`. Asked first, so that no host that takes `.html` away again sends us in a circle.
 */
async function findOnHost(address: Address): Promise<Response | undefined> {
  if (!shellList.files || !("path" in address)) return undefined;
  const file = addressOf(address.locale + address.path).href;
  const { ok } = await fetch(file, { method: "HEAD" });
  return ok ? Response.redirect(file, 302) : undefined;
}

async function findPage(
  address: Address,
  url: string,
  search: string,
): Promise<Response | undefined> {
  switch (address.kind) {
    case "languages":
      return (search === "" ? await toLastLocale() : undefined) ?? findFile(addressOf("").href);
    case "join":
      return findFile(addressOf("join").href);
    case "whole":
      return findFile(addressOf(address.locale + address.path).href);
    case "page":
      return pageFromPack(address.locale, address.path);
    case "elsewhere":
      return findFile(url);
  }
}

/** `/` is the app's start, and opens in the language read last; `/?languages` is the choice. */
async function toLastLocale(): Promise<Response | undefined> {
  const locale = await readLastLocale();
  if (locale === undefined || !isLocale(locale)) return undefined;
  if ((await pageFromPack(locale, "/")) === undefined) return undefined;
  return Response.redirect(addressOf(`${locale}/`).href, 302);
}

async function findIndex(locale: string): Promise<Response | undefined> {
  const found = (await readEffective(locale)) ?? (await readComing(locale));
  return found && new Response(new Uint8Array(found.bytes));
}

async function heldOrFetched(
  request: Request,
  held: Promise<Response | undefined>,
): Promise<Response> {
  return (await held) ?? fetch(request);
}
