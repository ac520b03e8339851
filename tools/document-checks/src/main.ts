// pnpm test:documents: how many letters of forty documents an independent reader finds and the atomizers don't.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { atomizedText } from './atomized-text.ts';
import { documents } from './documents.ts';
import { DocumentCheckError } from './errors.ts';
import { IndependentReaders } from './independent-readers.ts';
import { compareLetters } from './missing-letters.ts';
import { packagedFile } from './packaged-files.ts';

/** What may be missing of each document, and of all together. */
const maxShare = 0.005;

const cache = process.env.HARTONOMOUS_CACHE ?? join(homedir(), '.cache/hartonomous');
const percent = (count: number, of: number): string => `${((100 * count) / Math.max(1, of)).toFixed(3)} %`;

async function check(only: string | undefined): Promise<void> {
  const folder = join(cache, 'documents');
  await mkdir(folder, { recursive: true });
  const readers = await IndependentReaders.install(folder);
  const sum = { letters: 0, missing: 0, outOfOrder: 0 };
  const beyond: string[] = [];
  console.log('letters  missing  not in order  language  document');
  for (const document of documents) {
    if (only !== undefined && !document.path.includes(only)) continue;
    const path = await packagedFile(document, folder);
    const { text, notes } = await atomizedText(path);
    const { letters, missing, outOfOrder } = compareLetters(await readers.text(document.reader, path), text);
    sum.letters += letters;
    sum.missing += missing;
    sum.outOfOrder += outOfOrder;
    const name = basename(document.path);
    if (missing > maxShare * letters) beyond.push(name);
    const figures = [String(letters).padStart(7), percent(missing, letters), percent(outOfOrder, letters).padStart(12)];
    const noted = notes.length > 0 ? `  ${notes.join(' ')}` : '';
    console.log(`${figures.join('  ')}  ${document.language.padEnd(8)}  ${name}${noted}`);
  }
  const { letters, missing, outOfOrder } = sum;
  console.log(`${letters} letters, missing ${percent(missing, letters)}, not in order ${percent(outOfOrder, letters)}`);
  for (const name of beyond) console.error(`${name}: more than ${percent(maxShare, 1)} of its letters are missing`);
  if (beyond.length > 0 || missing > maxShare * letters) process.exitCode = 1;
}

try {
  await check(process.argv[2]);
} catch (error) {
  if (!(error instanceof DocumentCheckError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
