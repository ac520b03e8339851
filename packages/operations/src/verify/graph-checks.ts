import type { ItemCount, ItemReport, SchemaReport } from '@hartonomous/graph-sync';
import { type Check, failed, passed } from './check.ts';

const redeploy = 'Run: hartonomous graph deploy';

/** Runbook R5's counts, and one check for each item and migration that isn't right. */
export function graphChecks(report: SchemaReport): Check[] {
  const { constraints, indexes, referenceNodes, searchIndexes, supporting, items, migrations } = report;
  return [
    countCheck('constraints', constraints),
    countCheck('indexes', indexes),
    countCheck('reference nodes', referenceNodes),
    countCheck('search indexes', searchIndexes, 'a newer Neo4j'),
    countCheck('constraints and indexes that the sync itself needs', supporting),
    ...items.flatMap(itemCheck),
    ...migrationChecks(migrations),
  ];
}

/** What the graph has and the schema doesn't know. */
export function graphNotes({ undeclared, migrations }: SchemaReport): string[] {
  return [
    ...undeclared.map(({ type, name, shape }) => `${type} ${name} (${shape}) is not in the schema; it is left alone`),
    ...migrations.unknown.map(
      ({ version, appliedAt, appliedBy }) =>
        `migration ${version}, applied ${appliedAt} by ${appliedBy}, is not in this version; it is left alone`,
    ),
  ];
}

function countCheck(what: string, { found, leftOut, total }: ItemCount, needed = 'Neo4j Enterprise'): Check {
  const id = `graph.${what.replaceAll(' ', '-')}`;
  const lacking = leftOut === 0 ? '' : ` (${leftOut} need${leftOut === 1 ? 's' : ''} ${needed})`;
  const message = `${found} of ${total} ${what}${lacking}`;
  return found + leftOut === total ? passed(id, message) : failed(id, message, redeploy);
}

function itemCheck({ type, name, state, detail }: ItemReport): Check[] {
  const id = `graph.item.${name.replaceAll(' ', '.')}`;
  if (state === 'missing') return [failed(id, `${type} ${name} is missing`, redeploy)];
  if (state !== 'different') return [];
  const advice = `DROP it if it is not needed as it is (or wait, while an index is being filled), then run: hartonomous graph deploy`;
  return [failed(id, `${type} ${name} ${detail}`, advice)];
}

function migrationChecks({ applied, pending, changed }: SchemaReport['migrations']): Check[] {
  const id = (version: string) => `graph.migration.${version}`;
  return [
    ...applied.map(({ version }) => passed(id(version), `migration ${version} is applied`)),
    ...pending.map(({ version }) => failed(id(version), `migration ${version} is not applied`, redeploy)),
    ...changed.map(({ version, appliedBy }) =>
      failed(
        id(version),
        `migration ${version} was other statements when it was applied by ${appliedBy}`,
        'Deploy with that version, or see MIGRATION_CHANGED in the documentation.',
      ),
    ),
  ];
}
