/** ISO 8601 without the zone letter: what OPENJSON converts to datetime2; always UTC. */
export function sqlTime(time: Date): string {
  return time.toISOString().replace('Z', '');
}
