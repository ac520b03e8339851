import type { ItemCount, ItemReport, SchemaReport } from '@hartonomous/graph-sync';
import { type Check, failed, passed } from './check.ts';

const redeploy = 'Run: hartonomous graph deploy';

/** Runbook R5's counts, and one check for each item that isn't right. */
export function graphChecks({ constraints, indexes, referenceNodes, supporting, items }: SchemaReport): Check[] {
  return [
    countCheck('constraints', constraints),
    countCheck('indexes', indexes),
    countCheck('reference nodes', referenceNodes),
    countCheck('constraints and indexes that the sync itself needs', supporting),
    ...items.flatMap(itemCheck),
  ];
}

function countCheck(what: string, { found, leftOut, total }: ItemCount): Check {
  const id = `graph.${what.replaceAll(' ', '-')}`;
  const lacking = leftOut === 0 ? '' : ` (${leftOut} need${leftOut === 1 ? 's' : ''} Neo4j Enterprise)`;
  const message = `${found} of ${total} ${what}${lacking}`;
  return found + leftOut === total ? passed(id, message) : failed(id, message, redeploy);
}

function itemCheck({ type, name, state, detail }: ItemReport): Check[] {
  const id = `graph.item.${name.replaceAll(' ', '.')}`;
  if (state === 'missing') return [failed(id, `${type} ${name} is missing`, redeploy)];
  if (state !== 'different') return [];
  const advice = `DROP it if it is not needed as it is (or wait, while an index is being filled), then run: hartonomous graph deploy`;
  return [failed(id, `${type} ${name} ${detail}`, advice)];
}
