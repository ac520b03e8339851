import { unsupported } from '../../../unsupported.ts';
import { formatDecimal, parseDecimal, rescale } from '../../types/decimal.ts';

/** Inserts commas between groups of three digits. */
function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Absolute value with a number of digits after the point, rounded half away from zero. */
function fixed(text: string, digits: number): { readonly negative: boolean; readonly text: string } {
  const value = parseDecimal(text) ?? { unscaled: 0n, scale: 0 };
  const unscaled = rescale(value.unscaled, value.scale, digits);
  return { negative: unscaled < 0n, text: formatDecimal(unscaled < 0n ? -unscaled : unscaled, digits) };
}

function withGroups(text: string): string {
  const [whole = '', fraction] = text.split('.');
  return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`;
}

/**
 * A number by a .NET format: the standard ones C, D, E, F, G, N, P, X with their digits, or a custom pattern of
 * `0 # . , %` and literal text, with sections for negative numbers and zero.
 *
 * @param text the number in plain decimal digits
 * @returns null for a standard format that does not exist
 */
export function formatNumber(text: string, pattern: string): string | null {
  const standard = /^([A-Za-z])(\d{0,2})$/.exec(pattern);
  if (pattern === '') return generalText(text);
  return standard === null ? customText(text, pattern) : standardText(text, standard[1] ?? '', standard[2] ?? '');
}

function generalText(text: string): string {
  return text;
}

function standardText(text: string, letter: string, digitsText: string): string | null {
  const digits = digitsText === '' ? undefined : Number(digitsText);
  const negativeSign = (value: { readonly negative: boolean; readonly text: string }): string =>
    value.negative ? '-' : '';
  switch (letter.toUpperCase()) {
    case 'N': {
      const value = fixed(text, digits ?? 2);
      return negativeSign(value) + withGroups(value.text);
    }
    case 'F': {
      const value = fixed(text, digits ?? 2);
      return negativeSign(value) + value.text;
    }
    case 'C': {
      const value = fixed(text, digits ?? 2);
      const amount = `$${withGroups(value.text)}`;
      return value.negative ? `(${amount})` : amount;
    }
    case 'P': {
      const value = fixed(shifted(text, 2), digits ?? 2);
      return `${negativeSign(value)}${withGroups(value.text)}%`;
    }
    case 'D': {
      if (text.includes('.')) return null;
      const negative = text.startsWith('-');
      return (negative ? '-' : '') + text.replace('-', '').padStart(digits ?? 1, '0');
    }
    case 'X': {
      if (text.includes('.') || text.startsWith('-')) return null;
      const hexadecimal = BigInt(text)
        .toString(16)
        .padStart(digits ?? 1, '0');
      return letter === 'X' ? hexadecimal.toUpperCase() : hexadecimal;
    }
    case 'E': {
      const exponential = Number(text).toExponential(digits ?? 6);
      const padded = exponential.replace(
        /e([+-])(\d+)$/,
        (_, sign: string, power: string) => `e${sign}${power.padStart(3, '0')}`,
      );
      return letter === 'E' ? padded.toUpperCase() : padded;
    }
    case 'G':
      return generalText(text);
    default:
      return null;
  }
}

/** Moves the decimal point to the right. */
function shifted(text: string, places: number): string {
  const value = parseDecimal(text) ?? { unscaled: 0n, scale: 0 };
  return formatDecimal(
    rescale(value.unscaled, 0, Math.max(0, places - value.scale)),
    Math.max(0, value.scale - places),
  );
}

interface PatternToken {
  readonly kind: 'digit' | 'point' | 'literal';
  readonly text: string;
}

function tokens(pattern: string): {
  readonly parts: readonly PatternToken[];
  readonly groups: boolean;
  readonly scale: number;
} {
  const parts: PatternToken[] = [];
  let groups = false;
  let scale = 0;
  const token = /\\(.)|'([^']*)'|"([^"]*)"|([0#])|(\.)|(,)|(%)|(‰)|(.)/gsu;
  for (const match of pattern.matchAll(token)) {
    const [, escaped, single, double, digit, point, comma, percent, mille, other] = match;
    if (digit !== undefined) parts.push({ kind: 'digit', text: digit });
    else if (point !== undefined) parts.push({ kind: 'point', text: point });
    else if (comma !== undefined) groups = true;
    else if (percent !== undefined || mille !== undefined) {
      scale += percent !== undefined ? 2 : 3;
      parts.push({ kind: 'literal', text: match[0] });
    } else parts.push({ kind: 'literal', text: escaped ?? single ?? double ?? other ?? '' });
  }
  return { parts, groups, scale };
}

function customText(text: string, pattern: string): string {
  if (/[0#][eE][+-]?0/.test(pattern)) unsupported(`FORMAT with the exponent pattern '${pattern}'`);
  const sections = pattern.split(';');
  const negative = text.startsWith('-');
  const zero = /^-?0*(\.0*)?$/.test(text);
  const section =
    zero && sections.length > 2 ? sections[2] : negative && sections.length > 1 && !zero ? sections[1] : sections[0];
  const chosen = section === undefined || section === '' ? (sections[0] ?? '') : section;
  const { parts, groups, scale } = tokens(chosen);
  const point = parts.findIndex((part) => part.kind === 'point');
  const after = point === -1 ? [] : parts.slice(point + 1).filter((part) => part.kind === 'digit');
  const value = fixed(scale === 0 ? text : shifted(text, scale), after.length);
  const signed = value.negative && !(sections.length > 1 && negative);
  return (signed ? '-' : '') + fill(parts, point, value.text, groups);
}

/** Puts the digits into the places of the pattern; the whole digits that have no place go before the first one. */
function fill(parts: readonly PatternToken[], point: number, text: string, groups: boolean): string {
  const [wholeText = '', fraction = ''] = text.split('.');
  const whole = wholeText.replace(/^0+/, '');
  const before = point === -1 ? parts : parts.slice(0, point);
  const places = before.filter((part) => part.kind === 'digit');
  const firstZero = places.findIndex((part) => part.text === '0');
  const minimum = firstZero === -1 ? 0 : places.length - firstZero;
  const digits = whole.padStart(minimum, '0');
  const shown = groups ? grouped(digits) : digits;
  let result = '';
  if (groups || places.length === 0) {
    let written = false;
    for (const part of before) {
      if (part.kind === 'literal') result += part.text;
      else if (!written) {
        result += shown;
        written = true;
      }
    }
  } else {
    let place = 0;
    for (const part of before) {
      if (part.kind === 'literal') {
        result += part.text;
        continue;
      }
      const fromRight = places.length - place;
      if (place === 0) result += digits.slice(0, Math.max(0, digits.length - places.length));
      result += digits.length >= fromRight ? digits.charAt(digits.length - fromRight) : '';
      place++;
    }
  }
  return point === -1 ? result : result + fillFraction(parts.slice(point + 1), fraction);
}

function fillFraction(parts: readonly PatternToken[], fraction: string): string {
  const places = parts.filter((part) => part.kind === 'digit');
  const lastZero = places.findLastIndex((part) => part.text === '0');
  let digits = fraction;
  while (digits.length > lastZero + 1 && digits.endsWith('0')) digits = digits.slice(0, -1);
  let result = '';
  let place = 0;
  for (const part of parts) {
    if (part.kind === 'literal') result += part.text;
    else if (part.kind === 'digit') result += digits.charAt(place++);
  }
  return digits === '' ? result : `.${result}`;
}
