import type { SqlValue } from '../../types/sql-value.ts';
import { invalidFormat, substitutionMismatch } from '../errors.ts';

/** Anything else behind a percent sign is an error. */
const placeholder = /%(?:([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(?:h|l|I64)?([diuoxXsS%])|.?)/gs;

function pad(text: string, flags: string, width: number): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function formatInteger(value: bigint, flags: string, conversion: string): string {
  switch (conversion) {
    case 'x':
    case 'X': {
      const digits = BigInt.asUintN(value < -2_147_483_648n || value > 2_147_483_647n ? 64 : 32, value).toString(16);
      const text = (flags.includes('#') ? '0x' : '') + digits;
      return conversion === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return (flags.includes('#') ? '0' : '') + BigInt.asUintN(32, value).toString(8);
    case 'u':
      return BigInt.asUintN(32, value).toString();
    default:
      return (flags.includes('+') && value >= 0n ? '+' : '') + value.toString();
  }
}

/**
 * Fills the placeholders of a RAISERROR or FORMATMESSAGE text.
 *
 * @throws {SqlError} 2786 when an argument's type does not fit its placeholder, 2787 for a percent sign that begins none
 */
export function formatMessage(text: string, values: readonly SqlValue[]): string {
  let position = 0;
  const next = (): SqlValue => values[position++] ?? null;
  return text.replace(
    placeholder,
    (written, flags = '', width: string | undefined, precision: string | undefined, conversion?: string) => {
      if (conversion === undefined) throw invalidFormat(written);
      if (conversion === '%') return '%';
      const columns = width === '*' ? Number(next() ?? 0) : Number(width ?? 0);
      const limit = precision === '*' ? Number(next() ?? 0) : precision === undefined ? undefined : Number(precision);
      const index = position + 1;
      const value = next();
      if (value === null) return pad('(null)', flags, columns);
      if (conversion === 's' || conversion === 'S') {
        if (typeof value !== 'string') throw substitutionMismatch(index);
        return pad(limit === undefined ? value : value.slice(0, limit), flags.replace('0', ''), columns);
      }
      if (typeof value !== 'number' && typeof value !== 'bigint') throw substitutionMismatch(index);
      return pad(formatInteger(BigInt(value), flags, conversion), flags, columns);
    },
  );
}
