import { atomLabel, lineageTypes } from './atom-summary.ts';

/** Which way to go: `up` to what an atom was made from, `down` to what was made from it. */
export type LineageDirection = 'up' | 'down';

/** An edge pattern of the lineage; `steps` for example `*1..26`. */
export function lineageArrow(direction: LineageDirection | 'any', steps = '', variable = ''): string {
  const inner = `[${variable}:${lineageTypes}${steps}]`;
  if (direction === 'any') return `-${inner}-`;
  return direction === 'up' ? `-${inner}->` : `<-${inner}-`;
}

/**
 * Lines that find the atoms around `start`, each once with its least distance as `depth`, one step farther than asked
 * for: what is found there says that a result is cut.
 *
 * Between documents there are exponentially many paths, so paths must never be listed. `min(length(p))` per end node
 * makes the planner take its breadth-first search, which visits a node once (`VarLengthExpand(Pruning,BFS)`), and the
 * condition on all nodes is checked in it, so that the search never sets foot on another tenant's node. A test looks at
 * the plans. Steps are part of the text because Cypher takes no parameter there; they are whole numbers.
 *
 * @param from 0 to have the atom itself at depth 0, or 1
 */
export function walk(start: string, direction: LineageDirection | 'any', from: 0 | 1, depth: number): string {
  return [
    `MATCH p = (${start})${lineageArrow(direction, `*${from}..${depth + 1}`)}(a:${atomLabel})`,
    'WHERE all(x IN nodes(p) WHERE x.tenantId = $tenantId)',
    'WITH a, min(length(p)) AS depth',
  ].join('\n');
}
