/**
 * Object id of a constraint or other part that the catalog keeps inside its table: stable for the same name, apart from
 * the ids of objects, which are positive, and of temp tables, which are below.
 */
export function partId(schema: string, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${schema}.${name}`.toLowerCase()) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return -(hash % 2_146_000_000) - 2;
}
