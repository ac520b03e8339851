/** A name as a statement of T-SQL has it, whatever is in it. Without broker-client: errors are loaded before anything is known to be needed. */
export function bracketed(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
