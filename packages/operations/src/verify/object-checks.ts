import { databaseProject } from '@hartonomous/provenance-schema';
import { describeObject } from '../database/object-name.ts';
import { type PlannedObject, planDeployment } from '../database/plan-deployment.ts';
import { readCatalog } from '../database/read-catalog.ts';
import { readProject } from '../database/read-project.ts';
import type { SqlConnection } from '../database/sql-connection.ts';
import { describeDrift } from '../errors.ts';
import { type Check, failed, passed } from './check.ts';

const redeploy = 'Run: hartonomous database deploy';

/** Every object of the SQL project, compared with the database: one check for each that isn't right, one for the rest. */
export async function objectChecks(connection: SqlConnection, signal?: AbortSignal): Promise<Check[]> {
  const { objects } = await readProject(databaseProject);
  const plan = planDeployment(objects, await readCatalog(connection, signal));
  const wrong = plan.filter(({ action }) => action !== 'unchanged');
  const count = `${plan.length - wrong.length} of ${plan.length} objects are as in the SQL project`;
  return [
    wrong.length === 0 ? passed('objects', count) : failed('objects', count, 'See the next lines.'),
    ...wrong.flatMap(checksOf),
  ];
}

function checksOf({ object, action, additions, drift }: PlannedObject): Check[] {
  const name = describeObject(object);
  const id = `object.${object.kind}.${object.schema === null ? '' : `${object.schema}.`}${object.name}`;
  if (action === 'create') return [failed(id, `${name} is missing`, redeploy)];
  if (action === 'alter') return [failed(id, `${name} has another text than in the SQL project`, redeploy)];
  if (action === 'extend') return additions.map((part) => failed(id, `${name} lacks ${part}`, redeploy));
  return drift.map((detail) =>
    failed(id, describeDrift(detail), 'Change it by hand: a deployment never alters what may hold data.'),
  );
}
