/** A time span for people. */
export function age(ms: number | null): string {
  if (ms === null) return 'not seen';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** A number, or that it could not be seen. */
export function number(value: number | null): string {
  return value === null ? 'not seen' : value.toLocaleString();
}

/** A time in the reader's own zone. */
export function time(text: string | null): string | null {
  return text === null ? null : new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `one atom`, `3 atoms`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;
}
