import mssql from 'mssql';
import { z } from 'zod';
import type { Chunk, SourceDocument } from './documents.ts';

/** What one document became in SQL. */
export interface IngestedDocument {
  readonly documentAtomId: number;
  readonly atoms: number;
  readonly edges: number;
}

const idRow = z.object({ Id: z.coerce.number().int().positive() });
const chunkRow = z.object({ Id: z.coerce.number().int().positive(), Ordinal: z.number().int() });

const insertDocument = `
INSERT INTO dbo.Atom (TenantId, AtomType, ContentType, ContentHash, CanonicalText, Metadata)
VALUES (0, N'document', N'text/markdown', @hash, @text, @metadata);
SELECT SCOPE_IDENTITY() AS Id;`;

// MERGE and not INSERT: only its OUTPUT can name the source's columns, which say which chunk got which id.
const insertChunks = `
MERGE dbo.Atom AS target
USING (
    SELECT j.Ordinal, CONVERT(VARBINARY(32), j.Hash, 2) AS ContentHash, j.Text
    FROM OPENJSON(@chunks) WITH (Ordinal INT '$.ordinal', Hash NVARCHAR(64) '$.hash', Text NVARCHAR(MAX) '$.text') AS j
) AS source
ON 1 = 0
WHEN NOT MATCHED THEN
    INSERT (TenantId, AtomType, ContentType, ContentHash, CanonicalText)
    VALUES (0, N'chunk', N'text/markdown', source.ContentHash, source.Text)
OUTPUT inserted.AtomId AS Id, source.Ordinal AS Ordinal;`;

const insertEdges = `
INSERT INTO dbo.AtomProvenance (TenantId, ChildAtomId, ParentAtomId, RelationType, DerivationType, SequenceNumber)
OUTPUT inserted.AtomProvenanceId AS Id
SELECT 0, j.Child, @document, N'DERIVED_FROM', N'paragraph', j.Ordinal
FROM OPENJSON(@edges) WITH (Child BIGINT '$.child', Ordinal INT '$.ordinal') AS j;`;

function chunkParameter(chunks: readonly Chunk[]): string {
  return JSON.stringify(
    chunks.map((chunk) => ({ ordinal: chunk.sequence, hash: chunk.hash.toString('hex'), text: chunk.text })),
  );
}

function syncRequests(atomIds: readonly number[], edgeIds: readonly number[]): mssql.Table {
  const table = new mssql.Table('dbo.Neo4jSyncRequestList');
  table.columns.add('EntityType', mssql.NVarChar(128), { nullable: false });
  table.columns.add('EntityId', mssql.BigInt, { nullable: false });
  table.columns.add('SyncType', mssql.NVarChar(128), { nullable: false });
  table.columns.add('TenantId', mssql.Int, { nullable: true });
  for (const id of atomIds) table.rows.add('Atom', id, 'CREATE', 0);
  for (const id of edgeIds) table.rows.add('AtomProvenance', id, 'CREATE', 0);
  return table;
}

/**
 * Writes a document, its chunks and the edges between them, and enqueues them all, in one transaction: no row without
 * its message, no message without its row.
 */
export async function ingestDocument(pool: mssql.ConnectionPool, document: SourceDocument): Promise<IngestedDocument> {
  const transaction = new mssql.Transaction(pool);
  await transaction.begin();
  try {
    const inserted = await new mssql.Request(transaction)
      .input('hash', mssql.VarBinary(32), document.hash)
      .input('text', mssql.NVarChar(mssql.MAX), document.text)
      .input('metadata', mssql.NVarChar(mssql.MAX), JSON.stringify({ path: document.path }))
      .query(insertDocument);
    const { Id: documentAtomId } = idRow.parse(inserted.recordset[0]);
    const chunkResult = await new mssql.Request(transaction)
      .input('chunks', mssql.NVarChar(mssql.MAX), chunkParameter(document.chunks))
      .query(insertChunks);
    const chunks = z.array(chunkRow).parse(chunkResult.recordset);
    const edges = await new mssql.Request(transaction)
      .input('document', mssql.BigInt, documentAtomId)
      .input(
        'edges',
        mssql.NVarChar(mssql.MAX),
        JSON.stringify(chunks.map((chunk) => ({ child: chunk.Id, ordinal: chunk.Ordinal }))),
      )
      .query(insertEdges);
    const edgeIds = z
      .array(idRow)
      .parse(edges.recordset)
      .map((row) => row.Id);
    const atomIds = [documentAtomId, ...chunks.map((chunk) => chunk.Id)];
    await new mssql.Request(transaction)
      .input('Requests', syncRequests(atomIds, edgeIds))
      .execute('dbo.sp_EnqueueNeo4jSyncBatch');
    await transaction.commit();
    return { documentAtomId, atoms: atomIds.length, edges: edgeIds.length };
  } catch (error) {
    // The server may have rolled back already; then there is nothing left to roll back.
    await transaction.rollback().catch((rollbackError: unknown) => {
      if (!(rollbackError instanceof mssql.TransactionError)) throw rollbackError;
    });
    throw error;
  }
}
