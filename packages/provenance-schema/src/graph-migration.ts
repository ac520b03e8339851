/**
 * One Cypher statement of a migration. Each may run again after a crash, so repeating it must change nothing more.
 *
 * - `data`: one transaction. For what touches few nodes: sync writers wait while it runs.
 * - `batches`: repeated, each time in a transaction of its own, until it returns 0. It takes at most `$batchSize` of the
 *   nodes that still need the change and ends with `RETURN count(...) AS changed`.
 * - `schema`: CREATE or DROP of constraints and indexes, which Neo4j doesn't take together with data.
 */
export interface MigrationStatement {
  readonly kind: 'data' | 'batches' | 'schema';
  readonly cypher: string;
}

/** A change of graphs that an older version of this schema has made, beyond creating what is missing. */
export interface GraphMigration {
  /** Names the migration for ever and gives its place in the order: four digits and a few words, `0001-rename-domain`. */
  readonly version: string;
  /** What it changes and why; may be reworded later. */
  readonly description: string;
  /** Never changed once released: a graph that has the migration would not get the change. Add another one instead. */
  readonly statements: readonly MigrationStatement[];
}

/** All migrations, oldest first. There is none yet: every graph so far has been made by this schema as it is. */
export const graphMigrations: readonly GraphMigration[] = [];
