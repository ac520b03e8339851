import { divideRounded, formatDecimal, powerOfTen } from './decimal.ts';

const integerPattern = /^\s*([+-]?)\s*(\d+)\s*$/;
const floatPattern = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d*)?\s*$/;
const moneyPattern = /^\s*([+-]?)\s*[$€£¥¢¤]?\s*([+-]?)\s*([\d,]*)(?:\.(\d*))?\s*$/;

/** Reads integer text; blank text is 0, as SQL Server has it. Undefined when it isn't an integer. */
export function parseInteger(text: string): bigint | undefined {
  const match = integerPattern.exec(text);
  if (match === null) return text.trim() === '' ? 0n : undefined;
  const value = BigInt(match[2] ?? '0');
  return match[1] === '-' ? -value : value;
}

/** Reads float text; blank text is 0. Undefined when it isn't a number. */
export function parseFloatText(text: string): number | undefined {
  if (text.trim() === '') return 0;
  if (!floatPattern.test(text)) return undefined;
  return Number(
    text
      .trim()
      .replace(/[dD]/, 'e')
      .replace(/[eE][+-]?$/, ''),
  );
}

/** Reads money text, in 1/10000: currency sign and grouping commas are allowed; blank text is 0. */
export function parseMoney(text: string): bigint | undefined {
  if (text.trim() === '') return 0n;
  const match = moneyPattern.exec(text);
  if (match === null) return undefined;
  const whole = (match[3] ?? '').replaceAll(',', '');
  const fraction = match[4] ?? '';
  if (whole === '' && fraction === '' && !/[$€£¥¢¤]/.test(text)) return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const scaled =
    fraction.length <= 4
      ? digits * powerOfTen(4 - fraction.length)
      : divideRounded(digits, 10n ** BigInt(fraction.length - 4));
  return match[1] === '-' || match[2] === '-' ? -scaled : scaled;
}

/**
 * Money as text.
 *
 * @param style 0: two digits; 1: two digits and grouping commas; 2 and 126: four digits
 */
export function formatMoney(value: bigint, style = 0): string {
  if (style === 2 || style === 126) return formatDecimal(value, 4);
  const text = formatDecimal(divideRounded(value, 100n), 2);
  return style === 1 ? text.replace(/\B(?=(\d{3})+(?=\.))/g, ',') : text;
}

/** `d.ddde+nnn`: SQL Server writes three digits of exponent. */
function threeDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d{1,2})$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, '0')}`);
}

/**
 * A float or real as text.
 *
 * @param style 0: up to 6 digits; 1: 8 digits, scientific; 2: 16 digits, scientific; 3: 17 digits (9 for real), lossless
 */
export function formatFloat(value: number, style = 0): string {
  if (style === 1) return threeDigitExponent(value.toExponential(7));
  if (style === 2) return threeDigitExponent(value.toExponential(15));
  if (style === 3) return threeDigitExponent(value.toExponential(16));
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(5).split('e')[1]);
  if (exponent < -5 || exponent >= 6) {
    const [mantissa = '', power = ''] = value.toExponential(5).split('e');
    return threeDigitExponent(`${trimZeros(mantissa)}e${power}`);
  }
  return trimZeros(value.toFixed(Math.max(0, 5 - exponent)));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
