/** Buttons that copy a field: `data-copy` names it, `data-copied` says that it was done. */
export function startCopies(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-copy]")) one.hidden = false;
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy ?? "");
    if (button && field instanceof HTMLTextAreaElement) void copy(button, field);
  });
}

/** Where the browser gives no leave the field stays selected, for the keys. */
async function copy(button: HTMLElement, field: HTMLTextAreaElement): Promise<void> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return;
  }
  button.textContent = button.dataset.copied ?? "";
}
