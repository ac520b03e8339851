import { eventually } from '@hartonomous/test-support';
import { expect } from 'vitest';
import type { Fixture } from './fixture.ts';

/** A text of paragraphs, every fifth of which other such texts have too. */
export function linesOf(count: number, seed: string): string {
  return Array.from({ length: count }, (_, index) =>
    index % 5 === 0 ? `A line that many files have, ${index}.` : `Line ${index} of ${seed}.`,
  ).join('\n\n');
}

/** Waits until so many slices of the tenant's unfinished file are committed. */
export async function untilWritten(fixture: Fixture, tenantId: number, slices: number): Promise<void> {
  await eventually(
    async () => {
      const [row] = await fixture.sql(
        `SELECT MAX(NextSlice) AS n FROM dbo.IngestedDocument WITH (NOLOCK) WHERE TenantId = @tenantId AND State = N'RUNNING';`,
        { tenantId },
      );
      expect(Number(row?.n ?? 0)).toBeGreaterThanOrEqual(slices);
    },
    { timeoutMs: 120_000, intervalMs: 5 },
  );
}

/** A tenant's atoms with their references, and its edges, without ids and times: equal for equal files, however they came in. */
export async function tenantContent(
  fixture: Fixture,
  tenantId: number,
): Promise<{ readonly atoms: string[]; readonly edges: string[] }> {
  const atoms = await fixture.sql(
    `SELECT CONCAT(a.AtomType, N' ', CONVERT(NVARCHAR(64), a.ContentHash, 2), N' ', a.ReferenceCount, N' ', a.CanonicalText, N' ', a.Metadata) AS line
     FROM dbo.Atom AS a WHERE a.TenantId = @tenantId;`,
    { tenantId },
  );
  const edges = await fixture.sql(
    `SELECT CONCAT(p.DerivationType, N' ', p.SequenceNumber, N' ', p.StartOffset, N' ', p.EndOffset, N' ', c.AtomType, N' ',
       CONVERT(NVARCHAR(64), c.ContentHash, 2), N' ', f.AtomType, N' ', CONVERT(NVARCHAR(64), f.ContentHash, 2)) AS line
     FROM dbo.AtomProvenance AS p
     INNER JOIN dbo.Atom AS c ON c.AtomId = p.ChildAtomId
     INNER JOIN dbo.Atom AS f ON f.AtomId = p.ParentAtomId
     WHERE p.TenantId = @tenantId;`,
    { tenantId },
  );
  const sorted = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map(({ line }) => String(line)).sort();
  return { atoms: sorted(atoms), edges: sorted(edges) };
}
