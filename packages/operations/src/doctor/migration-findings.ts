import type { SqlSession } from '@hartonomous/broker-client';
import { compareMigrations, readMigrationRecords } from '../database/migrations/migration-records.ts';
import type { LoadedProject } from '../database/read-project.ts';
import { type Finding, fine, problem } from './finding.ts';

/**
 * Whether the database is of this program's version: older, newer, or changed by another text of a migration.
 *
 * @throws BrokerError
 */
export async function migrationFindings(
  session: SqlSession,
  { migrations }: Pick<LoadedProject, 'migrations'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { recorded, pending, changed, unknown } = compareMigrations(
    migrations,
    await readMigrationRecords(session, signal),
  );
  const missing = pending.filter((migration) => migration.class === 'expand');
  const findings = [
    ...missing.map(({ number, name }) =>
      problem(
        `migration.pending.${number}`,
        `The database has not had migration ${number} (${name}): it is older than this program.`,
        'Run: hartonomous database deploy',
      ),
    ),
    ...changed.map(({ number, name, appliedBy }) =>
      problem(
        `migration.changed.${number}`,
        `Migration ${number} (${name}) had another text when ${appliedBy} applied it.`,
        'Deploy with that version, or see MIGRATION_CHANGED in docs/operating.md.',
      ),
    ),
    ...unknown.map(({ number, name, appliedBy }) =>
      problem(
        `migration.unknown.${number}`,
        `The database has had migration ${number} (${name}) by ${appliedBy}, which this program does not know: the database is newer.`,
        'Use that version of hartonomous and of the workers, or a newer one.',
      ),
    ),
  ];
  if (findings.length > 0) return findings;
  return [fine('migration', `The database has had the ${recorded.length} migrations of this version, and no other.`)];
}
