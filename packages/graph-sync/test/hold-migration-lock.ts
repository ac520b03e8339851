import { connectNeo4j } from '../src/index.ts';
import { withMigrationLock } from '../src/schema/migration-lock.ts';

// A deployment that gets as far as holding the lock; the test that starts it kills it.
const { NEO4J_URI: uri = '', NEO4J_USERNAME: username = '', NEO4J_PASSWORD: password = '' } = process.env;
await using connection = await connectNeo4j({ uri, username, password });
await withMigrationLock(connection, {}, async () => {
  process.stdout.write('holding\n');
  const never = Promise.withResolvers<void>();
  setInterval(() => undefined, 60_000);
  await never.promise;
});
