import { describeObject } from '../object-name.ts';
import type { LoadedProject, ProjectMigration } from '../read-project.ts';

/**
 * Migrations that a new database has no need of: its objects are as they leave them. One of class `contract` is to come where the project
 * still has what it takes away.
 */
export function baselineOf({ migrations, objects }: LoadedProject): readonly ProjectMigration[] {
  return migrations.filter((migration) => migration.class === 'expand' || !isStillDeclared(migration, objects));
}

function isStillDeclared({ settles }: ProjectMigration, objects: LoadedProject['objects']): boolean {
  return settles.some((settled) =>
    objects.some(({ object, facts }) => describeObject(object) === settled.object && facts.has(settled.what)),
  );
}
