import type { ServiceQueue } from '../../broker/service-queue.ts';
import { SqlError } from '../../errors.ts';
import type { EmulatorServer } from '../emulator-server.ts';
import { administratorSid } from '../server/logins.ts';
import { BatchAborted } from './flow.ts';
import { impersonate } from './impersonation.ts';
import { Interpreter } from './interpreter.ts';
import { parseObjectName } from './name-resolution.ts';
import { silentSink } from './silent-sink.ts';
import { callByName } from './statements/execute.ts';

/** A row of `sys.dm_broker_activated_tasks`. */
export interface ActivatedTask {
  readonly sessionId: number;
  readonly databaseId: number;
  readonly queueId: number;
  readonly procedure: string;
  readonly executeAs: number;
}

/**
 * Runs the activation procedure of a queue once, in a background session with default SET options. Result sets are
 * dropped; errors and PRINT go to the error log. A transaction that the procedure leaves open is rolled back (8415).
 */
export async function runActivatedProcedure(
  server: EmulatorServer,
  databaseName: string,
  queue: ServiceQueue,
  signal: AbortSignal,
): Promise<void> {
  const { activation } = queue.settings;
  if (activation === undefined) {
    queue.monitor.readerEnded();
    return;
  }
  const sa = { name: 'sa', sid: administratorSid };
  const session = server.openSession(sa, databaseName, '', 'Service Broker activation');
  const { core } = session;
  const log = (text: string): void =>
    server.log(
      `The activated proc '${activation.procedure}' running on queue '${databaseName}.${queue.schema}.${queue.name}' output the following: '${text}'`,
    );
  const user = activation.executeAs === 'OWNER' ? core.database.ownerOf(queue.schema) : activation.executeAs;
  const sink = silentSink({ error: (error) => log(error.message), info: (message) => log(message.text) });
  const task: ActivatedTask = {
    sessionId: session.sessionId,
    databaseId: core.database.databaseId,
    queueId: queue.objectId,
    procedure: activation.procedure,
    executeAs: core.database.principals.find(user)?.principalId ?? 1,
  };
  server.activatedTasks.add(task);
  core.sink = sink;
  try {
    impersonate(core, user, { asked: false });
    const ends = AbortSignal.any([signal, session.killed]);
    await callByName(new Interpreter(core, sink, ends), parseObjectName(activation.procedure), [], undefined);
  } catch (error) {
    if (error instanceof SqlError) log(error.message);
    else if (!(error instanceof BatchAborted) && !signal.aborted && !session.killed.aborted) throw error;
  } finally {
    if (core.transactions.rollback(undefined)) {
      log(
        `The activated task was aborted because the invoked stored procedure '${activation.procedure}' did not issue COMMIT or ROLLBACK on one or more transactions that it begun.`,
      );
    }
    server.activatedTasks.delete(task);
    await session[Symbol.asyncDispose]();
    queue.monitor.readerEnded();
  }
}
