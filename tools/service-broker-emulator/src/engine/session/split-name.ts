const closing: Readonly<Partial<Record<string, string>>> = { '[': ']', '"': '"' };

/**
 * The parts of an object name in a string, as OBJECT_ID and RPC take it: parts in brackets or quotes, or anything up to
 * the next point, which needs no quoting there.
 *
 * @returns undefined when a bracket or quote isn't closed, or more than four parts are given
 */
export function splitName(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ') at += 1;
    const close = closing[text[at] ?? ''];
    let part = '';
    if (close === undefined) {
      const end = text.indexOf('.', at);
      part = text.slice(at, end < 0 ? undefined : end).trimEnd();
      at = end < 0 ? text.length : end;
    } else {
      at += 1;
      for (;;) {
        const end = text.indexOf(close, at);
        if (end < 0) return undefined;
        part += text.slice(at, end);
        at = end + 1;
        if (text[at] !== close) break;
        part += close;
        at += 1;
      }
      while (text[at] === ' ') at += 1;
    }
    parts.push(part);
    if (at >= text.length) return parts.length > 4 ? undefined : parts;
    if (text[at] !== '.') return undefined;
    at += 1;
  }
}
