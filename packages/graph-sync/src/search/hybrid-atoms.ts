import { atomTextIndex } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { GraphConnection } from '../connect.ts';
import { AtomNotFoundError } from '../errors.ts';
import { fulltextQuery } from './fulltext-query.ts';
import { runSearch } from './run-search.ts';
import { type FoundAtom, searchAtoms } from './search-atoms.ts';
import { type HybridAtomsOptions, parseHybridOptions } from './search-options.ts';
import { similarAtoms } from './similar-atoms.ts';

/** An atom that a search by words, by meaning, or both have found. */
export interface HybridAtom extends FoundAtom {
  /** Place among those found by words, from 1; `null`: not among them. */
  readonly textRank: number | null;
  /** Place among those found by meaning. */
  readonly vectorRank: number | null;
}

/**
 * Weakens the first places against those that both searches found: with 60, the value of the paper, first in one search is as good
 * as about 61st in both. Too small: one search's first places decide alone. Too large: ranks hardly count.
 * Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet (SIGIR 2009), https://doi.org/10.1145/1571941.1572114
 */
const rankConstant = 60;
/** How many of each search are looked at for each result: an atom that is far back in both may be before one that only one has. */
const depthFactor = 4;
const largestSearch = 1_000;

/**
 * Finds a tenant's atoms by words and by meaning, and puts both answers together by reciprocal rank: their scores can't be compared,
 * their places can. `score` is the sum of 1 / (60 + place) over the searches that found the atom.
 *
 * @throws what `searchAtoms` and `similarAtoms` throw
 */
export async function hybridAtoms(
  connection: GraphConnection,
  options: HybridAtomsOptions,
  signal?: AbortSignal,
): Promise<readonly HybridAtom[]> {
  const { tenantId, text, to, index, limit, timeoutMs } = parseHybridOptions(options);
  const words = text ?? (typeof to === 'bigint' ? await textOf(connection, to, tenantId, { timeoutMs, signal }) : '');
  const each = { tenantId, timeoutMs, limit: Math.min(largestSearch, limit * depthFactor) };
  const [byText, byVector] = await Promise.all([
    hasWords(words) ? searchAtoms(connection, { ...each, text: words, words: 'any' }, signal) : [],
    similarAtoms(connection, { ...each, to, index }, signal),
  ]);
  // An atom that is asked about is the best answer of its own words.
  const others = byText.filter(({ id }) => id !== to);
  return fuse(others, byVector).slice(0, limit);
}

/** Characters of an atom's text whose words are looked for: enough to say what it is about, few enough for the index. */
const ownTextLength = 500;
const findTextStatement = `MATCH (atom:Atom {id: $id, tenantId: $tenantId}) RETURN left(atom.canonicalText, ${ownTextLength}) AS text`;
const textRow = z.object({ text: z.string().nullable() });

async function textOf(
  connection: GraphConnection,
  id: bigint,
  tenantId: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const search = { index: atomTextIndex, timeoutMs, signal };
  const parameters = { id, tenantId: BigInt(tenantId) };
  const [atom] = await runSearch(connection, textRow, findTextStatement, parameters, search);
  if (atom === undefined) throw new AtomNotFoundError(id, tenantId);
  return atom.text ?? '';
}

function hasWords(text: string): boolean {
  return fulltextQuery(text) !== '';
}

/** Two rankings as one, the best first; with equal scores by id. */
function fuse(byText: readonly FoundAtom[], byVector: readonly FoundAtom[]): readonly HybridAtom[] {
  const fused = new Map<bigint, HybridAtom>();
  const add = (atom: FoundAtom, rank: 'textRank' | 'vectorRank', place: number) => {
    const known = fused.get(atom.id) ?? { ...atom, score: 0, textRank: null, vectorRank: null };
    fused.set(atom.id, { ...known, [rank]: place, score: known.score + 1 / (rankConstant + place) });
  };
  for (const [place, atom] of byText.entries()) add(atom, 'textRank', place + 1);
  for (const [place, atom] of byVector.entries()) add(atom, 'vectorRank', place + 1);
  return [...fused.values()].sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
}
