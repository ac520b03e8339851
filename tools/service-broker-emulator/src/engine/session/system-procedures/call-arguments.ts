import { nameKey } from '../../catalog/name-key.ts';
import { convertValue } from '../../types/convert.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { SqlValue } from '../../types/sql-value.ts';
import { missingArgument } from '../errors.ts';
import type { CallArgument, CallResult } from '../procedure-call.ts';

/** The argument of a parameter, by name or else by position. */
export function argumentAt(values: readonly CallArgument[], position: number, name: string): CallArgument | undefined {
  const named = values.find((value) => nameKey(value.name) === nameKey(name));
  if (named !== undefined) return named;
  const positional = values[position];
  return positional?.name === '' ? positional : undefined;
}

function valueAt(values: readonly CallArgument[], position: number, name: string, type: SqlType): SqlValue {
  const argument = argumentAt(values, position, name);
  if (argument === undefined || argument.useDefault) return null;
  return convertValue(argument.value, argument.type, type, { explicit: false });
}

export function textAt(values: readonly CallArgument[], position: number, name: string): string | undefined {
  const value = valueAt(values, position, name, { name: 'nvarchar', length: 'max' });
  return typeof value === 'string' ? value : undefined;
}

export function integerAt(values: readonly CallArgument[], position: number, name: string): number | undefined {
  const value = valueAt(values, position, name, { name: 'int' });
  return typeof value === 'number' ? value : undefined;
}

/** @throws {SqlError} 201 when it was not supplied */
export function requiredText(
  values: readonly CallArgument[],
  position: number,
  name: string,
  procedure: string,
): string {
  const text = textAt(values, position, name);
  if (text !== undefined) return text;
  throw missingArgument(name, procedure);
}

export const done: CallResult = { status: 0, outputs: new Map() };
