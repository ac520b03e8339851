import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Zippable, zipSync } from 'fflate';
import { create } from 'tar';

/** A folder to be packed. */
export interface ArchiveInput {
  /** Folder that has the artifact's folder. */
  readonly parent: string;
  /** Name of the artifact's folder: the one folder in the archive. */
  readonly name: string;
  /** Its files, sorted, with `/`. */
  readonly files: readonly string[];
  /** Time of every file, in seconds since 1970. */
  readonly seconds: number;
}

/** Byte of a gzip header that names the system it was made on; 255 is "unknown". */
const gzipSystem = { offset: 9, unknown: 255 } as const;
/** A regular file that everybody may read and its owner may change. */
const mode = 0o100644;

/** Writes `<name>.tar.gz`: sorted, with one time, and without users, so that two builds are the same. */
export async function writeTarball({ parent, name, files, seconds }: ArchiveInput): Promise<string> {
  const chunks: Buffer[] = [];
  const stream = create(
    {
      cwd: parent,
      portable: true,
      noPax: true,
      mtime: new Date(seconds * 1000),
      onWriteEntry: (entry) => {
        if (entry.stat !== undefined) entry.stat.mode = mode;
      },
    },
    files.map((file) => `${name}/${file}`),
  );
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  const compressed = gzipSync(Buffer.concat(chunks), { level: 9 });
  compressed[gzipSystem.offset] = gzipSystem.unknown;
  const file = join(parent, `${name}.tar.gz`);
  await writeFile(file, compressed);
  return file;
}

/** The name of the system in a ZIP entry's attributes: Unix, so that the mode counts. */
const unix = 3;

/** Writes `<name>.zip`; ZIP has local times, so these are the hours and minutes of UTC whatever the machine's zone is. */
export async function writeZip({ parent, name, files, seconds }: ArchiveInput): Promise<string> {
  const utc = new Date(seconds * 1000);
  const mtime = new Date(utc.getTime() + utc.getTimezoneOffset() * 60_000);
  const entries: Zippable = {};
  for (const file of files) {
    entries[`${name}/${file}`] = [
      await readFile(join(parent, name, file)),
      { mtime, os: unix, attrs: mode << 16, level: 9 },
    ];
  }
  const target = join(parent, `${name}.zip`);
  await writeFile(target, zipSync(entries));
  return target;
}
