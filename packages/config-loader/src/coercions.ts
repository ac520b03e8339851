/** `True`, `true`, ` FALSE `: what .NET's binder takes for a bool; undefined for anything else (`1`, `yes`). */
export function coerceBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  return undefined;
}

/**
 * What .NET's binder takes for a number: decimal digits with sign, fraction and exponent in any culture-free form, and
 * for integers also `0x` hexadecimal. Undefined for anything else, also for what is too large to be exact.
 */
export function coerceNumber(text: string): number | undefined {
  const digits = text.trim();
  const isInteger = /^[+-]?\d+$/.test(digits) || /^0x[\da-f]+$/i.test(digits);
  if (!isInteger && !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(digits)) return undefined;
  const value = Number(digits);
  if (isInteger && !Number.isSafeInteger(value)) return undefined;
  return Number.isFinite(value) ? value : undefined;
}
