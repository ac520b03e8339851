import { createHash, randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ConfigurationSource } from '../configuration-source.ts';
import type { AzureSettings } from './azure-settings.ts';

const fileSchema = z.object({
  format: z.literal(1),
  savedAt: z.iso.datetime(),
  from: z.string(),
  sources: z.array(
    z.object({
      kind: z.enum(['app-configuration', 'key-vault']),
      name: z.string(),
      entries: z.array(
        z.object({ key: z.string(), value: z.string().nullable(), origin: z.string(), isSecret: z.boolean() }),
      ),
    }),
  ),
});

/**
 * The values that Azure gave last, in a file, for a start while Azure is away. The file holds secrets: it is readable
 * by its owner only (on Windows by whom the folder's rights say), replaced as a whole, and used neither for another
 * store, vault, label or environment than it was written for nor when it is too old.
 */
export class LastGoodCache {
  readonly #file: string;
  readonly #maxAgeHours: number;
  readonly #from: string;

  private constructor(file: string, maxAgeHours: number, from: string) {
    this.#file = file;
    this.#maxAgeHours = maxAgeHours;
    this.#from = from;
  }

  /** The cache that the settings ask for; undefined when they ask for none. */
  static of({ Azure, AzureAppConfiguration, KeyVault }: AzureSettings, environment: string): LastGoodCache | undefined {
    const { Enabled, File, MaxAgeHours } = Azure.LastGoodCache;
    if (!Enabled || File === undefined) return undefined;
    const from = createHash('sha256')
      .update(JSON.stringify([environment, AzureAppConfiguration, KeyVault]))
      .digest('hex');
    return new LastGoodCache(File, MaxAgeHours, from);
  }

  /** @returns a warning when the file can't be written: the values themselves are good */
  async save(sources: readonly ConfigurationSource[]): Promise<string | undefined> {
    const file = {
      format: 1,
      savedAt: new Date().toISOString(),
      from: this.#from,
      sources: sources.map(({ kind, name, entries }) => ({
        kind,
        name,
        entries: entries.map((entry) => ({ ...entry, isSecret: entry.isSecret === true })),
      })),
    };
    const draft = `${this.#file}.${randomUUID()}`;
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(file), { mode: 0o600, flag: 'wx' });
      await rename(draft, this.#file);
      return undefined;
    } catch (error) {
      await rm(draft, { force: true });
      return `Azure:LastGoodCache:File ${this.#file} can't be written (${codeOf(error)}): a start while Azure is away will fail`;
    }
  }

  /** The saved values, or the reason why they can't be used. */
  async load(why: string): Promise<readonly ConfigurationSource[] | string> {
    let text: string;
    try {
      await using handle = await open(this.#file, 'r');
      if (isOpenToOthers(await handle.stat()))
        return `${this.#file} may be written by others than this account, so anybody could have put its values there`;
      text = await handle.readFile('utf8');
    } catch (error) {
      return `${this.#file} can't be read (${codeOf(error)})`;
    }
    const parsed = fileSchema.safeParse(parseJson(text));
    if (!parsed.success) return `${this.#file} is damaged`;
    const { savedAt, from, sources } = parsed.data;
    if (from !== this.#from) return `${this.#file} was written for other Azure settings`;
    const ageHours = (Date.now() - Date.parse(savedAt)) / 3_600_000;
    if (ageHours < -clockSlackHours)
      return `${this.#file} is of ${savedAt}, which is in the future: the clock of this machine was wrong then, or is now`;
    if (ageHours > this.#maxAgeHours)
      return `${this.#file} is of ${savedAt}, older than Azure:LastGoodCache:MaxAgeHours`;
    const warning = `Azure is away, so the values that it gave at ${savedAt} are used. ${why}`;
    return sources.map((source, index) => ({
      ...source,
      name: `${source.name}, remembered from ${savedAt}`,
      problems: [],
      ...(index === 0 ? { warnings: [warning] } : {}),
    }));
  }
}

/** Hours that a clock may have been set back since. Beyond that the age of the file can't be told. */
const clockSlackHours = 1;

/** Whether another account than this one, or root, may have written a file. Windows goes by the folder's rights. */
function isOpenToOthers({ uid, mode }: Stats): boolean {
  const own = process.getuid?.();
  return own !== undefined && ((uid !== own && uid !== 0) || (mode & 0o022) !== 0);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Damaged: the schema refuses undefined, and the caller says so.
    return undefined;
  }
}
