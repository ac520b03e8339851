import { expect, test } from 'vitest';
import { runScript } from './run-script.ts';

// Fewer documents than without arguments: making vectors of all of them takes half a minute of both cores.
test('pnpm demo shows that a change and files arrive in the graph, and stops everything', {
  timeout: 300_000,
}, async () => {
  await using demo = runScript('demo.ts', ['package.json', 'packages/atomizers/test/corpus']);
  const exitCode = await demo.exited;
  const output = demo.lines.join('\n');
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/atom \d+ is in Neo4j$/m);
  expect(output).toContain('Received message from Neo4jSyncQueue');
  expect(output).toMatch(/EntityType: Atom, EntityId: \d+, SyncType: CREATE/);
  expect(output).toContain('✓ Atom synced to Neo4j successfully');
  expect(output).toMatch(/the graph equals SQL: \d+ atoms, \d+ edges/);
  expect(output).toMatch(/\)-\[:DERIVED_FROM(\*\d+)?\]->\(/);
  expect(output).toMatch(
    /http:\/\/127\.0\.0\.1:\d+\/ answers: document \d+ has \d+ atoms under it; the page is there, too/,
  );
  expect(output).toMatch(/✓ number \d is the section that answers it, .*, and comes from docs\/architecture\.md/);
  expect(output).toMatch(
    /20 single changes, one after the other: in Neo4j \d+ ms after SQL answered \(median\), \d+ ms at the 95th percentile/,
  );
  expect(output).toContain('dead letters: 0');
});
