// Deploys the database of ConnectionStrings__HartonomousDb and prints what happens, a line each: a deployment that a test can kill.
import { deployDatabase } from '../../src/index.ts';

await deployDatabase({
  connection: process.env.ConnectionStrings__HartonomousDb ?? '',
  onProgress: (step) => process.stdout.write(`${JSON.stringify(step)}\n`),
});
