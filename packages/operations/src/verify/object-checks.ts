import type { SqlSession } from '@hartonomous/broker-client';
import { databaseProject } from '@hartonomous/provenance-schema';
import type { MigrationReport } from '../database/migrations/migration-records.ts';
import { describeObject } from '../database/object-name.ts';
import type { PlannedObject } from '../database/plan-deployment.ts';
import { readProject } from '../database/read-project.ts';
import { surveyDatabase } from '../database/survey-database.ts';
import { describeDrift } from '../errors.ts';
import { type Check, failed, passed } from './check.ts';

const redeploy = 'Run: hartonomous database deploy';

/** Every object of the SQL project, compared with the database: one check for each that isn't right, one for the rest. */
export async function objectChecks(connection: SqlSession, signal?: AbortSignal): Promise<Check[]> {
  const project = await readProject(databaseProject);
  const { plan, migrations, notCompared } = await surveyDatabase(connection, project, signal);
  const wrong = plan.filter(({ action }) => action !== 'unchanged');
  const count = `${plan.length - wrong.length} of ${plan.length} objects are as in the SQL project${unseen(notCompared.length)}`;
  return [
    wrong.length === 0 ? passed('objects', count) : failed('objects', count, 'See the next lines.'),
    ...wrong.flatMap(checksOf),
    ...migrationChecks(migrations, project.migrations.length),
  ];
}

/** What the count can't say: how many rules the login may not see. */
function unseen(rules: number): string {
  return rules === 0
    ? ''
    : `; the texts of ${rules} CHECKs and DEFAULTs could not be compared, as the login may not see them (VIEW DEFINITION)`;
}

function checksOf({ object, action, batches, additions, drift, migrated }: PlannedObject): Check[] {
  const name = describeObject(object);
  const id = `object.${object.kind}.${object.schema === null ? '' : `${object.schema}.`}${object.name}`;
  if (action === 'create') return [failed(id, `${name} is missing`, redeploy)];
  // A queue's options, an owner: the statement that a deployment would run says what differs.
  if (action === 'alter' && object.kind !== 'procedure') {
    return [failed(id, `${name} has other options than in the SQL project`, `${batches[0]?.text} (or: ${redeploy})`)];
  }
  if (action === 'alter') return [failed(id, `${name} has another text than in the SQL project`, redeploy)];
  if (action === 'extend') return additions.map((part) => failed(id, `${name} lacks ${part}`, redeploy));
  return [
    ...migrated.map((detail) => failed(id, describeDrift({ ...detail, remedy: null }), redeploy)),
    ...drift.map((detail) =>
      failed(
        id,
        describeDrift({ ...detail, remedy: null }),
        detail.remedy ?? 'Change it by hand: a deployment never alters what may hold data.',
      ),
    ),
  ];
}

/** One check for all that is well, and one for each migration that isn't. */
function migrationChecks({ recorded, pending, changed, unknown }: MigrationReport, total: number): Check[] {
  const id = 'migrations';
  const missing = pending.filter((migration) => migration.class === 'expand');
  const toContract = pending.length - missing.length;
  const rest = toContract === 0 ? '' : `, ${toContract} that take something away not yet`;
  const count = `the database has had ${recorded.length} of ${total} migrations${rest}`;
  const name = ({ number, name: words }: { readonly number: number; readonly name: string }) =>
    `migration ${number} (${words})`;
  const isWell = missing.length + changed.length + unknown.length === 0;
  return [
    isWell ? passed(id, count) : failed(id, count, 'See the next lines.'),
    ...missing.map((migration) => failed(`${id}.${migration.number}`, `${name(migration)} is not applied`, redeploy)),
    ...changed.map((record) =>
      failed(
        `${id}.${record.number}`,
        `${name(record)} had another text when ${record.appliedBy} applied it`,
        'Deploy with that version, or see MIGRATION_CHANGED in the documentation.',
      ),
    ),
    ...unknown.map((record) =>
      failed(
        `${id}.${record.number}`,
        `${name(record)}, applied by ${record.appliedBy}, is not in this version: the database is newer`,
        'Use that version of hartonomous, or a newer one.',
      ),
    ),
  ];
}
