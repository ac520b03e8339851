// A start as in production: the identity of the machine, in a process of its own, as the SDK keeps it per process.
import { loadConfiguration } from '../src/index.ts';
import { workerSchema } from './worker-schema.ts';

const [folder = ''] = process.argv.slice(2);
try {
  const { settings } = await loadConfiguration(workerSchema, { folder });
  console.log(settings, `length ${settings.Neo4j.Password.reveal().length}`);
} catch (error) {
  console.log(error);
  process.exitCode = 1;
}
