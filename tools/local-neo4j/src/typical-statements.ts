import neo4j from 'neo4j-driver';
import type { ServerAddress } from './bolt-probe.ts';

/** Of each kind that tests and first steps use one, so that the server has loaded the classes that it needs for them. */
const statements = [
  'CREATE CONSTRAINT example_key IF NOT EXISTS FOR (n:Example) REQUIRE n.id IS UNIQUE',
  'CREATE INDEX example_name IF NOT EXISTS FOR (n:Example) ON (n.name)',
  'CREATE FULLTEXT INDEX example_text IF NOT EXISTS FOR (n:Example) ON EACH [n.text]',
  "CREATE VECTOR INDEX example_vector IF NOT EXISTS FOR (n:Example) ON (n.vector) OPTIONS {indexConfig: {`vector.dimensions`: 2, `vector.similarity_function`: 'cosine'}}",
  'CALL db.awaitIndexes(60)',
  "UNWIND range(1, 50) AS id MERGE (n:Example {id: id}) ON CREATE SET n.name = 'n' + id, n.text = 'word ' + id, n.vector = [1.0, id], n.at = datetime()",
  'UNWIND range(1, 49) AS id MATCH (a:Example {id: id}), (b:Example {id: id + 1}) MERGE (a)-[r:NEXT]->(b) SET r.weight = 0.5',
  'MATCH (n:Example) WHERE n.id > 10 AND EXISTS { (n)-[:NEXT]->() } RETURN n.name AS name, count(*) AS count ORDER BY name LIMIT 5',
  'MATCH path = (:Example {id: 1})-[:NEXT*1..5]->(n) RETURN length(path), n.id',
  'MATCH (n:Example {id: 1}) CALL (n) { MATCH (n)-[:NEXT]->(m) RETURN collect(m.id) AS ids } RETURN ids',
  "CALL db.index.fulltext.queryNodes('example_text', 'word') YIELD node, score RETURN node.id, score",
  "CALL db.index.vector.queryNodes('example_vector', 3, [1.0, 2.0]) YIELD node, score RETURN node.id, score",
  'MATCH (n:Example) OPTIONAL MATCH (n)-[r]-() WITH n, collect(type(r)) AS types RETURN labels(n), properties(n), types LIMIT 5',
  'EXPLAIN MATCH (n:Example) RETURN n',
  'SHOW CONSTRAINTS YIELD name',
  'SHOW INDEXES YIELD name, type',
  'MATCH (n:Example) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10 ROWS',
];

/** @throws what the driver throws when a statement fails */
export async function runTypicalStatements({ uri, username, password }: ServerAddress): Promise<void> {
  await using driver = neo4j.driver(uri, neo4j.auth.basic(username, password), { telemetryDisabled: true });
  await using session = driver.session();
  for (const statement of statements) await session.run(statement);
}
