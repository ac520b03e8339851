const units = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1_000 },
] as const;

/** Milliseconds for people: `2 h 5 min`, `12 s`. The two greatest units, rounded down. */
export function durationText(milliseconds: number): string {
  let rest = milliseconds;
  const parts: string[] = [];
  for (const { unit, ms } of units) {
    const number = Math.floor(rest / ms);
    rest -= number * ms;
    if (number > 0) parts.push(`${number} ${unit}`);
    // A unit is shown beside the one above it alone: 1 d 5 s would look exact.
    if (parts.length === 2 || (parts.length === 1 && number === 0)) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
