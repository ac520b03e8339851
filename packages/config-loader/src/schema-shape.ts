import { z } from 'zod';

/** A schema without its wrappers, and what the wrappers said. */
export interface UnwrappedSchema {
  readonly schema: z.core.$ZodType;
  /** Whether nothing at all is an allowed input: optional, or with a default. */
  readonly mayBeAbsent: boolean;
  readonly isSecret: boolean;
  readonly description: string | undefined;
}

/** Takes optional, default, nullable, readonly, pipe and the like off a schema. */
export function unwrap(wrapped: z.core.$ZodType): UnwrappedSchema {
  let schema = wrapped;
  let mayBeAbsent = false;
  let isSecret = false;
  let description: string | undefined;
  for (;;) {
    const meta = z.globalRegistry.get(schema);
    isSecret ||= meta?.secret === true;
    description ??= meta?.description;
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodCatch) {
      mayBeAbsent = true;
      schema = schema.def.innerType;
    } else if (schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
      schema = schema.def.innerType;
    } else if (schema instanceof z.ZodNonOptional) {
      mayBeAbsent = false;
      schema = schema.def.innerType;
    } else if (schema instanceof z.ZodPipe) {
      // A preprocess step is a pipe whose entrance is a transform: its output decides the shape.
      schema = schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in;
    } else if (schema instanceof z.ZodLazy) schema = schema.def.getter();
    else return { schema, mayBeAbsent, isSecret, description };
  }
}

/** The keys of an object schema, or of all objects in a union; undefined for a schema without keys of its own. */
export function keysOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  if (schema instanceof z.ZodObject) return schema.def.shape;
  if (!(schema instanceof z.ZodUnion)) return undefined;
  const shapes = schema.def.options.map((option) => keysOf(unwrap(option).schema)).filter((keys) => keys !== undefined);
  return shapes.length === 0 ? undefined : Object.assign({}, ...shapes);
}

/** The schema at a path of property names and indexes; undefined where the path leaves the schema. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): UnwrappedSchema | undefined {
  const here = unwrap(schema);
  const [first, ...rest] = path;
  if (first === undefined) return here;
  const next =
    keysOf(here.schema)?.[String(first)] ??
    (here.schema instanceof z.ZodArray ? here.schema.def.element : undefined) ??
    (here.schema instanceof z.ZodRecord ? here.schema.def.valueType : undefined);
  if (next === undefined) return undefined;
  const found = schemaAt(next, rest);
  // What is inside a secret is secret.
  return found === undefined ? undefined : { ...found, isSecret: found.isSecret || here.isSecret };
}
