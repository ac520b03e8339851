import { UsageError } from '../errors.ts';

/**
 * The value of an option that is a whole number.
 *
 * @throws UsageError
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text} can't be used.`, `Give a whole number from ${least} to ${most}.`);
}
