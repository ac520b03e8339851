const integerForm = /^-?\d{1,19}$/;
const utcTimeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const traceParentForm = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** An integer from a message that a BIGINT column can hold; `null` for anything else. */
export function bigintOf(text: string | null | undefined): bigint | null {
  return integer(text, -(2n ** 63n), 2n ** 63n - 1n);
}

/** An integer from a message that an INT column can hold; `null` for anything else. */
export function intOf(text: string | null | undefined): number | null {
  const value = integer(text, -(2n ** 31n), 2n ** 31n - 1n);
  return value === null ? null : Number(value);
}

function integer(text: string | null | undefined, min: bigint, max: bigint): bigint | null {
  if (text === null || text === undefined || !integerForm.test(text)) return null;
  const value = BigInt(text);
  return value >= min && value <= max ? value : null;
}

/** Messages that were enqueued together carry the same time, one after the other. */
let lastTime: { readonly text: string; readonly date: Date } | undefined;

/** A time in UTC from a message, in milliseconds' resolution; `null` for anything else. Not to be changed: others may have it. */
export function utcTimeOf(text: string | undefined): Date | null {
  if (text === undefined || !utcTimeForm.test(text)) return null;
  if (lastTime?.text === text) return lastTime.date;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return null;
  lastTime = { text, date };
  return date;
}

/** A W3C `traceparent`; `null` for anything else. */
export function traceParentOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && traceParentForm.test(text) ? text : null;
}

/** A value for a reason, which goes into logs and a table: enough to recognise it, never all of a huge one. */
export function quoted(text: string | null): string {
  const value = text ?? '';
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
}
