import type { EntityReconciliation } from './reconcile.ts';

/**
 * Share of an entity's nodes or edges that a repair takes out of the graph without a person's consent. An empty or half restored database,
 * or the graph of another one, would have most of it taken out; a graph that is only behind has far less.
 */
const shareDeletedUnasked = 0.05;

/** What a repair of these differences would delete in such a share that a person has to say yes; empty where none has to. */
export function muchDeleted(
  compared: readonly Pick<EntityReconciliation, 'entity' | 'extra' | 'graphRows'>[],
): readonly string[] {
  return compared
    .filter(({ extra, graphRows }) => extra > graphRows * shareDeletedUnasked)
    .map(({ entity, extra, graphRows }) => `${extra} of ${graphRows} of ${entity}`);
}
