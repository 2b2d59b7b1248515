/** Which voice reads: one that lives on this phone. The others send the text away. */
import { covers } from "../languages.ts";

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
