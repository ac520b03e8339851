import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What unit files say of a service, by key; a list where a key may come several times. */
export class UnitDefinition {
  readonly fragment: string;
  readonly dropIns: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(fragment: string, dropIns: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.fragment = fragment;
    this.dropIns = dropIns;
    this.#values = values;
  }

  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  last(key: string): string | undefined {
    return this.all(key).at(-1);
  }

  seconds(key: string, otherwise: number): number {
    return Number(this.last(key) ?? otherwise);
  }
}

/** Keys that come several times and add up; an empty value takes back what came before. */
const lists = new Set(['ExecStart', 'ExecStartPre', 'Environment', 'LoadCredential', 'RestartPreventExitStatus']);

/** Reads a template's instance with its drop-ins; undefined where there is no template. */
export function readUnit(folder: string, unit: string): UnitDefinition | undefined {
  const match = /^(.+)@(.+)\.service$/.exec(unit);
  const [, template, instance] = match ?? [];
  if (template === undefined || instance === undefined) return undefined;
  const fragment = join(folder, `${template}@.service`);
  const main = read(fragment);
  if (main === undefined) return undefined;
  const dropInFolder = join(folder, `${unit}.d`);
  const dropIns = names(dropInFolder).map((name) => join(dropInFolder, name));
  const values = new Map<string, string[]>();
  for (const text of [main, ...dropIns.map((path) => read(path) ?? '')]) {
    for (const [, key, value] of text.matchAll(/^([A-Za-z]+)=(.*)$/gm)) {
      if (key === undefined || value === undefined) continue;
      const whole = value.replaceAll('%%', '\0').replaceAll('%i', instance).replaceAll('\0', '%');
      const before = lists.has(key) && whole !== '' ? (values.get(key) ?? []) : [];
      values.set(key, whole === '' ? [] : [...before, whole]);
    }
  }
  return new UnitDefinition(fragment, dropIns, values);
}

/** The words of a command line or a list, with quotes as systemd has them. */
export function words(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '').replaceAll('$$', '$'),
  );
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort();
  } catch {
    // A unit without drop-ins.
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The caller says what is missing.
    return undefined;
  }
}
