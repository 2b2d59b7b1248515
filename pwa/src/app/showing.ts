/** Bringing one question of a form before the eye and under the finger. */

/** Opens the groups around it, takes the focus there. */
export function showQuestion(form: ParentNode, name: string): void {
  const place = form.querySelector(`[id="q-${name}"]`);
  let group = place?.closest("details");
  while (group) {
    group.open = true;
    group = group.parentElement?.closest("details");
  }
  focusQuestion(form, name);
  place?.scrollIntoView({ block: "center" });
}

export function focusQuestion(form: ParentNode, name: string): void {
  const place = form.querySelector(`[id="q-${name}"]`);
  place?.querySelector<HTMLElement>("input:checked, input, select, textarea, button")?.focus();
}
