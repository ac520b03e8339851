import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { GraphConnection } from './connect.ts';
import { translateError } from './translate-error.ts';

const created = z.object({ createStatement: z.string() });

/**
 * Writes the statements that create the graph's present constraints and indexes to a `.cypher` file (an existing file is
 * replaced); to be run with `cypher-shell -f`.
 *
 * @returns how many statements it wrote
 * @throws GraphSyncError; the system's error when the file can't be written
 */
export async function backupGraphSchema(connection: GraphConnection, file: string): Promise<number> {
  const { driver, database } = connection;
  const statements: string[] = [];
  try {
    for (const show of [
      'SHOW CONSTRAINTS YIELD name, createStatement RETURN createStatement ORDER BY name',
      // Lookup indexes are there from the start; an owned index comes with its constraint.
      'SHOW INDEXES YIELD name, type, owningConstraint, createStatement ' +
        "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN createStatement ORDER BY name",
    ]) {
      const { records } = await driver.executeQuery(show, {}, { database });
      for (const record of records) statements.push(created.parse(record.toObject()).createStatement);
    }
  } catch (error) {
    throw translateError(error, connection);
  }
  const heading = `// Constraints and indexes of database ${database} at ${new Date().toISOString()}`;
  await writeFile(file, `${[heading, ...statements.map((text) => `${text};`)].join('\n')}\n`);
  return statements.length;
}
