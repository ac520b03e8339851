import { z } from 'zod';
import type { WrittenParent } from './draft-slices.ts';

const id = z.union([z.string(), z.number(), z.bigint()]).transform(BigInt);

/** What dbo.IngestedDocument keeps of open parents, as JSON. */
const openParents = z
  .string()
  .nullable()
  .transform((text): unknown => (text === null ? [] : JSON.parse(text)))
  .pipe(z.array(z.object({ ordinal: z.int(), atomId: id, isNew: z.boolean().nullish() })))
  .transform((parents): readonly WrittenParent[] =>
    parents.map(({ isNew, ...rest }) => ({ ...rest, isNew: isNew ?? null })),
  );

/** What was written of a file so far. */
interface DocumentCounts {
  readonly pieces: number;
  /** New ones. */
  readonly atoms: number;
  readonly edges: number;
}

/** How far a file is written; see dbo.IngestedDocument. */
export interface DocumentProgress {
  readonly atomizer: string;
  readonly atomizerVersion: number;
  readonly nextSlice: number;
  readonly sliceAtoms: number;
  readonly sliceBytes: number;
  readonly digest: Buffer;
  readonly openParents: readonly WrittenParent[];
}

/** What dbo.sp_BeginIngestion answers. */
export type BegunDocument =
  | { readonly state: 'new' | 'undoing' | 'other' }
  | { readonly state: 'running'; readonly progress: DocumentProgress | null }
  | { readonly state: 'complete'; readonly documentAtomId: bigint; readonly notes: readonly AtomizerNoteRow[] }
  /** As complete, but there are notes, and the job wants none. */
  | { readonly state: 'noted'; readonly documentAtomId: bigint; readonly notes: readonly AtomizerNoteRow[] };

/** A note as it is kept; of a document that another version has read there may be codes that this one doesn't know. */
export interface AtomizerNoteRow {
  readonly code: string;
  readonly count: number;
  readonly detail: string;
}

const notesText = z
  .string()
  .nullable()
  .transform((text): unknown => (text === null ? [] : JSON.parse(text)))
  .pipe(z.array(z.object({ code: z.string(), count: z.number(), detail: z.string() })));

/** The row of dbo.sp_BeginIngestion. */
export const begunRow = z
  .object({
    State: z.enum(['RUNNING', 'COMPLETE', 'UNDOING', 'OTHER', 'NOTED']).nullable(),
    DocumentAtomId: id.nullable(),
    Atomizer: z.string().nullable(),
    AtomizerVersion: z.int().nullable(),
    NextSlice: z.int().nullable(),
    SliceAtoms: z.int().nullable(),
    SliceBytes: z.int().nullable(),
    SliceDigest: z.instanceof(Buffer).nullable(),
    OpenParents: openParents,
    Notes: notesText,
  })
  .transform((row): BegunDocument => {
    const { State, DocumentAtomId, Notes } = row;
    if ((State === 'COMPLETE' || State === 'NOTED') && DocumentAtomId !== null) {
      const state = State === 'COMPLETE' ? 'complete' : 'noted';
      return { state, documentAtomId: DocumentAtomId, notes: Notes };
    }
    if (State === 'RUNNING') return { state: 'running', progress: progressOf(row) };
    if (State === 'OTHER') return { state: 'other' };
    return { state: State === 'UNDOING' ? 'undoing' : 'new' };
  });

/** Null: too little is known to go on. */
function progressOf(row: {
  readonly Atomizer: string | null;
  readonly AtomizerVersion: number | null;
  readonly NextSlice: number | null;
  readonly SliceAtoms: number | null;
  readonly SliceBytes: number | null;
  readonly SliceDigest: Buffer | null;
  readonly OpenParents: readonly WrittenParent[];
}): DocumentProgress | null {
  const { Atomizer, AtomizerVersion, NextSlice, SliceAtoms, SliceBytes, SliceDigest, OpenParents } = row;
  if (Atomizer === null || AtomizerVersion === null || NextSlice === null) return null;
  if (SliceAtoms === null || SliceBytes === null || SliceDigest === null) return null;
  return {
    atomizer: Atomizer,
    atomizerVersion: AtomizerVersion,
    nextSlice: NextSlice,
    sliceAtoms: SliceAtoms,
    sliceBytes: SliceBytes,
    digest: SliceDigest,
    openParents: OpenParents,
  };
}

/** What dbo.sp_WriteIngestedSlice answers. */
export interface WrittenSlice {
  readonly documentAtomId: bigint;
  /** Of the file so far. */
  readonly counts: DocumentCounts;
  readonly openParents: readonly WrittenParent[];
}

/** The row of dbo.sp_WriteIngestedSlice. */
export const writtenRow = z
  .object({
    DocumentAtomId: id,
    PieceCount: z.int(),
    AtomCount: z.int(),
    EdgeCount: z.int(),
    OpenParents: openParents,
  })
  .transform(
    (row): WrittenSlice => ({
      documentAtomId: row.DocumentAtomId,
      counts: { pieces: row.PieceCount, atoms: row.AtomCount, edges: row.EdgeCount },
      openParents: row.OpenParents,
    }),
  );
