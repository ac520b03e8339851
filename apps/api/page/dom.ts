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

/** Names and values. */
export function facts(pairs: readonly (readonly [name: string, value: Child])[]): HTMLDListElement {
  return element(
    'dl',
    {},
    ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value ?? '-')]),
  );
}

/** Says something to everybody, also to those who listen. */
export function say(text: string): void {
  const status = document.getElementById('status');
  if (status !== null) status.textContent = text;
}

/** Says what went wrong. */
export function sayError(error: unknown): void {
  say(error instanceof Error ? error.message : String(error));
}
