import type { RateState } from '../embedding-provider.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a duration in a header: `120ms`, `1s`, `6m0s`, `1h2m3.5s`, or a number of seconds; `undefined` for anything else.
 */
function durationMs(text: string | null): number | undefined {
  if (text === null) return undefined;
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1_000;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== trimmed) return undefined;
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (unitMs[unit ?? ''] ?? 0), 0);
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

/**
 * Longest wait that an answer may ask for, in milliseconds: a day, after which the longest of limits begins anew. More comes of a defect or of
 * a clock that is wrong, and timers can't count more than 24 days: they would be over at once.
 */
const longestWaitMs = 86_400_000;

function atMost(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.min(ms, longestWaitMs);
}

/** What is left of the rate limits, by the `x-ratelimit-*` headers. */
export function rateState(headers: Headers): RateState {
  return {
    remainingRequests: count(headers.get('x-ratelimit-remaining-requests')),
    remainingTokens: count(headers.get('x-ratelimit-remaining-tokens')),
    resetRequestsMs: atMost(durationMs(headers.get('x-ratelimit-reset-requests'))),
    resetTokensMs: atMost(durationMs(headers.get('x-ratelimit-reset-tokens'))),
  };
}

/** How long to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as a date; `undefined` when neither says. */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  return atMost(numberOf(headers.get('retry-after-ms'), 1) ?? waitOf(headers.get('retry-after'), now));
}

/** An empty header says nothing: `Number` would take it for 0. */
function numberOf(text: string | null, unit: number): number | undefined {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) * unit : undefined;
}

function waitOf(text: string | null, now: number): number | undefined {
  const ms = numberOf(text, 1_000);
  if (ms !== undefined || text === null) return ms;
  // Without a letter it would be a date of Node's own kind.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
