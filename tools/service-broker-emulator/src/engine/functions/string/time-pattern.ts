import { ticksPerSecond } from '../../types/datetime.ts';

/** Hours, minutes, seconds and ticks of a second. */
interface Clock {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly fraction: number;
}

const tokens = /\\(.)|'([^']*)'|"([^"]*)"|%?(d{1,8}|h{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7})|(.)/gs;

const two = (value: number): string => `${value}`.padStart(2, '0');
const seven = (value: number): string => `${value}`.padStart(7, '0');

function clockOf(ticks: bigint): Clock {
  const seconds = Number(ticks / ticksPerSecond);
  return {
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
    fraction: Number(ticks % ticksPerSecond),
  };
}

function standard(letter: string, { hours, minutes, seconds, fraction }: Clock): string | null {
  const rest = `${two(minutes)}:${two(seconds)}`;
  switch (letter) {
    case 'c':
    case 't':
    case 'T':
      return `${two(hours)}:${rest}${fraction === 0 ? '' : `.${seven(fraction)}`}`;
    case 'g':
      return `${hours}:${rest}${fraction === 0 ? '' : `.${seven(fraction).replace(/0+$/, '')}`}`;
    case 'G':
      return `0:${two(hours)}:${rest}.${seven(fraction)}`;
    default:
      return null;
  }
}

function field(token: string, { hours, minutes, seconds, fraction }: Clock): string {
  const { length } = token;
  const padded = (value: number): string => `${value}`.padStart(length, '0');
  switch (token.charAt(0)) {
    case 'd':
      return padded(0);
    case 'h':
      return padded(hours);
    case 'm':
      return padded(minutes);
    case 's':
      return padded(seconds);
    case 'f':
      return seven(fraction).slice(0, length);
    default:
      return seven(fraction).slice(0, length).replace(/0+$/, '');
  }
}

/**
 * A time of day by a .NET format, as of a TimeSpan: `hh\:mm`. Colons and points have to be escaped or quoted.
 *
 * @param ticks since midnight
 * @returns null for a format that a time doesn't have: FORMAT gives NULL then
 */
export function formatTime(ticks: bigint, pattern: string): string | null {
  const clock = clockOf(ticks);
  if (pattern === '') return standard('c', clock);
  if (pattern.length === 1) return standard(pattern, clock);
  let valid = true;
  const text = pattern.replace(
    tokens,
    (_match, escaped?: string, single?: string, double?: string, token?: string, other?: string) => {
      if (token !== undefined) return field(token, clock);
      if (other !== undefined) valid = false;
      return escaped ?? single ?? double ?? '';
    },
  );
  return valid ? text : null;
}
