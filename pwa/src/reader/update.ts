/** A new version of the app waits until the person wants it; the next start brings it anyway. */
import { gettext } from "../i18n/index.ts";
import { notice } from "./say.ts";

export function watchForUpdate(
  registration: ServiceWorkerRegistration,
  spoken: () => Promise<void>,
): void {
  const offer = (): void => {
    if (registration.waiting === null || navigator.serviceWorker.controller === null) return;
    void spoken().then(() => show(registration));
  };
  offer();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", offer);
  });
}

function show({ waiting }: ServiceWorkerRegistration): void {
  notice("update", () => gettext("A new version is ready."), {
    label: () => gettext("Use the new version"),
    act: () => {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
      waiting?.postMessage({ type: "update" });
    },
  });
}
