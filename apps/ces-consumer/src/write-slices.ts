import { type BrokerTransaction, sqlParameter, type TableParameterColumn } from '@hartonomous/broker-client';
import mssql from 'mssql';
import { z } from 'zod';
import type { Slice, SliceAtom, SliceEdge, WrittenAtom } from './draft-slices.ts';

/** What is written for a file as a whole. */
export interface DocumentRow {
  readonly tenantId: number;
  readonly contentType: string | null;
  readonly contentHash: Uint8Array;
  readonly atomicValue: Uint8Array | null;
  readonly metadata: string;
}

/** How rows are written. */
export interface WriteOptions {
  /** Milliseconds to wait for another ingestion of the tenant. */
  readonly lockTimeoutMs: number;
  /** Milliseconds for any statement, without that wait. */
  readonly statementTimeoutMs: number;
  /** Goes on in the sync. */
  readonly traceParent: string | null;
  readonly signal: AbortSignal;
}

const id = z.union([z.string(), z.number(), z.bigint()]).transform(BigInt);
const documentRow = z.object({ AtomId: id, IsNew: z.boolean() });
/** Without a slot: no open one was asked for. */
const writtenRow = z.object({
  Slot: z.int().nullable(),
  AtomId: id.nullable(),
  IsNew: z.boolean().nullable(),
  AddedAtoms: z.int(),
  AddedEdges: z.int(),
});

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

/**
 * Takes the tenant's lock and writes the atom of the file as a whole, unless it is there: then the tenant has this file.
 *
 * @throws TransientSqlError when another ingestion of the tenant doesn't end in time
 */
export async function beginDocument(
  transaction: BrokerTransaction,
  document: DocumentRow,
  { lockTimeoutMs, statementTimeoutMs, traceParent, signal }: WriteOptions,
): Promise<{ readonly atomId: bigint; readonly isNew: boolean }> {
  const [row] = await transaction.query(
    // In the same batch, because SET ends with the batch that a parameterized query is.
    `SET LOCK_TIMEOUT ${Math.trunc(lockTimeoutMs)};
     EXEC [dbo].[sp_BeginIngestedDocument] @TenantId = @TenantId, @ContentType = @ContentType, @ContentHash = @ContentHash,
       @AtomicValue = @AtomicValue, @Metadata = @Metadata, @TraceParent = @TraceParent;`,
    {
      TenantId: document.tenantId,
      ContentType: document.contentType,
      ContentHash: sqlParameter.varbinary(document.contentHash),
      AtomicValue: sqlParameter.varbinary(document.atomicValue),
      Metadata: sqlParameter.nvarchar(document.metadata),
      TraceParent: traceParent,
    },
    documentRow,
    { signal, timeoutMs: lockTimeoutMs + statementTimeoutMs, context: { operation: 'writing the atom of a file' } },
  );
  if (row === undefined) throw new TypeError('dbo.sp_BeginIngestedDocument returned no row.');
  return { atomId: row.AtomId, isNew: row.IsNew };
}

/** What became of a slice. */
export interface WrittenSlice {
  /** New atoms and edges. */
  readonly atoms: number;
  readonly edges: number;
  /** Its open parents, each slot once. */
  readonly openParents: readonly WrittenAtom[];
}

/** Writes a slice. Slices are written in their order, each after `DraftSlices.written` was told of the one before. */
export async function writeSlice(
  transaction: BrokerTransaction,
  tenantId: number,
  slice: Slice,
  { traceParent, signal }: WriteOptions,
): Promise<WrittenSlice> {
  const rows = await transaction.query(
    `EXEC [dbo].[sp_WriteIngestedAtoms] @TenantId = @TenantId, @Atoms = @Atoms, @Edges = @Edges, @OpenSlots = @OpenSlots,
       @TraceParent = @TraceParent;`,
    {
      TenantId: tenantId,
      Atoms: sqlParameter.table('dbo.IngestedAtomList', atomColumns, slice.atoms.map(atomCells)),
      Edges: sqlParameter.table(
        'dbo.IngestedEdgeList',
        edgeColumns,
        slice.edges.map((edge) => edgeCells(edge, slice.number)),
      ),
      OpenSlots: sqlParameter.nvarchar(JSON.stringify([...new Set(slice.openParents.map(({ slot }) => slot))])),
      TraceParent: traceParent,
    },
    writtenRow,
    { signal, context: { operation: 'writing atoms' } },
  );
  const [first] = rows;
  if (first === undefined) throw new TypeError('dbo.sp_WriteIngestedAtoms returned no row.');
  const openParents = rows.flatMap(({ Slot: slot, AtomId: atomId, IsNew: isNew }) =>
    slot === null || atomId === null ? [] : [{ slot, atomId, isNew: isNew !== false }],
  );
  return { atoms: first.AddedAtoms, edges: first.AddedEdges, openParents };
}

function atomCells(atom: SliceAtom, slot: number) {
  const { atomType, contentType, contentHash, atomicValue, canonicalText, metadata } = atom;
  return [slot, atomType, contentType, contentHash, asBuffer(atomicValue), canonicalText, metadata];
}

function edgeCells(edge: SliceEdge, slice: number) {
  const { slot, parent, derivationType, sequence, startOffset, endOffset } = edge;
  const isHere = parent.slice === slice;
  const place = isHere ? [parent.slot, null] : [null, parent.atomId];
  return [slot, ...place, parent.isRepeated, derivationType, sequence, startOffset, endOffset];
}

const asBuffer = (bytes: Uint8Array | null) =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
