import { z } from 'zod';
import type { ShownProperty } from './graph-shape.ts';

/** A value of a node or relationship. A vector is a list of numbers. */
export type PropertyValue = bigint | number | string | boolean | Date | readonly number[] | null;

/** Values by property name; `null` for a property that the graph doesn't have. */
export type PropertyValues = Readonly<Record<string, PropertyValue>>;

/** A value as a statement returns it: a time as milliseconds since 1970, because the driver's time objects cost more than everything else. */
type ReturnedValue = Exclude<PropertyValue, Date>;

/** Expression for a property's value, as {@link namedValues} takes it. */
export function returnedProperty(variable: string, { name, isTime }: ShownProperty): string {
  return isTime ? `${variable}.${name}.epochMillis` : `${variable}.${name}`;
}

/** Checks property values by their type, once each, as an answer has hundreds. */
export const returnedValues = z.custom<readonly ReturnedValue[]>(
  (values) => Array.isArray(values) && values.every(isReturned),
  'values of properties are expected',
);

/** Names what was returned for properties, in their order. Times are truncated to milliseconds. */
export function namedValues(properties: readonly ShownProperty[], values: readonly ReturnedValue[]): PropertyValues {
  const named: Record<string, PropertyValue> = {};
  for (const [place, { name, isTime }] of properties.entries()) {
    const value = values[place] ?? null;
    named[name] = isTime && typeof value === 'bigint' ? new Date(Number(value)) : value;
  }
  return named;
}

function isReturned(value: unknown): boolean {
  switch (typeof value) {
    case 'bigint':
    case 'number':
    case 'string':
    case 'boolean':
      return true;
    default:
      return value === null || (Array.isArray(value) && value.every((part) => typeof part === 'number'));
  }
}
