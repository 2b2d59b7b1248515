/** The browser's own thread, as a reader of contacts. */
import { type Answers, type BookReader, type Question, ReadingFailedError } from "./reader.ts";
import type { Answered, Asked } from "./thread.ts";
import threadUrl from "./thread.ts?worker&url";

/** The Trusted Types policy's, where the browser has Trusted Types. */
export type ScriptURL = (url: string) => TrustedScriptURL | string;

export function threadReader(scriptURL: ScriptURL): BookReader {
  // The type of the constructor in TypeScript's library knows no TrustedScriptURL yet. A module, since the
  // library for sealing has a part of its own for where there is no WebCrypto.
  const thread = new Worker(scriptURL(threadUrl) as string, { type: "module" });
  const waiting = new Map<number, (answered: Answered) => void>();
  let number = 0;
  const fail = (): void => {
    for (const [asked, settle] of waiting) settle({ number: asked, failed: true });
    waiting.clear();
  };
  thread.onmessage = ({ data }: MessageEvent<Answered>) => {
    waiting.get(data.number)?.(data);
    waiting.delete(data.number);
  };
  thread.onerror = fail;
  return {
    ask: async <Q extends Question>(question: Q): Promise<Answers[Q["ask"]]> => {
      number += 1;
      const asked: Asked = { number, question };
      const answered = await new Promise<Answered>((resolve) => {
        waiting.set(asked.number, resolve);
        thread.postMessage(asked, { transfer: transferOf(question) });
      });
      if (answered.failed) throw new ReadingFailedError();
      return answered.answer as Answers[Q["ask"]];
    },
    end: () => {
      thread.terminate();
      fail();
    },
  };
}

function transferOf(question: Question): ArrayBuffer[] {
  if (question.ask !== "take") return [];
  const parts = [...(question.pulled ?? []), ...(question.opened ? [question.opened] : [])];
  return parts.map(({ buffer }) => buffer);
}
