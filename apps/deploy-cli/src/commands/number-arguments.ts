import { UsageError } from '../errors.ts';

/**
 * A 64-bit id from the command line.
 *
 * @throws UsageError
 */
export function idArgument(text: string): bigint {
  if (/^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return BigInt(text);
  throw new UsageError(`${JSON.stringify(text)} is not an id.`, 'Give a whole number.');
}

/**
 * The value of an option that is a whole number; undefined where the option isn't there.
 *
 * @throws UsageError
 */
export function wholeNumberOption(option: string, text: string | undefined, least: number, most: number) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^-?\d{1,10}$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text} can't be used.`, `Give a whole number from ${least} to ${most}.`);
}
