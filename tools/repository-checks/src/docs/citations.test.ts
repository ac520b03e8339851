import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { citations, runbookSections } from './citations.ts';

const root = join(import.meta.dirname, '../../../..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');

/** What people write; not what tests read as files, nor what is written by programs. */
const files = spawnSync('git', ['ls-files', '*.ts', '*.md', '*.sql', '*.yml', '*.yaml', '*.mjs', '*.jsonc'], {
  cwd: root,
  encoding: 'utf8',
})
  .stdout.split('\n')
  .filter((path) => path !== '' && !/\/test\/(?:corpus|field)\/|^docs\/api\/|\/CHANGELOG\.md$/.test(path))
  .filter((path) => path !== 'tools/repository-checks/src/docs/citations.test.ts');

const decisions = globSync('docs/decisions/[0-9]*.md', { cwd: root });
const defined = new Set([
  ...runbookSections(text('docs/runbook.md')),
  ...decisions.map((path) => `decision ${basename(path).slice(0, 3)}`),
]);

test('citations are found with their lines, and only sections with an anchor can be cited', () => {
  expect(citations('x.ts', '// As R12 says\n/** (runbook R4, decision 004). */ R163')).toEqual([
    { page: 'x.ts', line: 1, cited: 'R12' },
    { page: 'x.ts', line: 2, cited: 'R4' },
    { page: 'x.ts', line: 2, cited: 'decision 004' },
  ]);
  expect(runbookSections('<a id="r1"></a>\n\n## R1 One\n\n## R2 Two\n<a id="r4"></a>\n\n## R3 Three\n')).toEqual([
    'R1',
  ]);
});

test('every number that is cited has a page that can be opened', () => {
  expect(files.length).toBeGreaterThan(1000);
  const cited = files.flatMap((path) => citations(path, text(path)));
  expect(cited.length).toBeGreaterThan(40);
  expect(cited.filter((one) => !defined.has(one.cited))).toEqual([]);
});

test('no text cites a document that is not in the repository', () => {
  const elsewhere = files.filter((path) => /\b(?:design|spec(?:ification)?), section \d/i.test(text(path)));
  expect(elsewhere).toEqual([]);
});

test.each(decisions)('%s has its date, its reasons and what was rejected, and is listed', (path) => {
  const page = text(path);
  const number = basename(path).slice(0, 3);
  expect(page).toMatch(new RegExp(`^# ${number}\\. .+\n\nDate: \\d{4}-\\d{2}-\\d{2}\n\n## Decision\n`));
  expect(page.split('\n').filter((line) => line.startsWith('## '))).toEqual([
    '## Decision',
    '## Reasons',
    '## Rejected',
  ]);
  expect(text('docs/decisions/README.md')).toContain(`](${basename(path)})`);
});

test('decisions are numbered without gaps', () => {
  expect(decisions.map((path) => Number(basename(path).slice(0, 3))).sort((a, b) => a - b)).toEqual(
    decisions.map((_, index) => index + 1),
  );
});
