import { type BrokerClient, quoteQualifiedName } from '@hartonomous/broker-client';
import { entities, type ScheduleKind, scheduleKinds } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ScheduleResult } from '../schedule-lease.ts';
import { readParameters } from '../schedule-parameters.ts';
import { backfill } from './backfill.ts';
import { canary } from './canary.ts';
import { purge } from './purge.ts';
import { reconcileGraph } from './reconcile-graph.ts';
import type { ScheduleTargets, ScheduleWork } from './schedule-work.ts';
import { selfRepair } from './self-repair.ts';

/** What a schedule of a kind does, and what it takes. */
export interface ScheduleKindFacts {
  readonly kind: ScheduleKind;
  /** For people, after "it ". */
  readonly does: string;
  /** For people: the role or the rights that the login needs. */
  readonly needs: string;
  /** Whether a new one is enabled where nobody says otherwise. */
  readonly isEnabledAtOnce: boolean;
}

interface KindDefinition extends Omit<ScheduleKindFacts, 'kind'> {
  /** Each `PERMISSION securable`; all of them are asked for before the kind is claimed. */
  readonly permissions: readonly string[];
  readonly isOwnersOnly?: boolean;
  readonly isWithGraph?: boolean;
  readonly work: (
    work: Omit<ScheduleWork<never>, 'parameters'>,
    given: Readonly<Record<string, unknown>>,
  ) => Promise<ScheduleResult>;
}

const definitions: Readonly<Record<ScheduleKind, KindDefinition>> = {
  PURGE: {
    does: 'deletes log rows, dead letters that were replayed, and jobs, past their retention',
    needs: 'the role HartonomousWorker',
    isEnabledAtOnce: true,
    permissions: ['sp_PurgeNeo4jSyncLog', 'sp_PurgeDeadLetters', 'sp_PurgeIngestion', 'sp_PurgeBackgroundJobs'].map(
      (name) => `EXECUTE dbo.${name}`,
    ),
    work: (work, given) => purge({ ...work, parameters: readParameters('PURGE', given) }),
  },
  RECONCILE: {
    does: 'compares the tables with the graph, and with repair=true has the worker sync anew what differs',
    needs: 'the role HartonomousWorker, and a user of Neo4j that may read',
    isEnabledAtOnce: true,
    isWithGraph: true,
    permissions: [
      ...entities.map(({ table }) => `SELECT ${table.schema}.${table.name}`),
      'SELECT dbo.AtomEmbedding',
      'SELECT dbo.EmbeddingModel',
      'EXECUTE dbo.sp_EnqueueNeo4jSyncBatch',
    ],
    work: (work, given) => reconcileGraph({ ...work, parameters: readParameters('RECONCILE', given) }),
  },
  BACKFILL: {
    does: 'makes jobs for atoms that have no embedding of a model and no job for one',
    needs: 'the role HartonomousWorker, and GRANT EXECUTE ON dbo.sp_BackfillEmbeddings',
    isEnabledAtOnce: true,
    permissions: [
      'EXECUTE dbo.sp_BackfillEmbeddings',
      'SELECT dbo.EmbeddingModel',
      'SELECT dbo.EmbeddingModelAtomType',
    ],
    work: (work, given) => backfill({ ...work, parameters: readParameters('BACKFILL', given) }),
  },
  CANARY: {
    does: 'sends a message that changes nothing through the whole way',
    needs: 'the role HartonomousWorker',
    isEnabledAtOnce: true,
    permissions: ['EXECUTE dbo.sp_EnqueueNeo4jSync', 'SELECT dbo.Tenant', 'SELECT dbo.Neo4jSyncLog'],
    work: (work, given) => canary({ ...work, parameters: readParameters('CANARY', given) }),
  },
  SELF_REPAIR: {
    does: 'runs the diagnosis of doctor and makes its safe fixes, each at most once a day',
    needs: 'db_owner',
    isEnabledAtOnce: false,
    permissions: [],
    isOwnersOnly: true,
    work: (work, given) => selfRepair({ ...work, parameters: readParameters('SELF_REPAIR', given) }),
  },
};

/** Every kind, for people. */
export const scheduleKindFacts: readonly ScheduleKindFacts[] = scheduleKinds.map((kind) => {
  const { does, needs, isEnabledAtOnce } = definitions[kind];
  return { kind, does, needs, isEnabledAtOnce };
});

/** Does the work of a kind. @throws what the work throws; ScheduleUnusableError for parameters that can't be used */
export function workOn(
  kind: ScheduleKind,
  work: Omit<ScheduleWork<never>, 'parameters'>,
  given: Readonly<Record<string, unknown>>,
): Promise<ScheduleResult> {
  return definitions[kind].work(work, given);
}

/** A kind that a login may do, or what it lacks for it. */
export interface KindRight {
  readonly kind: ScheduleKind;
  /** In words; empty: it may. */
  readonly lacks: readonly string[];
}

const leasePermissions = ['sp_ClaimSchedule', 'sp_RenewSchedule', 'sp_FinishSchedule'].map(
  (name) => `EXECUTE dbo.${name}`,
);

/**
 * Which kinds this login may do: one that it may not is left to a process whose login may.
 *
 * @throws BrokerError
 */
export async function kindRights(
  client: Pick<BrokerClient, 'query'>,
  kinds: readonly ScheduleKind[],
  { graph }: Pick<ScheduleTargets, 'graph'>,
  signal: AbortSignal,
): Promise<readonly KindRight[]> {
  const asked = [...new Set([...leasePermissions, ...kinds.flatMap((kind) => definitions[kind].permissions)])];
  const values = asked.map((each) => {
    const [permission = '', securable = ''] = each.split(' ');
    return `(N'${each}', N'${quoteQualifiedName(securable)}', N'${permission}')`;
  });
  const rows = await client.query(
    `SELECT v.[name],
       CASE WHEN HAS_PERMS_BY_NAME(v.[securable], N'OBJECT', v.[permission]) = 1 THEN 1 ELSE 0 END AS [isHeld],
       CASE WHEN IS_ROLEMEMBER(N'db_owner') = 1 OR IS_SRVROLEMEMBER(N'sysadmin') = 1 THEN 1 ELSE 0 END AS [isOwner]
     FROM (VALUES ${values.join(', ')}) AS v ([name], [securable], [permission]);`,
    {},
    z.object({ name: z.string(), isHeld: z.number(), isOwner: z.number() }),
    { signal, context: { operation: 'looking which schedules this login may work on' } },
  );
  const held = new Set(rows.filter(({ isHeld }) => isHeld === 1).map(({ name }) => name));
  const isOwner = rows.some((row) => row.isOwner === 1);
  return kinds.map((kind) => {
    const { permissions, isOwnersOnly = false, isWithGraph = false } = definitions[kind];
    return {
      kind,
      lacks: [
        ...[...leasePermissions, ...permissions].filter((each) => !held.has(each)),
        ...(isOwnersOnly && !isOwner ? ['membership of db_owner'] : []),
        ...(isWithGraph && graph === undefined ? ['a graph: Neo4j:Enabled is False'] : []),
      ],
    };
  });
}
