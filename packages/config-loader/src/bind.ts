import { z } from 'zod';
import { coerceBoolean, coerceNumber } from './coercions.ts';
import { type Configuration, type ConfigurationNode, showValue } from './configuration.ts';
import { keySeparator, normalizeKey } from './configuration-source.ts';
import { deepFreeze } from './deep-freeze.ts';
import { variableFor } from './environment-source.ts';
import { ConfigurationError, type ConfigurationProblem } from './errors.ts';
import { nearMiss } from './near-miss.ts';
import { keysOf, schemaAt, unwrap } from './schema-shape.ts';

/**
 * Checks a configuration against a schema and gives the typed, deeply frozen result.
 *
 * Text becomes what the schema asks for, as .NET's binder does it: booleans without regard to case, numbers, arrays
 * from children named 0, 1, ... Keys that the schema doesn't name are left alone (appsettings files hold settings for
 * others too), unless they look like a slip in a key that it does name, or their section is a strict object.
 *
 * @throws ConfigurationError with every problem of every source and every key
 */
export function bindConfiguration<Schema extends z.ZodType>(
  configuration: Configuration,
  schema: Schema,
): z.output<Schema> {
  const problems: ConfigurationProblem[] = configuration.sources.flatMap((source) => source.problems);
  const binder = new Binder(problems);
  const input = binder.value(schema, configuration.root, []);
  const result = schema.safeParse(input ?? {});
  if (!result.success) {
    for (const issue of result.error.issues) problems.push(problemOf(issue, schema, configuration));
  }
  if (problems.length > 0 || !result.success) {
    throw new ConfigurationError(configuration.environment, problems, configuration.environmentNote);
  }
  return deepFreeze(result.data);
}

/** Turns sections into the objects, arrays and leaves that a schema asks for, and notes what is odd about the keys. */
class Binder {
  readonly #problems: ConfigurationProblem[];

  constructor(problems: ConfigurationProblem[]) {
    this.#problems = problems;
  }

  value(wrapped: z.core.$ZodType, node: ConfigurationNode | undefined, path: readonly string[]): unknown {
    const { schema, mayBeAbsent } = unwrap(wrapped);
    const keys = keysOf(schema);
    if (keys !== undefined && (schema instanceof z.ZodObject || hasChildren(node))) {
      // A section that is absent as a whole is given as an empty one, so that each missing key in it is named.
      if (!hasChildren(node) && mayBeAbsent) return undefined;
      return this.#section(schema, keys, node, path);
    }
    if (node === undefined) return undefined;
    if (schema instanceof z.ZodArray) return this.#list(schema, node, path);
    if (schema instanceof z.ZodRecord) {
      const { valueType } = schema.def;
      const children = [...node.children.values()];
      if (children.length === 0) return undefined;
      return Object.fromEntries(
        children.map((child) => [child.name, this.value(valueType, child, [...path, child.name])]),
      );
    }
    return this.#leaf(schema, node, path);
  }

  #section(
    schema: z.core.$ZodType,
    keys: Readonly<Record<string, z.core.$ZodType>>,
    node: ConfigurationNode | undefined,
    path: readonly string[],
  ): object {
    const section: Record<string, unknown> = {};
    const known = new Set<string>();
    for (const [name, keySchema] of Object.entries(keys)) {
      known.add(normalizeKey(name));
      const value = this.value(keySchema, node?.children.get(normalizeKey(name)), [...path, name]);
      if (value !== undefined) section[name] = value;
    }
    const isStrict = schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;
    const unset = Object.keys(keys).filter((name) => !node?.children.has(normalizeKey(name)));
    for (const [normalized, child] of node?.children ?? []) {
      if (!known.has(normalized)) this.#unknown(child, path, isStrict ? Object.keys(keys) : unset, isStrict);
    }
    return section;
  }

  #unknown(child: ConfigurationNode, path: readonly string[], candidates: readonly string[], isStrict: boolean): void {
    const entry = firstValue(child);
    if (entry === undefined) return;
    // The environment and the vault hold many unrelated values; only those in one of our sections are checked.
    if (path.length === 0 && ['environment', 'key-vault'].includes(entry.source.kind)) return;
    const meant = nearMiss(child.name, candidates);
    if (meant === undefined && !isStrict) return;
    const section = path.length === 0 ? 'at the top' : `in ${path.join(keySeparator)}`;
    this.#problems.push({
      kind: 'unknown-key',
      key: [...path, child.name].join(keySeparator),
      source: entry.origin,
      expected: `one of the keys ${section}: ${candidates.join(', ')}`,
      ...(meant === undefined ? {} : { hint: `Did you mean ${[...path, meant].join(keySeparator)}?` }),
    });
  }

  #list(schema: z.ZodArray, node: ConfigurationNode, path: readonly string[]): unknown {
    const items = [...node.children.values()].sort((left, right) => Number(left.name) - Number(right.name));
    const misnamed = items.find((item) => !/^\d+$/.test(item.name));
    if (misnamed !== undefined) {
      this.#problems.push({
        kind: 'unknown-key',
        key: [...path, misnamed.name].join(keySeparator),
        source: firstValue(misnamed)?.origin ?? '',
        expected: 'a list, whose items are named 0, 1, ...',
      });
    }
    if (items.length === 0) return node.value?.value === '' ? [] : (node.value?.value ?? undefined);
    return items.map((item) => this.value(schema.def.element, item, [...path, item.name]));
  }

  #leaf(schema: z.core.$ZodType, node: ConfigurationNode, path: readonly string[]): unknown {
    const entry = node.value;
    if (entry === undefined) return undefined;
    if (entry.rival !== undefined) {
      this.#problems.push({
        kind: 'duplicate',
        key: path.join(keySeparator),
        source: entry.origin,
        expected: `one value, but there is another one (${entry.rival.origin})`,
        hint: 'Remove one of the two.',
      });
    }
    if (entry.value === null) return undefined;
    return coerce(schema, entry.value);
  }
}

function coerce(schema: z.core.$ZodType, text: string): unknown {
  if (schema instanceof z.ZodBoolean) return coerceBoolean(text) ?? text;
  if (schema instanceof z.ZodNumber) return coerceNumber(text) ?? text;
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.def.options) {
      const value = coerce(unwrap(option).schema, text);
      if (z.core.safeParse(option, value).success) return value;
    }
  }
  if (schema instanceof z.ZodLiteral) {
    return [...schema.def.values].find((value) => String(value) === text) ?? text;
  }
  return text;
}

function hasChildren(node: ConfigurationNode | undefined): boolean {
  return node !== undefined && node.children.size > 0;
}

function firstValue(node: ConfigurationNode): ConfigurationNode['value'] {
  if (node.value !== undefined) return node.value;
  for (const child of node.children.values()) {
    const value = firstValue(child);
    if (value !== undefined) return value;
  }
  return undefined;
}

function problemOf(issue: z.core.$ZodIssue, schema: z.ZodType, configuration: Configuration): ConfigurationProblem {
  const path = issue.path.map(String);
  const key = path.join(keySeparator) || '(whole configuration)';
  const here = schemaAt(schema, issue.path);
  const expected = describeExpected(issue) + (here?.description === undefined ? '' : ` (${here.description})`);
  const value = configuration.find(path)?.value;
  if (value === undefined || value.value === null) {
    return {
      kind: 'missing',
      key,
      source: configuration.sources.map((source) => source.name).join(', ') || 'no source',
      expected,
      hint: `Set it in an appsettings file or as the environment variable ${variableFor(key)}.`,
    };
  }
  const isSecret = here?.isSecret === true || value.isSecret === true;
  const shown = isSecret ? undefined : showValue({ key, value: value.value });
  return {
    kind: 'invalid',
    key,
    source: value.origin,
    expected,
    ...(shown === undefined || shown === null ? {} : { received: JSON.stringify(shown) }),
  };
}

function describeExpected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    return (
      { int: 'a whole number', number: 'a number', boolean: 'True or False' }[issue.expected as string] ??
      issue.expected
    );
  }
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union') {
    const options = issue.errors.flatMap((errors) => errors.map(describeExpected));
    return [...new Set(options)].join(' or ') || issue.message;
  }
  return issue.message;
}
