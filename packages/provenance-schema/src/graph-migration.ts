/**
 * One Cypher statement of a migration. Each may run again after a crash, so repeating it must change nothing more.
 *
 * - `data`: one transaction. For what touches few nodes: sync writers wait while it runs.
 * - `batches`: repeated, each time in a transaction of its own, until it returns 0. It takes at most `$batchSize` of the
 *   nodes that still need the change and ends with `RETURN count(...) AS changed`.
 * - `schema`: CREATE or DROP of constraints and indexes, which Neo4j doesn't take together with data.
 * - `read`: what looks at the whole graph: a transaction without a time limit that keeps no writer waiting. It returns one
 *   record, whose values are parameters of the `data` and `batches` statements after it.
 */
export interface MigrationStatement {
  readonly kind: 'data' | 'batches' | 'schema' | 'read';
  readonly cypher: string;
}

/** A change of graphs that an older version of this schema has made, beyond creating what is missing. */
export interface GraphMigration {
  /** Names the migration forever and gives its place in the order: four digits and a few words, `0001-rename-domain`. */
  readonly version: string;
  /** What it changes and why; may be reworded later. */
  readonly description: string;
  /** Never changed once released: a graph that has the migration would not get the change. Add another one instead. */
  readonly statements: readonly MigrationStatement[];
}

/** All migrations, oldest first. */
export const graphMigrations: readonly GraphMigration[] = [
  {
    version: '0001-greatest-sequence',
    description:
      'the lock of sync writers keeps the greatest number written, so that a sequence that is behind it is found',
    statements: [
      {
        kind: 'read',
        // Tombstones are nodes too. Writers go on meanwhile; they note their own numbers once the lock has one.
        cypher: [
          'CALL () { MATCH (n) RETURN max(n.syncSequence) AS nodes }',
          'CALL () { MATCH ()-[r]->() RETURN max(r.syncSequence) AS relationships }',
          'RETURN nodes, relationships',
        ].join('\n'),
      },
      {
        kind: 'data',
        cypher: [
          "MERGE (lock:SyncLock {name: 'graph-sync'})",
          'SET lock.greatestSequence = reduce(',
          '  greatest = 0, number IN [lock.greatestSequence, $nodes, $relationships] |',
          '  CASE WHEN number > greatest THEN number ELSE greatest END',
          ')',
        ].join('\n'),
      },
    ],
  },
];
