import { randomUUID } from 'node:crypto';

/** A new uniqueidentifier, in the engine's form: 36 characters, upper case. */
export function newGuid(): string {
  return randomUUID().toUpperCase();
}

/**
 * A uniqueidentifier made of a fixed part and a number: as unique as the number, without keeping 36 characters each.
 *
 * @param prefix first 19 characters of a GUID
 */
export function numberedGuid(prefix: string, number: number): string {
  const digits = number.toString(16).toUpperCase().padStart(16, '0');
  return `${prefix}${digits.slice(0, 4)}-${digits.slice(4)}`;
}
