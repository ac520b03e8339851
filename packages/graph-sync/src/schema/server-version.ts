/** Whether a version of Neo4j, such as `5.26.30` or `2026.08.1`, is older than another one. */
export function isOlder(version: string, than: string): boolean {
  const wanted = parts(than);
  const found = parts(version);
  for (const [position, number] of wanted.entries()) {
    const own = found[position] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}

function parts(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}
