// Writes docs/schema.md; with --check it only says whether the page is what the definitions are.
import { readFile, writeFile } from 'node:fs/promises';
import { schemaPage } from './schema-page.ts';

const file = new URL('../../../docs/schema.md', import.meta.url);
const text = schemaPage();
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write(
    'docs/schema.md is not what the definitions are: run pnpm schema in packages/provenance-schema.\n',
  );
  process.exitCode = 1;
}
