const tokens = /"(?:[^"\\\r\n]|\\.)*"|\/\/|\/\*|,\s*[}\]]/g;

/** Whether a text has comments or trailing commas outside of its strings, which JSONC allows and JSON doesn't. */
export function isJsonWithComments(head: string): boolean {
  if (!/^\s*(?:[[{]|\/[/*])/.test(head)) return false;
  return [...head.matchAll(tokens)].some(([token]) => !token.startsWith('"'));
}
