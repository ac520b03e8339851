import { type SqlParameters, sqlParameter, type TableParameterColumn } from '@hartonomous/broker-client';
import mssql from 'mssql';
import type { Slice, SliceAtom, SliceEdge } from './draft-slices.ts';

/** What is written for a file as a whole; the same with each of its slices. */
export interface DocumentRow {
  readonly contentType: string | null;
  readonly contentHash: Buffer;
  readonly atomicValue: Uint8Array | null;
  readonly metadata: string;
  readonly atomizer: string;
  readonly atomizerVersion: number;
  readonly bytes: number;
  /** When a slice is full. */
  readonly sliceAtoms: number;
  readonly sliceBytes: number;
  /** Of the upload that the file came by. */
  readonly ingestionFileId: bigint | null;
  /** Whether the file is read anew. */
  readonly again: boolean;
  /** Goes on in the sync. */
  readonly traceParent: string | null;
}

const atomColumns: readonly TableParameterColumn[] = [
  { name: 'Slot', type: mssql.Int(), nullable: false },
  { name: 'AtomType', type: mssql.NVarChar(64), nullable: false },
  { name: 'ContentType', type: mssql.NVarChar(256) },
  { name: 'ContentHash', type: mssql.VarBinary(32), nullable: false },
  { name: 'AtomicValue', type: mssql.VarBinary(64) },
  { name: 'CanonicalText', type: mssql.NVarChar(mssql.MAX) },
  { name: 'Metadata', type: mssql.NVarChar(mssql.MAX) },
];

const edgeColumns: readonly TableParameterColumn[] = [
  { name: 'ChildSlot', type: mssql.Int(), nullable: false },
  { name: 'ParentSlot', type: mssql.Int() },
  { name: 'ParentAtomId', type: mssql.BigInt() },
  { name: 'MayExist', type: mssql.Bit(), nullable: false },
  { name: 'DerivationType', type: mssql.NVarChar(64), nullable: false },
  { name: 'SequenceNumber', type: mssql.Int(), nullable: false },
  { name: 'StartOffset', type: mssql.BigInt() },
  { name: 'EndOffset', type: mssql.BigInt() },
];

/** Parameters of dbo.sp_WriteIngestedSlice, after `DraftSlices.written` was called with the slice before. */
export function sliceParameters(document: DocumentRow, slice: Slice, isLast: boolean): SqlParameters {
  return {
    ContentHash: sqlParameter.varbinary(document.contentHash, document.contentHash.length),
    SliceNumber: sqlParameter.int(slice.number),
    IsLast: sqlParameter.bit(isLast),
    SliceDigest: sqlParameter.varbinary(slice.digest, slice.digest.length),
    Atoms: sqlParameter.table('dbo.IngestedAtomList', atomColumns, slice.atoms.map(atomCells)),
    Edges: sqlParameter.table(
      'dbo.IngestedEdgeList',
      edgeColumns,
      slice.edges.map((edge) => edgeCells(edge, slice.number)),
    ),
    OpenParents: sqlParameter.nvarchar(JSON.stringify(slice.openParents.map((parent) => openParent(parent, slice)))),
    PieceCount: sqlParameter.int(slice.pieces),
    ContentType: document.contentType,
    AtomicValue: sqlParameter.varbinary(document.atomicValue, 64),
    Metadata: sqlParameter.nvarchar(document.metadata),
    Atomizer: document.atomizer,
    AtomizerVersion: sqlParameter.int(document.atomizerVersion),
    SliceAtoms: sqlParameter.int(document.sliceAtoms),
    SliceBytes: sqlParameter.int(document.sliceBytes),
    ByteCount: sqlParameter.bigint(document.bytes),
    IngestionFileId: sqlParameter.bigint(document.ingestionFileId),
    TraceParent: document.traceParent,
    Again: sqlParameter.bit(document.again),
  };
}

function openParent({ ordinal, slice, slot, atomId }: Slice['openParents'][number], { number }: Slice) {
  return slice === number ? { ordinal, slot } : { ordinal, atomId: String(atomId) };
}

function atomCells(atom: SliceAtom, slot: number) {
  const { atomType, contentType, contentHash, atomicValue, canonicalText, metadata } = atom;
  return [slot, atomType, contentType, contentHash, asBuffer(atomicValue), canonicalText, metadata];
}

function edgeCells(edge: SliceEdge, slice: number) {
  const { slot, parent, derivationType, sequence, startOffset, endOffset } = edge;
  // Without either, the parent is the document.
  const place = parent.slice === slice ? [parent.slot, null] : [null, parent.atomId];
  return [slot, ...place, parent.isRepeated, derivationType, sequence, startOffset, endOffset];
}

const asBuffer = (bytes: Uint8Array | null) =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
