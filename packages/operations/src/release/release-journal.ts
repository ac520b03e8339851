import { type FileHandle, open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { codeOf, type ReleaseFolders } from './release-folders.ts';

const entrySchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  who: z.string(),
  action: z.enum(['deploy', 'rollback', 'recover']),
  release: z.string(),
  previous: z.string().nullable(),
  version: z.string().nullable(),
  commit: z.string().nullable(),
  /** SHA-256 of the release's SHA256SUMS. */
  checksum: z.string().nullable(),
  /**
   * `deployed`: it serves, and was proved. `refused`: nothing was started. `rolled-back`: it failed, and the one before serves, which
   * was proved, too. `needs-a-human`: it failed, and so did going back.
   */
  result: z.enum(['deployed', 'refused', 'rolled-back', 'needs-a-human']),
  ms: z.int(),
  /** Why, where it isn't `deployed`. */
  reason: z.string().nullable(),
});

/** What was done with a release. */
export type ReleaseEntry = z.output<typeof entrySchema>;

/** Adds a line, which is on the disk when it returns. */
export async function recordRelease({ journal }: Pick<ReleaseFolders, 'journal'>, entry: ReleaseEntry): Promise<void> {
  await using file = await open(journal, 'a+', 0o644);
  // Behind a line that a crash or a full disk has cut off, a new one would be unreadable, too.
  const begin = (await endsWithinLine(file)) ? '\n' : '';
  await file.appendFile(`${begin}${JSON.stringify(entry)}\n`);
  await file.sync();
}

async function endsWithinLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

/** What the journal says, the oldest first, and how many of its lines can't be read. */
export async function readJournal({ journal }: Pick<ReleaseFolders, 'journal'>): Promise<{
  readonly entries: readonly ReleaseEntry[];
  readonly unreadable: number;
}> {
  let text: string;
  try {
    text = await readFile(journal, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { entries: [], unreadable: 0 };
    throw error;
  }
  const entries: ReleaseEntry[] = [];
  let unreadable = 0;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const entry = parsed(line);
    if (entry === undefined) unreadable += 1;
    else entries.push(entry);
  }
  return { entries, unreadable };
}

function parsed(line: string): ReleaseEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    // The end of a line that a crash has cut off.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
