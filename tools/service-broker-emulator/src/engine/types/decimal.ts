import type { SqlDecimal } from './sql-value.ts';

const powers: bigint[] = [1n];
for (let exponent = 1; exponent <= 77; exponent++) powers.push((powers[exponent - 1] ?? 1n) * 10n);

/** 10 to the power of `exponent`, 0 to 77. */
export function powerOfTen(exponent: number): bigint {
  const power = powers[exponent];
  if (power === undefined) throw new RangeError(`no power of ten for ${exponent}`);
  return power;
}

/** True when `unscaled` has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
}

/** Quotient rounded half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend - quotient * divisor;
  if (remainder === 0n) return quotient;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** The unscaled number at another scale, rounded half away from zero when digits go. */
export function rescale(unscaled: bigint, fromScale: number, toScale: number): bigint {
  if (toScale === fromScale) return unscaled;
  if (toScale > fromScale) return unscaled * powerOfTen(toScale - fromScale);
  return divideRounded(unscaled, powerOfTen(fromScale - toScale));
}

/** The unscaled number at another scale; digits that go are cut off. */
export function rescaleTruncated(unscaled: bigint, fromScale: number, toScale: number): bigint {
  if (toScale >= fromScale) return unscaled * powerOfTen(toScale - fromScale);
  return unscaled / powerOfTen(fromScale - toScale);
}

/** Text as SQL Server shows it: all digits of the scale, a zero before the point. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}

const decimalPattern = /^\s*([+-]?)\s*(\d*)(?:\.(\d*))?\s*$/;

/** Reads decimal text (no exponent); undefined for any other text. The scale is the number of digits after the point. */
export function parseDecimal(text: string): SqlDecimal | undefined {
  const match = decimalPattern.exec(text);
  if (match === null) return undefined;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const unscaled = BigInt(whole + fraction);
  return { unscaled: match[1] === '-' ? -unscaled : unscaled, scale: fraction.length };
}

/** The exact value as a float, correctly rounded. */
export function decimalToNumber(value: SqlDecimal): number {
  return value.scale === 0 ? Number(value.unscaled) : Number(formatDecimal(value.unscaled, value.scale));
}

/**
 * The unscaled number that a float has at `scale`, rounded half away from zero. SQL Server goes through 17 significant
 * digits; so does this.
 *
 * @param value finite
 */
export function numberToUnscaled(value: number, scale: number): bigint {
  const [mantissa = '0', exponentText = '0'] = value.toExponential(16).split('e');
  const negative = mantissa.startsWith('-');
  const digits = BigInt(mantissa.replace('-', '').replace('.', ''));
  const shift = Number(exponentText) - 16 + scale;
  if (shift < -40) return 0n;
  const unscaled = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, powerOfTen(-shift));
  return negative ? -unscaled : unscaled;
}
