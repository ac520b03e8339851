import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExampleServers, examplePassword } from './example-servers.ts';
import type { ExampleRun } from './run-example.ts';

const login = (database: string, { sqlPort }: ExampleServers): string =>
  `Server=127.0.0.1,${sqlPort};Database=${database};User Id=sa;Password=${examplePassword};Encrypt=True;TrustServerCertificate=True`;

/**
 * How the first examples of READMEs are run. Not among them: those that talk to an external service (application-insights,
 * embedding-settings) and the one that installs a runtime of 200 MB (local-model); their types alone are checked.
 *
 * @param project for files that examples read
 */
export async function exampleRuns(project: string, servers: ExampleServers): Promise<ReadonlyMap<string, ExampleRun>> {
  await writeFile(join(project, 'README.md'), '# A heading\n\nA paragraph. Another sentence.\n');
  return new Map<string, ExampleRun>([
    ['atomizers', { expected: /read by markdown/ }],
    ['azure-emulator', { expected: /correct horse/ }],
    ['back-off', { expected: /connected at attempt 4/ }],
    [
      'broker-client',
      {
        expected: /^Invoice <Invoice id="1"\/>$/m,
        endedBy: 'SIGINT',
        env: { SQL_PORT: String(servers.sqlPort), SQL_PASSWORD: examplePassword },
      },
    ],
    [
      'config-loader',
      {
        expected: /^127\.0\.0\.1 17$/m,
        env: {
          ConnectionStrings__HartonomousDb: login('Hartonomous', servers),
          Neo4j__Uri: 'bolt://graph:7687',
          Neo4j__Username: 'neo4j',
          Neo4j__Password: examplePassword,
        },
      },
    ],
    ['embedding-providers', { expected: /^Service Broker keeps messages in queues\. 0\.\d+$/m }],
    ['graph-sync', { expected: /written: 1, deleted: 0, stale: 1/ }],
    ['local-neo4j', { expected: /community hello/ }],
    [
      'operations',
      {
        expected: /true true ok 2$/m,
        env: {
          ConnectionStrings__HartonomousDb: login('Hartonomous', servers),
          NEO4J_URI: servers.neo4jUri,
          NEO4J_PASSWORD: examplePassword,
        },
      },
    ],
    ['provenance-schema', { expected: /12345n/ }],
    [
      'queue-worker',
      {
        expected: /Printed 3 invoices/,
        endedBy: 'SIGTERM',
        env: {
          ConnectionStrings__Shop: login('Shop', servers),
          Printer__Url: servers.printerUrl,
          Health__Port: '0',
        },
      },
    ],
    ['redaction', { expected: /^/ }],
    ['service-broker-emulator', { expected: /<work>1<\/work>/ }],
    ['worker-host', { expected: /tick/, endedBy: 'SIGTERM', env: { PORT: '0' } }],
  ]);
}
