/** Which voice reads: one that lives on this phone. The others send the text away. */
import { covers } from "../languages.ts";

const VOICES_WITHIN_MS = 2000;

export interface Voice {
  readonly lang: string;
  readonly localService: boolean;
  readonly default: boolean;
}

/** Android writes `km_KH`. */
export function voiceFor<V extends Voice>(voices: readonly V[], lang: string): V | undefined {
  const own = voices.filter((voice) => voice.localService && speaks(voice, lang));
  return own.find((voice) => voice.default) ?? own[0];
}

function speaks(voice: Voice, lang: string): boolean {
  return covers(lang, voice.lang.replace(/_/g, "-"));
}

/** Chromium knows its voices a moment after it was first asked. */
export function voicesOf(): Promise<SpeechSynthesisVoice[]> {
  const voices = speechSynthesis.getVoices();
  if (voices.length > 0) return Promise.resolve(voices);
  return new Promise((resolve) => {
    const answer = (): void => resolve(speechSynthesis.getVoices());
    speechSynthesis.onvoiceschanged = answer; // Safari before 16 has no `addEventListener` here.
    setTimeout(answer, VOICES_WITHIN_MS);
  });
}
