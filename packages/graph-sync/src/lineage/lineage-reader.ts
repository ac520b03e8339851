import type { GraphConnection } from '../connect.ts';
import { parseReaderOptions, type ReaderOptions } from '../options.ts';
import { type AncestryQuery, type AtomPage, readAncestry } from './ancestry.ts';
import type { AtomSummary } from './atom-summary.ts';
import { type CyclePage, type CyclesQuery, readCycles } from './cycles.ts';
import { type DeletionImpact, type DeletionImpactQuery, readDeletionImpact } from './deletion-impact.ts';
import {
  type DuplicateGroup,
  type DuplicatesOfQuery,
  type DuplicatesQuery,
  readDuplicates,
  readDuplicatesOf,
} from './duplicates.ts';
import { explainInference, type InferenceExplanation, type InferenceQuery } from './inference.ts';
import type { Page, TenantQuery } from './lineage-options.ts';
import { type AtomsQuery, readAtoms } from './list-atoms.ts';
import { type MergeSource, type MergeSourcesQuery, readMergeSources } from './merge-sources.ts';
import { type OperationPage, type OperationsQuery, readOperations } from './operations.ts';
import { type OrphansQuery, readOrphans } from './orphans.ts';
import { type LineagePath, type PathQuery, readPath } from './path.ts';
import { type LineageStatistics, readStatistics } from './statistics.ts';
import { type LineageTree, readTree, type TreeQuery } from './tree.ts';

/**
 * Answers where atoms came from and what was made of them. An edge leads from a child to the parent that it was made
 * from. Every query is bound to one tenant: it finds, counts and walks through nodes of this tenant only.
 *
 * All methods throw `InvalidGraphOptionsError` for options out of their range, `AtomNotFoundError` where they ask about
 * an atom that the tenant doesn't have, `LineageTimeoutError`, and GraphSyncErrors of the connection.
 */
export interface LineageReader {
  /** Atoms by what they are, the newest first. */
  atoms(query: AtomsQuery): Promise<Page<AtomSummary>>;
  /** Atoms that an atom was made from, directly or over others. */
  ancestors(query: AncestryQuery): Promise<AtomPage>;
  /** Atoms that were made from an atom, directly or over others. */
  descendants(query: AncestryQuery): Promise<AtomPage>;
  /** The atoms that everything began with: ancestors, or the atom itself, that were made from no other. */
  roots(query: AncestryQuery): Promise<AtomPage>;
  /** The last atoms: descendants, or the atom itself, from which no other was made. */
  leaves(query: AncestryQuery): Promise<AtomPage>;
  /** Ancestors and descendants with all edges between them. */
  tree(query: TreeQuery): Promise<LineageTree>;
  /** The shortest way between two atoms. */
  path(query: PathQuery): Promise<LineagePath>;
  /** Atoms that were merged into an atom. */
  mergeSources(query: MergeSourcesQuery): Promise<Page<MergeSource>>;
  /** Groups of atoms with the same content. */
  duplicates(query: DuplicatesQuery): Promise<Page<DuplicateGroup>>;
  /** Other atoms with the content of an atom. */
  duplicatesOf(query: DuplicatesOfQuery): Promise<Page<AtomSummary>>;
  /** Atoms that are their own ancestors; there should be none. */
  cycles(query: CyclesQuery): Promise<CyclePage>;
  /** Which atoms would lose their provenance, all or a part of it, if an atom were deleted. */
  deletionImpact(query: DeletionImpactQuery): Promise<DeletionImpact>;
  /** Operations that made an atom or its ancestors. */
  operations(query: OperationsQuery): Promise<OperationPage>;
  /** How an inference came about; `NodeNotFoundError` where the tenant has no such inference. */
  explainInference(query: InferenceQuery): Promise<InferenceExplanation>;
  /** Atoms without any lineage, or placeholders. */
  orphans(query: OrphansQuery): Promise<Page<AtomSummary>>;
  /** Figures about the whole tenant. */
  statistics(query: TenantQuery): Promise<LineageStatistics>;
}

/**
 * Makes a reader on a connection, which stays the caller's to close. It keeps no state and may be used by many at once.
 *
 * @throws InvalidGraphOptionsError
 */
export function createLineageReader(connection: GraphConnection, options: ReaderOptions = {}): LineageReader {
  const context = { connection, ...parseReaderOptions(options) };
  return {
    atoms: (query) => readAtoms(context, query),
    ancestors: (query) => readAncestry(context, 'up', 'all', query),
    descendants: (query) => readAncestry(context, 'down', 'all', query),
    roots: (query) => readAncestry(context, 'up', 'ends', query),
    leaves: (query) => readAncestry(context, 'down', 'ends', query),
    tree: (query) => readTree(context, query),
    path: (query) => readPath(context, query),
    mergeSources: (query) => readMergeSources(context, query),
    duplicates: (query) => readDuplicates(context, query),
    duplicatesOf: (query) => readDuplicatesOf(context, query),
    cycles: (query) => readCycles(context, query),
    deletionImpact: (query) => readDeletionImpact(context, query),
    operations: (query) => readOperations(context, query),
    explainInference: (query) => explainInference(context, query),
    orphans: (query) => readOrphans(context, query),
    statistics: (query) => readStatistics(context, query),
  };
}
