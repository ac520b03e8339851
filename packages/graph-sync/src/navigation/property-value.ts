import neo4j from 'neo4j-driver';
import { z } from 'zod';

/** A value of a node or relationship. A vector is a list of numbers. */
export type PropertyValue = bigint | number | string | boolean | Date | readonly number[] | null;

/** Values by property name; `null` for a property that the graph doesn't have. */
export type PropertyValues = Readonly<Record<string, PropertyValue>>;

/** Checks what the graph has; what is below a millisecond of a time is lost. */
const propertyValue: z.ZodType<PropertyValue> = z.union([
  z.bigint(),
  z.number(),
  z.string(),
  z.boolean(),
  z.null(),
  z.array(z.number()),
  z.instanceof(neo4j.types.DateTime).transform((time) => time.toStandardDate()),
]);

export const propertyValues: z.ZodType<PropertyValues> = z.record(z.string(), propertyValue);
