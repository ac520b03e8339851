import type { GraphConnection } from '@hartonomous/graph-sync';
import type { TestServer } from '@hartonomous/test-sql-server';
import type { Fault } from './fault.ts';

/** Of the graph's schema: what is missing a deployment makes, what has another shape it leaves alone. */
export function graphFaults(graph: GraphConnection, sql: TestServer, database: string): readonly Fault[] {
  const cypher = async (...statements: readonly string[]) => {
    for (const statement of statements) await graph.driver.executeQuery(statement, {}, { database: graph.database });
  };
  const nothing = async () => undefined;
  const fixed = (name: string, statement: string, id: string): Fault => ({
    ...{ name, isFixed: true, seed: () => cypher(statement), undo: nothing, finds: { [id]: /is missing/ } },
  });
  return [
    fixed('a constraint is gone', 'DROP CONSTRAINT tenant_id_unique', 'graph.item.tenant_id_unique'),
    fixed('an index is gone', 'DROP INDEX atom_hash', 'graph.item.atom_hash'),
    fixed(
      'a reference node is gone',
      "MATCH (n:ReasoningMode {type: 'hybrid'}) DELETE n",
      'graph.item.ReasoningMode.hybrid',
    ),
    {
      name: 'an index has another shape',
      seed: () => cypher('DROP INDEX model_name', 'CREATE INDEX model_name FOR (m:Model) ON (m.other)'),
      undo: () =>
        cypher(
          'DROP INDEX model_name',
          'CREATE INDEX model_name FOR (m:Model) ON (m.name)',
          'CALL db.awaitIndexes(60)',
        ),
      finds: { 'graph.item.model_name': /model_name/ },
    },
    {
      name: 'the graph is newer',
      seed: () =>
        cypher(
          "CREATE (:SchemaMigration {version: '9999', checksum: 'x', appliedAt: datetime(), appliedBy: 'hartonomous 9.9.9'})",
        ),
      undo: () => cypher("MATCH (m:SchemaMigration {version: '9999'}) DELETE m"),
      finds: { 'graph.migration.unknown.9999': /by hartonomous 9\.9\.9.*newer/s },
    },
    {
      name: 'the worker writes to another graph',
      seed: () =>
        sql.run(database, "INSERT INTO dbo.Neo4jSyncLog (Outcome, SyncSequence) VALUES (N'SYNCED', 987654321);"),
      undo: () => sql.run(database, 'DELETE FROM dbo.Neo4jSyncLog;'),
      finds: { 'graph.same': /up to 987654321, and this graph knows \d+: the worker writes to another graph/ },
    },
    {
      name: 'the database was restored',
      seed: () => sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1;'),
      undo: () => sql.run(database, 'ALTER SEQUENCE dbo.GraphSyncSequence RESTART WITH 1000001;'),
      finds: { 'graph.sequence': /SEQUENCE_BEHIND.*ALTER SEQUENCE \[dbo\]\.\[GraphSyncSequence\] RESTART WITH \d+;/s },
    },
  ];
}
