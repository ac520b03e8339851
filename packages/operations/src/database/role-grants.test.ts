import { databaseProject } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { readProject } from './read-project.ts';
import { grantStatementOf, roleGrants } from './role-grants.ts';

test('every GRANT of the post-deployment scripts is read, and written as it stands there', async () => {
  const project = await readProject(databaseProject);
  const texts = project.postDeployment.flatMap(({ batches }) => batches.map(({ text }) => text)).join('\n');
  const written = texts.split('\n').filter((line) => line.startsWith('GRANT '));
  expect(roleGrants(project).map(grantStatementOf)).toEqual(written);
  expect(written.length).toBeGreaterThan(100);
  expect(new Set(roleGrants(project).map(({ role }) => role))).toEqual(
    new Set(['HartonomousWorker', 'HartonomousSender', 'HartonomousApi']),
  );
});
