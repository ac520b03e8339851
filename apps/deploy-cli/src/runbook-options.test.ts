import { expect, test } from 'vitest';
import { withRunbookOptions } from './runbook-options.ts';

test("the old script's options become this program's", () => {
  const args = ['graph', 'deploy', '-Neo4jUri', 'bolt://x', '-NEO4JUSER', 'neo4j', '-SkipBackup', '-Verbose', '--json'];
  expect(withRunbookOptions(args)).toEqual([
    ...['graph', 'deploy', '--neo4j-uri', 'bolt://x', '--neo4j-user', 'neo4j', '--skip-backup', '--verbose', '--json'],
  ]);
});

test('other commands keep what they are given', () => {
  expect(withRunbookOptions(['search', '-database'])).toEqual(['search', '-database']);
});
