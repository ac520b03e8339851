import { Parser, type ReadEntry } from 'tar';
import { FileBrokenError } from '../errors.ts';
import type { ArchiveMember } from './member-drafts.ts';

/** What happens while a TAR archive is read. */
export type TarEvent =
  | { readonly kind: 'member'; readonly member: ArchiveMember }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' };

/**
 * Reads a TAR archive as it comes; of each member first itself, then its data, then its end.
 *
 * @throws FileBrokenError
 */
export async function* tarEvents(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<TarEvent> {
  const events: TarEvent[] = [];
  let failure: Error | undefined;
  const parser = new Parser({ strict: true, brotli: false });
  parser.on('error', (error: Error) => {
    failure ??= error;
  });
  parser.on('entry', (entry: ReadEntry) => {
    events.push({ kind: 'member', member: tarMember(entry) });
    // A member that is listened to flows while the parser is written to; so nothing is read ahead of what is asked for.
    entry.on('data', (bytes) => events.push({ kind: 'data', bytes }));
    entry.on('end', () => events.push({ kind: 'end' }));
  });
  parser.on('ignoredEntry', (entry: ReadEntry) => {
    if (entry.meta) failure ??= new Error('a header is too large');
    // A type that the library doesn't know: sparse files of GNU, parts of volumes.
    else events.push({ kind: 'member', member: tarMember(entry) });
  });
  for await (const block of blocks) {
    parser.write(Buffer.from(block));
    yield* events.splice(0);
    if (failure !== undefined) throw new FileBrokenError('TAR', failure.message, failure);
  }
  parser.end();
  yield* events.splice(0);
  if (failure !== undefined) throw new FileBrokenError('TAR', failure.message, failure);
}

function tarMember(entry: ReadEntry): ArchiveMember {
  const kinds: Readonly<Record<string, Pick<ArchiveMember, 'kind' | 'reason'>>> = {
    File: { kind: 'file' },
    OldFile: { kind: 'file' },
    ContiguousFile: { kind: 'file' },
    Directory: { kind: 'folder' },
    SymbolicLink: { kind: 'refused', reason: 'symbolic link' },
    Link: { kind: 'refused', reason: 'hard link' },
  };
  const modified = entry.mtime;
  return {
    name: entry.path,
    modified: modified === undefined || Number.isNaN(modified.getTime()) ? undefined : modified,
    ...(kinds[entry.type] ?? { kind: 'refused', reason: `special file (${entry.type})` }),
  };
}
