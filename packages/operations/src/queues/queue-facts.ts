import { type ObservationPart, QueueNotFoundError, type UpstreamProblem } from '@hartonomous/broker-client';
import { objectName, type QueueDefinition, queues } from '@hartonomous/provenance-schema';
import { type Fix, sqlFix } from '../fix.ts';
import type { ObservedQueue } from './observe-queue.ts';

/** One fact about the broker or a queue, in the words of every command that reports it. */
export interface Fact {
  /** Stable name, for scripts: `broker.enabled`, `queue.status.dbo.Neo4jSyncQueue`. */
  readonly id: string;
  readonly message: string;
  /** What to do; null where all is well. */
  readonly action: string | null;
  /** What fixes it and loses nothing. @default it needs a person */
  readonly fix?: Fix;
}

/** Facts that an observation of any queue gives about its whole database. What could not be seen is left out. */
export function databaseFacts({ observation, problems }: ObservedQueue): Fact[] {
  const { isBrokerEnabled, stuck } = observation;
  return [
    ...fact(problems, 'broker-disabled', 'broker.enabled', isBrokerEnabled, 'Service Broker is enabled.'),
    ...fact(
      problems,
      'transmission-backlog',
      'broker.transmission',
      stuck,
      'No message is stuck in sys.transmission_queue.',
    ).map((found) => withEnd(found, stuck ?? [])),
  ];
}

/** What is for a service that this database doesn't have is never delivered, whatever is put right: only its end helps. */
function withEnd(found: Fact, stuck: NonNullable<ObservedQueue['observation']['stuck']>): Fact {
  const [stray] = stuck.filter(({ toService }) => !queues.some(({ service }) => service === toService));
  if (found.action === null || stray === undefined) return found;
  const { toService, messages } = stray;
  const name = toService.replaceAll("'", "''");
  return {
    ...found,
    action:
      `${messages} of them are for ${toService}, which is not a service of the product. If the name is wrong, they are never delivered. To ` +
      'end their conversations and lose these messages, as db_owner: DECLARE @h UNIQUEIDENTIFIER; WHILE 1 = 1 BEGIN SET @h = NULL; SELECT TOP (1) ' +
      `@h = conversation_handle FROM sys.transmission_queue WHERE to_service_name = N'${name}'; IF @h IS NULL BREAK; END CONVERSATION @h WITH ` +
      'CLEANUP; END;',
  };
}

/** Facts about a queue itself: whether it is on, and who takes its messages. What could not be seen is left out. */
export function queueFacts(definition: QueueDefinition, observed: ObservedQueue): Fact[] {
  const { queue, reader } = definition;
  const { problems, observation, unseen } = observed;
  const { status } = observation;
  if (unseen.get('status') instanceof QueueNotFoundError) {
    return [
      {
        id: `queue.status.${queue}`,
        message: `There is no queue ${queue}, or this login may not see it.`,
        action:
          "Run: hartonomous database deploy, or put the login's user into the role that its program needs (HartonomousWorker).",
        fix: { kind: 'deploy-database' },
      },
    ];
  }
  const isOn = fact(problems, 'queue-disabled', `queue.status.${queue}`, status, `${queue} is switched on.`).map(
    (found) => withFix(found, sqlFix(`ALTER QUEUE ${queue} WITH STATUS = ON;`)),
  );
  if (status === undefined) return isOn;
  const id = `queue.mode.${queue}`;
  if (reader.kind === 'worker') {
    const alone = `${queue} is read by workers alone, its activation is off.`;
    const off = sqlFix(`ALTER QUEUE ${queue} WITH ACTIVATION (STATUS = OFF);`);
    return [...isOn, ...fact(problems, 'activation-competes', id, status, alone).map((found) => withFix(found, off))];
  }
  const { isActivationEnabled, activationProcedure } = status;
  if (isActivationEnabled && activates(activationProcedure, reader.procedure)) {
    return [...isOn, { id, message: `${queue} activates ${reader.procedure}.`, action: null }];
  }
  const message = isActivationEnabled
    ? `${queue} activates ${activationProcedure} instead of ${reader.procedure}.`
    : `${queue} has its activation of ${reader.procedure} off.`;
  const action = 'Run: hartonomous database deploy (its post-deployment script turns it on).';
  return [...isOn, { id, message, action, fix: { kind: 'deploy-database' } }];
}

function withFix(found: Fact, fix: Fix): Fact {
  return found.action === null ? found : { ...found, fix };
}

/** The id of the fact that a part of an observation is read for. */
export function factId(part: ObservationPart, queue: string): string {
  const ids: Readonly<Record<ObservationPart, string>> = {
    status: `queue.status.${queue}`,
    waiting: `queue.waiting.${queue}`,
    retries: `queue.retries.${queue}`,
    isBrokerEnabled: 'broker.enabled',
    stuck: 'broker.transmission',
    endpoints: 'broker.endpoints',
    leaked: `queue.leaked.${queue}`,
  };
  return ids[part];
}

function fact(
  problems: readonly UpstreamProblem[],
  kind: UpstreamProblem['kind'],
  id: string,
  seen: unknown,
  well: string,
): Fact[] {
  const problem = problems.find((each) => each.kind === kind);
  if (problem !== undefined) return [{ id, message: problem.message, action: problem.action }];
  return seen === undefined ? [] : [{ id, message: well, action: null }];
}

/** The catalog has the name in two or three parts, in brackets or not. */
function activates(found: string | null, procedure: string): boolean {
  return found?.split('.').at(-1)?.replaceAll(/[[\]]/g, '') === objectName(procedure).name;
}
