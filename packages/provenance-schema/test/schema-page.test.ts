import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { entities } from '../src/index.ts';

const script = fileURLToPath(new URL('../schema-page/write-schema-page.ts', import.meta.url));

test('docs/schema.md is what the definitions are (otherwise: pnpm schema)', async () => {
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({ stdout: '' });
});

test('the page has every column, property and edge', () => {
  const page = readFileSync(new URL('../../../docs/schema.md', import.meta.url), 'utf8');
  for (const { name, columns, edges } of entities) {
    const section = page
      .slice(page.indexOf(`\n### ${name}\n`))
      .split('\n#', 2)
      .join('\n#');
    for (const [column, { property }] of Object.entries(columns)) {
      expect(section).toContain(`| \`${column}\` `);
      if (property !== null) expect(section).toContain(`| \`${property}\` `);
    }
    for (const { type } of edges) expect(section).toContain(`[:${type}]`);
  }
});
