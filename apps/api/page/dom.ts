type Child = Node | string | null;

/** An element with attributes and children. Texts become text nodes: nothing from a server is ever HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button that does something; errors go to {@link say}. */
export function button(
  text: string,
  onPress: () => void | Promise<void>,
  attributes: Readonly<Record<string, string>> = {},
) {
  const made = element('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', () => void Promise.resolve(onPress()).catch(sayError));
  return made;
}

/** A field with its label. */
export function field(label: string, input: HTMLElement): HTMLLabelElement {
  return element('label', {}, label, input);
}

/** A list to choose from; values and what is shown for them. */
export function choice(
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
): HTMLSelectElement {
  const made = element('select', { name }, ...options.map(([value, text]) => element('option', { value }, text)));
  made.value = chosen;
  return made;
}

/** Names and values. */
export function facts(pairs: readonly (readonly [name: string, value: Child])[]): HTMLDListElement {
  return element(
    'dl',
    {},
    ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value ?? '-')]),
  );
}

/**
 * A table with headers; the wrapper scrolls where the table is wider than the screen. On narrow screens the style sheet puts each cell on a
 * line of its own with its header before it; roles are explicit because browsers drop them from tables that aren't laid out as tables.
 */
export function table(
  caption: string,
  headers: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLDivElement {
  const row = { role: 'row' };
  const head = element(
    'tr',
    row,
    ...headers.map((text) => element('th', { scope: 'col', role: 'columnheader' }, text)),
  );
  const body = rows.map((cells) =>
    element(
      'tr',
      row,
      ...cells.map((cell, place) => element('td', { role: 'cell', 'data-header': headers[place] ?? '' }, cell)),
    ),
  );
  const made = element(
    'table',
    { role: 'table' },
    element('caption', {}, caption),
    element('thead', { role: 'rowgroup' }, head),
    element('tbody', { role: 'rowgroup' }, ...body),
  );
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, made);
}

/** Replaces the content of a part. Keyboard focus moves to the new control with the same `data-focus`. */
export function replaceKeepingFocus(part: HTMLElement, ...children: readonly HTMLElement[]): void {
  const focused = part.contains(document.activeElement) ? document.activeElement?.getAttribute('data-focus') : null;
  part.replaceChildren(...children);
  if (focused) part.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

/** Shows a text to everybody; screen readers read it out. */
export function say(text: string): void {
  const status = document.getElementById('status');
  if (status !== null) status.textContent = text;
}

/** Shows what went wrong. */
export function sayError(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  say(error instanceof Error ? error.message : String(error));
}

/** Gives the reader a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element('a', { href: address, download: name }).click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
