/** The first subquery in an expression. */
export function findSubquery(node: unknown): { readonly line: number } | undefined {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return undefined;
  if (isSubquery(node)) return node;
  for (const part of Object.values(node)) {
    const found = findSubquery(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

const kinds: ReadonlySet<unknown> = new Set(['subquery', 'exists', 'inQuery', 'quantified']);

/** Whether a node is a subquery, or a predicate with one. */
export function isSubquery(node: object): node is { readonly line: number } {
  return 'kind' in node && kinds.has(node.kind) && 'line' in node && typeof node.line === 'number';
}
