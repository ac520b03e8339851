import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

type JsonObject = Readonly<Record<string, unknown>>;

const jsonObject = z.record(z.string(), z.unknown());

/**
 * Holds what an app's README.md and appsettings.json say about its settings against the schema that reads them.
 *
 * README.md: every table with a column `key` and a column `default`. Each setting of the schema has to be in one, with its default:
 * `True`, a number, a text in backquotes, `none` for an empty list; nothing where it is required; in parentheses what isn't
 * constant and so not in the schema. Several in a row: `Worker:A`, `B` | 1, 2.
 * appsettings.json: a value whose setting has a default has to equal it.
 *
 * @param schema what the app binds
 * @param folder of the app, with a slash at its end
 * @returns one line for each difference
 */
export async function settingsProblems(schema: z.ZodObject, folder: URL): Promise<readonly string[]> {
  const settings = settingsOf(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
  const documented = documentedDefaults(await readFile(new URL('README.md', folder), 'utf8'));
  const file = jsonObject.parse(JSON.parse(await readFile(new URL('appsettings.json', folder), 'utf8')));
  return [
    ...[...settings].flatMap(([key, value]) => readmeProblem(key, value, documented.get(key))),
    ...[...documented.keys()].filter((key) => !settings.has(key)).map((key) => `README.md: ${key} is not a setting`),
    ...[...settings].flatMap(([key, value]) => fileProblem(key, value, valueAt(file, key.split(':')))),
  ];
}

/** The settings of a JSON schema by their keys, with their defaults; undefined where there is none. */
function settingsOf(schema: JsonObject, path: readonly string[] = []): ReadonlyMap<string, unknown> {
  const properties = jsonObject.safeParse(schema.properties);
  if (!properties.success) return new Map([[path.join(':'), schema.default]]);
  return new Map(
    Object.entries(properties.data).flatMap(([name, part]) => [...settingsOf(jsonObject.parse(part), [...path, name])]),
  );
}

function documentedDefaults(readme: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let columns: readonly string[] = [];
  for (const line of readme.split('\n')) {
    if (!line.startsWith('|')) {
      columns = [];
      continue;
    }
    const cells = line.split('|').map((cell) => cell.trim());
    if (columns.length === 0) columns = cells;
    const keyCell = cells[columns.indexOf('key')];
    const defaultCell = cells[columns.indexOf('default')];
    if (keyCell === undefined || defaultCell === undefined) continue;
    const keys = [...keyCell.matchAll(/`([\w:]+)`/g)].flatMap(([, key]) => key ?? []);
    const [section] = (keys[0] ?? '').split(':');
    const defaults = defaultCell.split(',').map((text) => text.trim());
    for (const [index, key] of keys.entries()) {
      const full = key.includes(':') ? key : `${section}:${key}`;
      found.set(full, defaults.length === 1 ? (defaults[0] ?? '') : (defaults[index] ?? ''));
    }
  }
  return found;
}

function readmeProblem(key: string, value: unknown, documented: string | undefined): readonly string[] {
  if (documented === undefined) return [`README.md: ${key} is in no table of settings`];
  const isComputed = value === undefined && /^\(.+\)$/.test(documented);
  const expected = shown(value);
  if (isComputed || documented === expected) return [];
  return [
    `README.md: ${key} has the default ${expected === '' ? 'nothing' : expected}, not ${documented || 'nothing'}`,
  ];
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  if (value === true) return '`True`';
  if (value === false) return '`False`';
  if (Array.isArray(value) && value.length === 0) return 'none';
  return typeof value === 'string' ? `\`${value}\`` : JSON.stringify(value);
}

function fileProblem(key: string, value: unknown, written: unknown): readonly string[] {
  if (value === undefined || written === undefined || isDeepStrictEqual(value, written)) return [];
  return [`appsettings.json: ${key} is ${JSON.stringify(written)}, but its default is ${JSON.stringify(value)}`];
}

function valueAt(file: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return file;
  const object = jsonObject.safeParse(file);
  return object.success ? valueAt(object.data[name], rest) : undefined;
}
