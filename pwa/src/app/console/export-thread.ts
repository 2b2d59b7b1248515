/** The thread in which files are made; ended with them, and what it held with it. */
import {
  type Asked,
  type Bytes,
  type Maker,
  makerOf,
  type Sheet,
  spreadsheetFile,
} from "../../exports/index.ts";
import type { SeenContact } from "../../sync/coordinator/contacts.ts";

/** First what is asked for, then contacts some at a time, then that these were all; or whole sheets at once. */
export type ExportMessage =
  | { readonly asked: Asked }
  | { readonly contacts: readonly SeenContact[] }
  | { readonly end: true }
  | { readonly sheets: readonly Sheet[] };

/** What of the file was made, and with the last of it how many contacts are in it. */
export interface ExportAnswer {
  readonly parts: readonly Bytes[];
  readonly count: number;
}

let maker: Maker | undefined;

function answer(message: ExportMessage): ExportAnswer {
  if ("sheets" in message) return { parts: spreadsheetFile(message.sheets), count: 0 };
  if ("asked" in message) {
    maker = makerOf(message.asked);
    return { parts: [], count: 0 };
  }
  if (maker === undefined) throw new Error("not begun");
  if ("contacts" in message) return { parts: maker.take(message.contacts), count: 0 };
  const [parts, count] = maker.end();
  return { parts, count };
}

self.onmessage = ({ data }: MessageEvent<ExportMessage>) => {
  const made = answer(data);
  self.postMessage(made, { transfer: made.parts.map(({ buffer }) => buffer) });
};
