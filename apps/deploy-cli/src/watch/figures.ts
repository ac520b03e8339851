/** A number, or a dash where it isn't known. */
export function numberText(value: number | null): string {
  return value === null ? '-' : String(value);
}

/** So many a second. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return '-';
  if (perSecond === 0) return '0/s';
  // Less than one in half a minute would round to none.
  if (perSecond < 0.05) return '<0.1/s';
  return `${perSecond < 100 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}

/** Milliseconds in one word of at most five letters: `12ms`, `1.5s`, `12s`, `5min`, `26h`, `3d`. */
export function shortDuration(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`;
  if (ms < 120_000) return `${Math.floor(ms / 1_000)}s`;
  if (ms < 7_200_000) return `${Math.floor(ms / 60_000)}min`;
  return ms < 172_800_000 ? `${Math.floor(ms / 3_600_000)}h` : `${Math.floor(ms / 86_400_000)}d`;
}
