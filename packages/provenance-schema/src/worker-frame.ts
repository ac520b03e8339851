import { brokerProcedures } from './broker-procedures.ts';
import { programName } from './program-name.ts';
import type { WorkerQueue } from './queues/define-queue.ts';
import { workerPresence } from './worker-presence.ts';

/** Settings that say where the database is. */
interface DatabaseSettings<Connection extends object> {
  readonly ConnectionStrings: { readonly HartonomousDb: Connection };
}

/** What the workers of all queues declare alike: how they reach the database, and by which of its procedures they work. */
export function workerFrame<Queue extends WorkerQueue>(queue: Queue) {
  return {
    queue,
    namespace: 'hartonomous',
    database: <Connection extends object>({ ConnectionStrings }: DatabaseSettings<Connection>) => ({
      applicationName: programName(queue.reader.program),
      ...ConnectionStrings.HartonomousDb,
    }),
    procedures: brokerProcedures,
    presence: workerPresence,
  };
}
