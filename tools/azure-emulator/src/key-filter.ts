/** What stands for "no label" in a label filter. */
const noLabel = '\0';

/** Most alternatives in one filter, as the service has it. */
const maxAlternatives = 5;

/**
 * Reads a key or label filter of App Configuration: `*`, `abc*`, `a,b`; `\` makes the next character plain; an empty
 * filter or `\0` is the null label.
 *
 * @returns a test, or undefined when the filter is not valid (`*` elsewhere than at the end, more than five parts)
 */
export function parseFilter(filter: string): ((text: string | null) => boolean) | undefined {
  const parts: { readonly text: string; readonly isPrefix: boolean }[] = [];
  let text = '';
  let isPrefix = false;
  for (let index = 0; index <= filter.length; index += 1) {
    const character = filter[index];
    if (character === undefined || character === ',') {
      parts.push({ text, isPrefix });
      text = '';
      isPrefix = false;
    } else if (isPrefix) return undefined;
    else if (character === '*') isPrefix = true;
    else if (character === '\\') {
      index += 1;
      text += filter[index] ?? '';
    } else text += character;
  }
  if (parts.length > maxAlternatives) return undefined;
  return (candidate) =>
    parts.some((part) => {
      if (part.isPrefix) return (candidate ?? '').startsWith(part.text);
      return candidate === null ? part.text === noLabel || part.text === '' : candidate === part.text;
    });
}
