import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DatabaseObject, DatabaseObjectKind } from '../src/index.ts';
import { databaseProject, entities, entityTypes, queues, syncOutcomes, syncTypes } from '../src/index.ts';

const { root, objects, migrations, postDeployment } = databaseProject;
/** Runs by SqlPackage only: a deployment runs the migrations themselves. */
const preDeployment = 'Scripts/Pre-Deployment/Script.PreDeployment.sql';
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const withoutComments = (sql: string) => sql.replaceAll(/--.*$/gm, '');

const keywords: Record<DatabaseObjectKind, string> = {
  user: 'USER',
  role: 'ROLE',
  messageType: 'MESSAGE TYPE',
  contract: 'CONTRACT',
  queue: 'QUEUE',
  service: 'SERVICE',
  tableType: 'TYPE',
  sequence: 'SEQUENCE',
  table: 'TABLE',
  procedure: 'PROCEDURE',
};

function objectNamed(kind: DatabaseObjectKind, name: string): DatabaseObject {
  const found = objects.find((object) => object.kind === kind && object.name === name);
  if (found === undefined) throw new Error(`The SQL project has no ${kind} ${name}.`);
  return found;
}

const isNamed = (qualified: string, { schema, name }: DatabaseObject) => qualified === `${schema}.${name}`;

describe('the SQL project', () => {
  it('has every file in the deployment order, and every file of the order', () => {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      // Optional scripts are for a person to run.
      .filter((path) => path.endsWith('.sql') && !/^(bin|obj|Scripts\/Optional)\//.test(path));
    expect(files.sort()).toEqual(
      [...[...objects, ...migrations].map(({ path }) => path), ...postDeployment, preDeployment].sort(),
    );
  });

  it.each(objects.map((object) => [object.path, object] as const))(
    '%s creates one object, of its own name',
    (path, o) => {
      const sql = withoutComments(read(path));
      const name = o.schema === null ? `[${o.name}]` : `[${o.schema}].[${o.name}]`;
      expect(sql.trimStart().startsWith(`CREATE ${keywords[o.kind]} ${name}`)).toBe(true);
      expect(sql.match(/^\s*CREATE\b/gm)).toHaveLength(1);
      // A user's memberships stand with it.
      if (o.kind !== 'user') expect(sql).not.toMatch(/^\s*GO\s*$/im);
    },
  );

  it('deploys each object after those that it names', () => {
    objects.forEach((object, position) => {
      const sql = withoutComments(read(object.path));
      for (const later of objects.slice(position + 1)) {
        // SQL Server resolves the queue that a procedure reads when it runs, the procedure that a queue activates when it is created.
        const isActivated = queues.some(
          ({ queue, reader }) =>
            reader.kind === 'procedure' && isNamed(queue, later) && isNamed(reader.procedure, object),
        );
        if (isActivated) continue;
        expect(sql.includes(`[${later.name}]`), `${object.path} needs ${later.path}, which comes later`).toBe(false);
      }
    });
  });

  it.each(['sp_EnqueueNeo4jSync', 'sp_EnqueueNeo4jSyncBatch'])('%s knows every entity type and sync type', (name) => {
    const sql = read(objectNamed('procedure', name).path);
    const words = [...sql.matchAll(/WHEN N'(\w+)' THEN N'(\w+)'/g)].map(([, when, then]) => {
      expect(then).toBe(when);
      return when;
    });
    expect(words).toEqual([...entityTypes, ...syncTypes]);
    for (const { table, key } of entities) {
      expect(sql).toContain(`[${table.schema}].[${table.name}] AS e`);
      expect(sql).toContain(`e.[${key}] =`);
    }
  });

  it('lets the log hold every outcome', () => {
    const outcomes = syncOutcomes.map((outcome) => `N'${outcome}'`).join(', ');
    expect(read(objectNamed('table', 'Neo4jSyncLog').path)).toContain(`[Outcome] IN (${outcomes})`);
  });

  it('lets the worker read every entity', () => {
    const grants = read(postDeployment[0] ?? '');
    for (const { table } of entities) {
      expect(grants).toContain(`GRANT SELECT ON [${table.schema}].[${table.name}] TO [HartonomousWorker];`);
    }
  });
});
