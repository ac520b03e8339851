/** Key under which an identifier is found: names compare without regard to case in the default collation. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** Key of a schema-qualified name. */
export function objectKey(schema: string, name: string): string {
  return `${nameKey(schema)}\u0000${nameKey(name)}`;
}
