import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtomDraft } from '../src/atomizer.ts';
import { createDefaultRegistry } from '../src/default-registry.ts';
import { AtomizerError } from '../src/errors.ts';
import { bytesSource } from '../src/source-reading.ts';
import type { FieldCase, FieldExpectation } from './field/field-case.ts';

const folder = join(import.meta.dirname, 'field');

/** A row of `cases.tsv`: the name of a file and what is right, in the words of who reported it. */
export interface FieldRow {
  readonly file: string;
  readonly right: string;
}

/** The rows of `cases.tsv`. */
export const fieldRows: readonly FieldRow[] = readFileSync(join(folder, 'cases.tsv'), 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => {
    const [file = '', , right = ''] = line.split('\t');
    return { file, right };
  });

interface Outcome {
  readonly atomizer: string;
  readonly drafts: readonly AtomDraft[];
  readonly notes: readonly string[];
  readonly error: AtomizerError | undefined;
}

/** What is wrong with what comes out of a file; of alternatives the one that fails least. Empty if nothing is. */
export async function problemsOf(file: string, expected: FieldCase): Promise<readonly string[]> {
  const outcome = await read(file);
  const alternatives = 'length' in expected ? expected : [expected];
  return alternatives
    .map((each) => problemsWith(outcome, each))
    .reduce((best, each) => (each.length < best.length ? each : best));
}

async function read(file: string): Promise<Outcome> {
  const drafts: AtomDraft[] = [];
  let atomizer = '';
  try {
    const bytes = readFileSync(join(folder, 'cases', file));
    const atomized = await createDefaultRegistry().atomize(bytesSource(file, bytes));
    atomizer = atomized.atomizer.name;
    for await (const draft of atomized.drafts) drafts.push(draft);
    const notes = atomized.reading().notes.map(({ code }) => code);
    return { atomizer, drafts, notes, error: undefined };
  } catch (error) {
    if (!(error instanceof AtomizerError)) throw error;
    return { atomizer, drafts, notes: [], error };
  }
}

const memberTypes = new Set(['archive-member', 'archive-member-refused']);

function problemsWith(outcome: Outcome, expected: FieldExpectation): readonly string[] {
  const { atomizer, drafts, notes, error } = outcome;
  const problems: string[] = [];
  const check = (what: string, found: unknown, right: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(right)) {
      problems.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(right)}`);
    }
  };
  check('refused', error?.code, expected.refused);
  if (expected.message !== undefined && error?.message.includes(expected.message) !== true) {
    problems.push(`the message lacks ${JSON.stringify(expected.message)}: ${error?.message}`);
  }
  const texts = drafts.map((draft) => draft.canonicalText ?? '');
  const readable = drafts.filter((draft) => draft.canonicalText !== null);
  const contents = readable.map((draft) => Buffer.from(draft.content).toString('utf8'));
  const whole = new Set(texts);
  for (const text of expected.has ?? []) if (!whole.has(text)) problems.push(`no atom is ${JSON.stringify(text)}`);
  for (const text of expected.contains ?? []) {
    if (!contents.some((each) => each.includes(text))) problems.push(`no atom contains ${JSON.stringify(text)}`);
  }
  for (const text of expected.lacks ?? []) {
    if (contents.some((each) => each.includes(text))) problems.push(`an atom contains ${JSON.stringify(text)}`);
  }
  for (const text of expected.contents ?? []) {
    if (!contents.includes(text)) problems.push(`no atom's content is ${JSON.stringify(text)}`);
  }
  const metadata = drafts.map((draft) => JSON.stringify(draft.metadata));
  for (const text of expected.metadata ?? []) {
    if (!metadata.some((each) => each.includes(text))) problems.push(`no metadata contains ${JSON.stringify(text)}`);
  }
  if (expected.blocks !== undefined) {
    check(
      'blocks',
      drafts.filter((draft) => draft.parent === null).map((draft) => draft.canonicalText),
      expected.blocks,
    );
  }
  if (expected.headings !== undefined) check('headings', headingsOf(drafts), expected.headings);
  const rows = drafts.filter((draft) => draft.atomType === 'csv-row');
  if (expected.rows !== undefined)
    check(
      'rows',
      rows.map((draft) => draft.values),
      expected.rows.map(sorted),
    );
  if (expected.rowCount !== undefined) check('number of rows', rows.length, expected.rowCount);
  if (expected.lines !== undefined) {
    const lined = drafts.filter((draft) => ['csv-header', 'csv-row', 'paragraph'].includes(draft.atomType));
    check(
      'lines',
      lined.map((draft) => draft.metadata?.line),
      expected.lines,
    );
  }
  const members = drafts.filter((draft) => memberTypes.has(draft.atomType));
  if (expected.members !== undefined) {
    check(
      'members',
      members.map(({ metadata }) => [metadata?.path, metadata?.atomizer]),
      expected.members,
    );
  }
  for (const [type, count] of Object.entries(expected.counts ?? {})) {
    check(`number of ${type}`, drafts.filter((draft) => draft.atomType === type).length, count);
  }
  if (expected.atomizer !== undefined) check('atomizer', atomizer, expected.atomizer);
  if (expected.note !== undefined && !notes.includes(expected.note)) problems.push(`there is no note ${expected.note}`);
  return problems;
}

/** Numbers come first in the order of JavaScript's keys, in what is expected as in what is found. */
function sorted(row: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...row };
}

function headingsOf(drafts: readonly AtomDraft[]): readonly string[] {
  return drafts
    .filter((draft) => draft.atomType === 'heading')
    .map((draft) =>
      (draft.canonicalText ?? '')
        .replace(/^#+[ \t]*/, '')
        .replace(/\r?\n[=-]+$/, '')
        .trim(),
    );
}
