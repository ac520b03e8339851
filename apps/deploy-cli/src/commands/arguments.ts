import { UsageError } from '../errors.ts';

/** Numbers of tenants: SQL Server's INT. */
const leastInt = -(2 ** 31);
const mostInt = 2 ** 31 - 1;

/**
 * The value of an option or argument that is a whole number.
 *
 * @param option as the user knows it, for example `--limit`
 * @param least and `most` are possible, too
 * @throws UsageError
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^-?\d{1,16}$/.test(text) && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw unusable(option, text, `Give a whole number from ${least} to ${most}.`);
}

/** As {@link wholeNumber}; undefined where the option isn't there. */
export function optionalWholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  return text === undefined ? undefined : wholeNumber(option, text, least, most);
}

/** A tenant's number. @throws UsageError */
export function tenantNumber(text: string, option = '--tenant'): number {
  return wholeNumber(option, text, leastInt, mostInt);
}

/** A number from 0 to 1. @throws UsageError */
export function fraction(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 1) return value;
  throw unusable(option, text, 'Give a number from 0 to 1.');
}

/**
 * An id of SQL Server: a BIGINT.
 *
 * @param what for people, for example `the id of a dead letter`
 * @param advice where ids are found
 * @throws UsageError
 */
export function bigIntId(text: string, what = 'an id', advice = 'Give a whole number.'): bigint {
  if (/^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return BigInt(text);
  throw new UsageError(`${JSON.stringify(text)} is not ${what}.`, advice);
}

function unusable(option: string, text: string, advice: string): UsageError {
  return new UsageError(`${option} ${text === '' ? '""' : text} can't be used.`, advice);
}
