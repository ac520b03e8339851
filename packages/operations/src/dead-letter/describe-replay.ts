import type { ReplayPlan } from './dead-letter-queue.ts';
import type { LetterReplay } from './replay-dead-letters.ts';

/** The outcome of a letter's replay, or of a dry run, in a sentence for people. */
export function describeReplay(result: LetterReplay): string {
  if (result.outcome === 'skipped') return result.reason;
  if (result.outcome === 'failed') return `${result.error.code}: ${result.error.message}`;
  const { plan } = result;
  if (plan.action === 'none') return plan.reason;
  if (plan.action === 'send-body') return `sends its body of ${plan.bytes} bytes again`;
  const { entityType, entityId, rowExists } = plan;
  const effect = rowExists
    ? 'its row is there, the graph gets its present state'
    : 'its row is gone, it is removed from the graph';
  return `enqueues ${entityType} ${entityId}; ${effect}`;
}

/**
 * What the graph would get, a line for each thing; nothing for messages that say no more than their body. Values are as they are in SQL:
 * the caller shortens and escapes them.
 */
export function replayPreview(plan: ReplayPlan): readonly string[] {
  if (plan.action !== 'enqueue') return [];
  const { graph } = plan;
  if (graph.kind === 'removed') return ['the graph loses its node or edge'];
  if (graph.kind === 'refused') return [`the graph would refuse it again: ${graph.reason}`];
  const properties = Object.entries(graph.properties).map(
    ([name, value]) => `${name} = ${value === null ? '(none)' : String(value)}`,
  );
  return [graph.pattern, ...properties, ...(graph.kind === 'node' ? graph.edges : [])];
}
