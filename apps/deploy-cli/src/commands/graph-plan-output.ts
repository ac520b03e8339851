import type { ItemReport, SchemaReport } from '@hartonomous/graph-sync';
import type { GraphPlan } from '@hartonomous/operations';
import { graphNotes } from '@hartonomous/operations';
import type { Output } from '../output.ts';

const groups: readonly { readonly title: string; readonly includes: (item: ItemReport) => boolean }[] = [
  { title: 'Constraints', includes: ({ type, supporting }) => type === 'constraint' && !supporting },
  { title: 'Indexes', includes: ({ type, supporting }) => type === 'index' && !supporting },
  { title: 'Search indexes', includes: ({ type }) => type === 'search index' },
  { title: 'Reference nodes', includes: ({ type }) => type === 'reference node' },
  { title: 'Needed by the sync itself', includes: ({ supporting }) => supporting },
];

/** Prints what a deployment would do, group by group; what is as it should be is only counted, unless verbose. */
export function printPlan(output: Output, { uri, database, version, edition, outcome, report }: GraphPlan): void {
  output.line(`Plan for database ${database} at ${uri}, Neo4j ${version} (${edition}); nothing is changed.`);
  for (const { title, includes } of groups) printGroup(output, title, report.items.filter(includes));
  printMigrations(output, report.migrations);
  printNotes(output, report);
  output.line();
  const found = report.items.filter(({ state }) => state === 'found').length;
  const missing = report.items.filter(({ state }) => state === 'missing').length;
  const { pending, changed, baseline } = report.migrations;
  const toApply = pending.length - baseline.length;
  const applied = toApply === 0 ? '' : ` and apply ${counted(toApply, 'migration')}`;
  const recorded = baseline.length === 0 ? '' : ` and record ${counted(baseline.length, 'migration')}`;
  const work = `create ${missing}${applied}${recorded}`;
  if (outcome === 'none') output.line(`✓ Nothing to do: ${found} verified.`);
  else if (outcome === 'pending') output.line(`A deployment would ${work}; ${found} are there.`);
  else if (changed.length > 0)
    output.line('✗ A deployment would refuse to go on: a migration was changed after it was applied.');
  else {
    const different = report.items.filter(({ state }) => state === 'different').length;
    output.line(
      `✗ A deployment would ${work}, and leave ${different} as ${different === 1 ? 'it is' : 'they are'}; ${found} are there.`,
    );
    output.line('Drop or rename what is marked ~, and run the command again: a deployment drops nothing.');
  }
}

function printGroup(output: Output, title: string, items: readonly ItemReport[]): void {
  const count = (state: ItemReport['state']) => items.filter((item) => item.state === state).length;
  const parts = [`${count('found')} of ${items.length} there`];
  if (count('missing') > 0) parts.push(`${count('missing')} to create`);
  if (count('different') > 0) parts.push(`${count('different')} different`);
  if (count('left-out') > 0) parts.push(`${count('left-out')} left out`);
  output.line(`${title}: ${parts.join(', ')}`);
  for (const { type, name, state, detail } of items) {
    if (state === 'missing') output.detail(`+ ${type} ${name}`);
    else if (state === 'different') output.detail(`~ ${type} ${name} ${detail}`);
    else if (state === 'left-out') output.detail(`- ${name}: ${detail}`);
    else output.verbose(`= ${type} ${name}`);
  }
}

function printMigrations(output: Output, migrations: SchemaReport['migrations']): void {
  const { applied, pending, changed, baseline } = migrations;
  const parts = [`${applied.length} applied`];
  const toApply = pending.filter((migration) => !baseline.includes(migration));
  if (toApply.length > 0) parts.push(`${toApply.length} to apply`);
  if (baseline.length > 0) parts.push(`${baseline.length} to record without being run, because the graph is new`);
  if (changed.length > 0) parts.push(`${changed.length} changed since`);
  output.line(`Migrations: ${parts.join(', ')}`);
  for (const { version, description } of toApply) output.detail(`+ ${version}: ${description}`);
  for (const record of changed) output.detail(`~ ${record.version} was other statements when ${appliedWhen(record)}`);
  for (const record of applied) output.verbose(`= ${record.version}, ${appliedWhen(record)}`);
}

function appliedWhen({ appliedAt, appliedBy }: SchemaReport['migrations']['applied'][number]): string {
  return `applied ${appliedAt} by ${appliedBy}`;
}

function printNotes(output: Output, report: SchemaReport): void {
  const notes = graphNotes(report);
  if (notes.length > 0) output.line('Besides:');
  for (const note of notes) output.detail(`? ${note}`);
}

/** `1 migration`, `2 migrations`. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
