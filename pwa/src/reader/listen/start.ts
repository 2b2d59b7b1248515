/** Listen: a recording where the operator has one, else a voice on this phone, else nothing. */
import { gettext } from "../../i18n/index.ts";
import { make, pressable } from "../elements.ts";
import { pictogram } from "../pictograms.ts";
import { sayIn } from "../say.ts";
import type { Page } from "../page.ts";
import { blocksOf } from "./blocks.ts";
import { ReadingAloud, type Spoken, type State } from "./reading-aloud.ts";
import { listenLabel, recordingMissing } from "./size.ts";
import { voiceFor, voicesOf } from "./voices.ts";

export async function startListening(place: HTMLElement, { spoken }: Page): Promise<void> {
  const { audio, size } = place.dataset;
  if (audio !== undefined) {
    await spoken();
    offerRecording(place, audio, Number(size));
    return;
  }
  const readable = await readableOf(place);
  if (readable.length === 0) return;
  await spoken();
  offerVoice(place, readable);
}

/** Fetched only when it is wanted: it is the largest thing on the page. */
function offerRecording(place: HTMLElement, address: string, bytes: number): void {
  const picture = pictogram("listen");
  const said = make("p", "hint");
  said.setAttribute("role", "status");
  const button = pressable(
    () => listenLabel(bytes),
    () => {
      const player = make("audio");
      player.controls = true;
      player.preload = "none";
      player.src = address;
      player.addEventListener("error", () => {
        const had = player === document.activeElement;
        player.replaceWith(button);
        if (had) button.focus();
        said.className = "notice";
        sayIn(said, recordingMissing);
      });
      document.addEventListener("sojourn:leave", () => player.pause());
      said.className = "hint";
      said.textContent = "";
      button.replaceWith(player);
      player.focus();
      void player.play().catch(() => undefined); // `error` says it; or the phone wants a second tap.
    },
    { picture },
  );
  place.append(button, said);
  place.hidden = false;
}

function offerVoice(place: HTMLElement, readable: readonly Spoken[]): void {
  const reading = new ReadingAloud(readable, show);
  const listen = pressable(
    () => gettext("Listen"),
    () => reading.start(),
    { picture: pictogram("listen") },
  );
  const goOn = pressable(
    () => gettext("Go on"),
    () => reading.start(),
  );
  const pause = pressable(
    () => gettext("Pause"),
    () => reading.pause(),
  );
  const stop = pressable(
    () => gettext("Stop"),
    () => reading.stop(),
  );
  const shownIn: readonly (readonly [HTMLButtonElement, State])[] = [
    [listen, "silent"],
    [pause, "speaking"],
    [goOn, "paused"],
  ];

  function show(state: State): void {
    const had = place.contains(document.activeElement);
    for (const [button, when] of shownIn) button.hidden = state !== when;
    stop.hidden = state === "silent";
    // The button that was pressed is gone; the one in its place takes the focus.
    if (had) shownIn.find(([, when]) => when === state)?.[0].focus();
  }

  place.append(listen, pause, goOn, " ", stop);
  place.hidden = false;
  show("silent");
  // Not the browser's `cancel` alone: where that counts as an end, the next block would be read.
  const silence = (): void => reading.stop();
  document.addEventListener("sojourn:leave", silence);
  addEventListener("pagehide", silence);
}

/** The page's blocks for which there is a voice; none at all where the page's own language has none. */
async function readableOf(place: HTMLElement): Promise<Spoken[]> {
  const article = place.closest<HTMLElement>("article") ?? document.querySelector("main");
  if (!("speechSynthesis" in window) || article === null) return [];
  const voices = await voicesOf();
  if (voiceFor(voices, document.documentElement.lang) === undefined) return [];
  return blocksOf(article).flatMap((block) => {
    const voice = voiceFor(voices, block.lang);
    return voice === undefined ? [] : [{ block, voice }];
  });
}
