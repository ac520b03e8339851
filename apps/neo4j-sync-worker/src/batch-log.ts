import type { SystemMessage } from '@hartonomous/broker-client';
import type { SequencePassedError } from '@hartonomous/graph-sync';
import type { EndPoint } from '@hartonomous/provenance-schema';
import { type GraphKey, nodeKey } from '@hartonomous/provenance-schema';
import type { Logger } from '@hartonomous/worker-host';
import type { AppliedChange } from './apply-changes.ts';
import { type BatchResult, countsByType, lacksRow, type TypeCounts } from './batch-records.ts';
import type { DecodedMessages } from './decode-messages.ts';
import type { PlannedChange } from './plan-changes.ts';

/** Entities named in one log line: enough to look some up, not so many that nobody reads the line. */
const namedAtMost = 10;

/**
 * The log lines of a batch, in the words of runbook R4: one line per message and step at debug level, one per entity
 * type at info level. Lines per message are built only when they are asked for.
 */
export class BatchLog {
  readonly #logger: Logger;
  readonly #perMessage: boolean;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#perMessage = logger.isLevelEnabled('debug');
  }

  received({ decoded, refused }: DecodedMessages): void {
    if (!this.#perMessage) return;
    for (const { message, request } of decoded) {
      const { entityType, entityId, syncType, tenantId, traceParent } = request;
      this.#logger.debug(
        { conversation: message.conversationHandle, sequenceNumber: message.sequenceNumber },
        'Received message from Neo4jSyncQueue',
      );
      this.#logger.debug(
        { tenantId, ...(traceParent === null ? {} : { traceParent }) },
        `EntityType: ${entityType}, EntityId: ${entityId}, SyncType: ${syncType}`,
      );
    }
    for (const { message, reasonCode } of refused) {
      this.#logger.debug(
        { conversation: message.conversationHandle, sequenceNumber: message.sequenceNumber, reasonCode },
        'Received message from Neo4jSyncQueue',
      );
    }
  }

  executing(planned: readonly PlannedChange[]): void {
    if (!this.#perMessage) return;
    for (const change of planned) this.#logger.debug(`Executing Cypher: ${cypherOf(change)} ...`);
  }

  /** A batch that came after the purge of tombstones that it would have had to see. */
  readsAgain({ sequence, purgedSequence }: SequencePassedError): void {
    this.#logger.warn(
      { syncSequence: sequence, purgedSequence },
      'A batch was delayed for so long that tombstones of its number are purged; it takes a new number and reads again',
    );
  }

  finishedConversations(messages: readonly SystemMessage[]): void {
    for (const { kind, error, conversationHandle } of messages) {
      if (kind !== 'error') continue;
      this.#logger.warn(
        { conversation: conversationHandle, errorCode: error?.code, description: error?.description },
        'A sender ended its conversation with an error; what it had sent before is processed as usual',
      );
    }
  }

  /** After the commit: until then nothing is final. */
  committed(result: BatchResult, messages: number, ms: number): void {
    if (this.#perMessage) {
      for (const applied of result.applied) {
        const { entity, entityId, tenantId } = applied.change.request;
        const { outcome } = applied;
        this.#logger.debug({ entityId, tenantId, outcome }, successLine(singleOf(entity.name, outcome)));
      }
    }
    const fields = { messages, syncSequence: result.sequence, ms: Math.round(ms) };
    for (const counts of countsByType(result.applied)) this.#logger.info({ ...fields, ...counts }, successLine(counts));
    this.#warnOfMissingRows(result.applied.filter(lacksRow));
    this.#warnOfDeadLetters(result);
  }

  #warnOfMissingRows(lacking: readonly AppliedChange[]): void {
    if (lacking.length === 0) return;
    this.#logger.warn(
      { entities: named(lacking.map(({ change }) => change.request)) },
      `Row not found for ${lacking.length} ${lacking.length === 1 ? 'entity' : 'entities'} that messages call created or ` +
        'updated; the graph was made to have none either. Check the sender if the row was not deleted since.',
    );
  }

  #warnOfDeadLetters({ refusedRequests, refusedMessages }: BatchResult): void {
    for (const { request, error } of refusedRequests.slice(0, namedAtMost)) {
      this.#logger.error(
        { err: error, entities: named([request]), messages: request.messages.length },
        `${request.entity.name} ${request.entityId} went to dbo.Neo4jSyncDeadLetterQueue (${error.reasonCode})`,
      );
    }
    for (const { reasonCode, reasonText, message } of refusedMessages.slice(0, namedAtMost)) {
      this.#logger.error(
        { reasonCode, conversation: message.conversationHandle, sequenceNumber: message.sequenceNumber },
        `A message went to dbo.Neo4jSyncDeadLetterQueue (${reasonCode}): ${reasonText}`,
      );
    }
    const unnamed =
      Math.max(0, refusedRequests.length - namedAtMost) + Math.max(0, refusedMessages.length - namedAtMost);
    if (unnamed > 0) this.#logger.error({ unnamed }, `${unnamed} more went to dbo.Neo4jSyncDeadLetterQueue`);
  }
}

/** `✓ Atom synced to Neo4j successfully`, `✓ 42 Atom synced to Neo4j successfully, 1 removed, 2 already newer`. */
export function successLine({ entityType, synced, deleted, stale }: TypeCounts): string {
  const counted = (count: number) => (count === 1 ? entityType : `${count} ${entityType}`);
  const besides = [
    ...(synced > 0 && deleted > 0 ? [`${deleted} removed`] : []),
    ...(synced + deleted > 0 && stale > 0 ? [`${stale} already newer there`] : []),
  ];
  const first =
    synced > 0
      ? `✓ ${counted(synced)} synced to Neo4j successfully`
      : deleted > 0
        ? `✓ ${counted(deleted)} removed from Neo4j successfully`
        : `✓ ${counted(stale)} already newer in Neo4j, left as it is`;
  return [first, ...besides].join(', ');
}

/** What is done about one entity, as a person would type it; what runs is the same for many rows at once. */
export function cypherOf({ request, record, isDelete }: PlannedChange): string {
  const { entity, entityId, tenantId } = request;
  const { graph } = entity;
  if (graph.kind === 'node') {
    const verb = isDelete ? 'MATCH' : 'MERGE';
    return `${verb} ${nodePattern(graph, nodeKey(entity, entityId, tenantId))}`;
  }
  const id = `{${graph.id.property}: ${entityId}}`;
  if (record?.kind !== 'edge') return `MATCH ()-[r:${graph.type.values.join('|')} ${id}]->()`;
  return `MERGE ${nodePattern(graph.from, record.from, '')}-[r:${record.type} ${id}]->${nodePattern(graph.to, record.to, '')}`;
}

function nodePattern({ label }: Pick<EndPoint, 'label'>, key: GraphKey, variable = label[0]?.toLowerCase()): string {
  const pairs = Object.entries(key).map(([property, value]) => `${property}: ${String(value)}`);
  return `(${variable}:${label} {${pairs.join(', ')}})`;
}

function singleOf(entityType: string, outcome: AppliedChange['outcome']): TypeCounts {
  return {
    entityType,
    synced: outcome === 'SYNCED' ? 1 : 0,
    deleted: outcome === 'DELETED' ? 1 : 0,
    stale: outcome === 'STALE' ? 1 : 0,
  };
}

function named(requests: readonly AppliedChange['change']['request'][]): readonly string[] {
  return requests
    .slice(0, namedAtMost)
    .map(({ entity, entityId, tenantId }) => `${entity.name} ${entityId} (tenant ${tenantId})`);
}
