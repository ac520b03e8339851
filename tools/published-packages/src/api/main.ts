// pnpm api:check and pnpm api:update: the public surface of the published packages, and the reference pages, as files that are committed.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PublishedPackageError } from '../errors.ts';
import { publishedPackages } from '../workspace.ts';
import { apiReport, reportPath } from './api-report.ts';
import { entryPoints } from './entry-points.ts';
import { differences, leftovers, writeExpected } from './expected-files.ts';
import { referencePages } from './reference-pages.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const referenceFolder = 'docs/api';
/** Lines of a difference that are shown; the whole is in `git diff` after `pnpm api:update`. */
const shownLines = 40;

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
try {
  const packages = publishedPackages(root);
  const points = packages.flatMap(entryPoints);
  const expected = new Map<string, string>();
  const path = (...parts: readonly string[]): string => parts.join('/').replaceAll('\\', '/');
  for (const point of points)
    expected.set(path(relative(root, point.folder), reportPath(point)), await apiReport(point));
  for (const [name, text] of await referencePages(points)) expected.set(path(referenceFolder, name), text);

  const folders = [referenceFolder, ...packages.map(({ folder }) => path(relative(root, folder), 'api'))];
  const gone = leftovers(root, folders, expected);
  const different = differences(root, expected);
  if (values.update) await writeExpected(root, expected, gone);
  for (const { path: file, lines } of different) {
    process.stdout.write(`${values.update ? 'written' : 'differs'}: ${file} (${lines.length} lines)\n`);
    if (values.update) continue;
    for (const line of lines.slice(0, shownLines)) process.stdout.write(`  ${line}\n`);
  }
  for (const file of gone)
    process.stdout.write(`${values.update ? 'removed' : 'belongs to no entry point'}: ${file}\n`);
  if (!values.update && different.length + gone.length > 0) {
    process.stderr.write(
      'The public surface or its comments changed. If that is meant: pnpm api:update, and commit the files.\n',
    );
    process.exitCode = 1;
  } else {
    process.stdout.write(`${expected.size} files of ${points.length} entry points are as the packages are.\n`);
  }
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
