import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { databaseProject, endedJobStatuses, jobStatuses } from '../src/index.ts';

const read = (path: string) => readFileSync(new URL(path, databaseProject.root), 'utf8');

it('the table of ingestion jobs lets each status in, and no other', () => {
  const [, list = ''] = /CHECK \(\s*\[Status\] IN \(([^)]*)\)/.exec(read('Tables/IngestionJob.sql')) ?? [];
  expect([...list.matchAll(/N'(\w+)'/g)].map(([, status]) => status)).toEqual(jobStatuses);
});

it('procedures use no other word for the status of a job', () => {
  const procedures = databaseProject.objects
    .filter(({ kind }) => kind === 'procedure')
    .map(({ path }) => read(path))
    .filter((sql) => sql.includes('[IngestionJob]'));
  const used = procedures.flatMap((sql) =>
    [...sql.matchAll(/\[Status\]\s*(?:=|<>|(?:NOT )?IN)\s*\(?((?:N'\w+'(?:, )?)+)/g)].flatMap(([, words = '']) =>
      [...words.matchAll(/N'(\w+)'/g)].map(([, word]) => word),
    ),
  );
  expect(used.length).toBeGreaterThan(5);
  expect(jobStatuses).toEqual(expect.arrayContaining(used));
});

it('the procedure that purges jobs takes those that have ended', () => {
  const purge = databaseProject.objects.find(({ name }) => name === 'sp_PurgeIngestion');
  const sql = purge === undefined ? '' : read(purge.path);
  for (const status of endedJobStatuses) expect(sql).toContain(`N'${status}'`);
});
