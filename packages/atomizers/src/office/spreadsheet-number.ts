/** Formats of numbers that stand for dates and times and have no code in the file (ECMA-376, part 1, 18.8.30). */
const builtInDates = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47, ...range(27, 36), ...range(50, 58)]);
const builtInDuration = 46;
const dayMs = 86_400_000;

/** What a cell's number stands for. */
export type NumberKind = 'number' | 'date' | 'duration';

/** What numbers of a format stand for. @param code of a format that the file defines */
export function numberKind(formatId: number, code: string | undefined): NumberKind {
  if (code === undefined) {
    if (formatId === builtInDuration) return 'duration';
    return builtInDates.has(formatId) ? 'date' : 'number';
  }
  // What is quoted, escaped or padding isn't format; of several sections the first is for positive numbers.
  const [section = ''] = code.replaceAll(/"[^"]*"|\\.|_.|\*./g, '').split(';');
  if (/\[[hms]+\]/i.test(section)) return 'duration';
  const letters = section.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/general/gi, '');
  return /[dyhs]|m{1,5}/i.test(letters) && !/[#?]/.test(letters) ? 'date' : 'number';
}

/**
 * A number of a cell as text: dates as ISO 8601, in the sheet's own time, which has no zone.
 *
 * @param text as it is written in the file
 * @param is1904 whether days count from 1904 and not from 1900
 */
export function cellNumber(text: string, kind: NumberKind, is1904: boolean): string {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return text;
  if (kind === 'date' && value >= 0 && value < 2_958_466) return dateOf(value, is1904);
  if (kind === 'duration') return durationOf(value);
  if (Number.isSafeInteger(value) && Math.abs(value) < 1e15) return String(value);
  // Excel has 15 digits; what is behind them is an artefact of binary fractions.
  return String(Number(value.toPrecision(15)));
}

function dateOf(serial: number, is1904: boolean): string {
  // Excel counts a 29 February 1900, which there wasn't.
  const epoch = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, serial < 60 ? 31 : 30);
  const days = Math.floor(serial);
  const seconds = Math.round((serial - days) * 86_400);
  const iso = new Date(epoch + days * dayMs + seconds * 1_000).toISOString();
  if (days === 0 && !is1904) return iso.slice(11, 19);
  return seconds === 0 ? iso.slice(0, 10) : iso.slice(0, 19);
}

function durationOf(days: number): string {
  const seconds = Math.round(Math.abs(days) * 86_400);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${days < 0 ? '-' : ''}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
