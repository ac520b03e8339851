import { databaseMigrations } from './database-migration.ts';

/**
 * Application name of the sessions of a program of this version: it says which migrations the program knows of, and so which
 * columns it can do without. `hartonomous database contract` finds older programs by it.
 *
 * @param program for example `neo4j-sync-worker`
 */
export function programName(program: string): string {
  return `Hartonomous ${program} (schema ${databaseMigrations.length})`;
}

/** The number of the newest migration that a program knows of, by {@link programName}; `null`: the name is another's. */
export function schemaOfProgram(name: string): number | null {
  const number = /^Hartonomous \S+ \(schema (\d{1,9})\)$/.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}
