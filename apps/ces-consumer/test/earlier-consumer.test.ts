import { expect, test, vi } from 'vitest';
import { fixtureOfFile } from './fixture.ts';
import { linesOf, untilWritten } from './tenant-content.ts';
import { WorkerProcess } from './worker-process.ts';

// While an installation is upgraded, consumers of the version before leases write whole files in one transaction each.

vi.setConfig({ testTimeout: 240_000 });
const fixture = fixtureOfFile();

/** Writes the atoms and edges of one tenant's file for another tenant, as consumers before leases do. */
const writeAsBefore = `
DECLARE @Atoms dbo.IngestedAtomList, @Edges dbo.IngestedEdgeList;
DECLARE @Begun TABLE (AtomId BIGINT, IsNew BIT);
DECLARE @Slots TABLE (AtomId BIGINT PRIMARY KEY, Slot INT);
DECLARE @Document BIGINT;
INSERT INTO @Slots SELECT AtomId, ROW_NUMBER() OVER (ORDER BY AtomId) FROM dbo.Atom WHERE TenantId = @from AND AtomType <> N'document';
INSERT INTO @Atoms (Slot, AtomType, ContentType, ContentHash, AtomicValue, CanonicalText, Metadata)
SELECT s.Slot, a.AtomType, a.ContentType, a.ContentHash, a.AtomicValue, a.CanonicalText, a.Metadata
FROM @Slots AS s INNER JOIN dbo.Atom AS a ON a.AtomId = s.AtomId;
BEGIN TRANSACTION;
INSERT INTO @Begun EXEC dbo.sp_BeginIngestedDocument @TenantId = @tenantId, @ContentType = N'text/plain', @ContentHash = @hash,
  @AtomicValue = 0x41, @Metadata = N'{"fileName":"earlier.txt"}';
SELECT @Document = AtomId FROM @Begun;
INSERT INTO @Edges (ChildSlot, ParentSlot, ParentAtomId, MayExist, DerivationType, SequenceNumber, StartOffset, EndOffset)
SELECT c.Slot, p.Slot, CASE WHEN p.Slot IS NULL THEN @Document END, 0, e.DerivationType, e.SequenceNumber, e.StartOffset, e.EndOffset
FROM dbo.AtomProvenance AS e
INNER JOIN @Slots AS c ON c.AtomId = e.ChildAtomId
LEFT JOIN @Slots AS p ON p.AtomId = e.ParentAtomId
WHERE e.TenantId = @from;
EXEC dbo.sp_WriteIngestedAtoms @TenantId = @tenantId, @Atoms = @Atoms, @Edges = @Edges, @OpenSlots = N'[]';
COMMIT TRANSACTION;`;

test('it is refused the file that is being written in slices, and what it writes between two slices is not written again', async () => {
  // One paragraph: it stays open from slice to slice, as a parent that the worker itself has made.
  const data = linesOf(800, 'earlier').replaceAll('\n\n', ' ');
  const settings = { ...fixture().env, Ingestion__SliceAtoms: '20' };
  const from = await fixture().newTenant();
  const worker = new WorkerProcess(settings);
  expect((await fixture().ended(await fixture().enqueue({ name: 'a.txt', tenantId: from, data }))).Status).toBe(
    'COMPLETED',
  );

  const tenantId = await fixture().newTenant();
  const job = await fixture().enqueue({ name: 'a.txt', tenantId, data });
  await untilWritten(fixture(), tenantId, 3);
  worker.kill('SIGSTOP');
  const [document] = await fixture().sql(
    'SELECT ContentHash AS hash, NextSlice AS slice FROM dbo.IngestedDocument WHERE TenantId = @tenantId;',
    { tenantId },
  );
  const hash = document?.hash as Uint8Array;
  await expect(fixture().sql(writeAsBefore, { from, tenantId, hash })).rejects.toMatchObject({ number: 51_071 });
  await fixture().sql(writeAsBefore, { from, tenantId, hash: new Uint8Array(32).fill(7) });
  const lease = await fixture().sql('SELECT HasIntervened FROM dbo.IngestionLease WHERE TenantId = @tenantId;', {
    tenantId,
  });
  expect(lease).toEqual([{ HasIntervened: true }]);

  worker.kill('SIGCONT');
  expect(await fixture().ended(job)).toMatchObject({ Status: 'COMPLETED', Attempts: 1 });
  await fixture().isSound(tenantId);
  // Both documents have all of the text: what they have in common is there once.
  const [counts] = await fixture().sql(
    `SELECT (SELECT COUNT(*) FROM dbo.Atom WHERE TenantId = @from) AS expected, COUNT(*) AS atoms,
       SUM(CASE WHEN AtomType = N'document' THEN 1 ELSE 0 END) AS documents
     FROM dbo.Atom WHERE TenantId = @tenantId;`,
    { from, tenantId },
  );
  expect(counts).toMatchObject({ atoms: Number(counts?.expected) + 1, documents: 2 });
  await worker.stop();
});
