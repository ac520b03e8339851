import { atom, atomProvenance, type EdgeProjection, type NodeProjection } from '@hartonomous/provenance-schema';
import { z } from 'zod';

/** What of an atom a list shows. */
export interface AtomSummary {
  readonly id: bigint;
  /** `null` in a placeholder, as everything below. */
  readonly atomType: string | null;
  readonly contentType: string | null;
  /** Lower-case hexadecimal. */
  readonly contentHash: string | null;
  /** The first 80 characters of the text. */
  readonly preview: string | null;
  readonly createdAt: Date | null;
  /** An edge names this atom, but its own row was not synced yet or is gone. */
  readonly isPlaceholder: boolean;
  /** Of a document whose file is still being ingested, or whose ingestion has failed and is not undone: parts of it are missing. */
  readonly isUnfinished?: true | undefined;
}

/** An atom and how many steps it is from the one that was asked about. */
export interface AtomAtDepth extends AtomSummary {
  readonly depth: number;
}

/** An edge between two atoms; one row of dbo.AtomProvenance. */
export interface LineageEdge {
  /** Id of the row. */
  readonly id: bigint;
  /** One of the relationship types that the entity declares. */
  readonly type: string;
  readonly childId: bigint;
  readonly parentId: bigint;
  readonly derivationType: string | null;
  readonly sequenceNumber: bigint | null;
}

const previewLength = 80;

const atomGraph = nodeOf(atom.graph);
const edgeGraph = edgeOf(atomProvenance.graph);

/** Label of atoms. */
export const atomLabel = atomGraph.label;
/** Types of the edges from an atom to those that it was made from. */
export const lineageTypeNames = edgeGraph.type.values;
/** The same as a pattern has them. */
export const lineageTypes = lineageTypeNames.join('|');
/** Type of the edges from an atom to those that were merged into it. */
export const mergedFromType = typeNamed('MERGED_FROM');

/** Finds one atom by its key; `parameter` is the one with its id. */
export function atomPattern(variable: string, parameter = 'atomId'): string {
  return `(${variable}:${atomLabel} {id: $${parameter}, tenantId: $tenantId})`;
}

/** An atom of the tenant at the other end of an edge. */
export function tenantAtom(variable = 'other'): string {
  return tenantNode(variable, atomLabel);
}

/**
 * A node of the tenant at the other end of an edge. `coalesce` keeps the planner from the index on the tenant: in a young
 * graph it takes it for the shorter way, and the plan stays in use while the graph grows, walking through all of the
 * tenant's nodes for each edge.
 */
export function tenantNode(variable: string, label: string): string {
  return `(${variable}:${label} WHERE coalesce(${variable}.tenantId, null) = $tenantId)`;
}

/** Map of what {@link atomSummary} reads. */
export function atomMap(variable: string, more = ''): string {
  const text = `left(${variable}.canonicalText, ${previewLength})`;
  return (
    `${variable}{.id, .atomType, .contentType, .contentHash, createdAt: ${variable}.createdAt.epochMillis, ` +
    `preview: ${text}, isPlaceholder: coalesce(${variable}.placeholder, false), ` +
    `isUnfinished: ${unfinished(variable)}${more}}`
  );
}

/**
 * Whether a document's metadata say that it is unfinished; they are JSON, and in a text of it every quotation mark before a colon is
 * the end of a name.
 */
export function unfinished(variable: string): string {
  return `(${variable}.atomType = 'document' AND ${variable}.metadata CONTAINS '"unfinished":true')`;
}

/** What {@link unfinished} gives: set only where it is true. */
export const unfinishedFlag = z
  .boolean()
  .nullable()
  .transform((is) => (is === true ? true : undefined));

/** Map of what {@link lineageEdge} reads. */
export function edgeMap(variable: string): string {
  return (
    `${variable}{.id, type: type(${variable}), childId: startNode(${variable}).id, parentId: endNode(${variable}).id, ` +
    '.derivationType, .sequenceNumber}'
  );
}

/** A time as milliseconds since 1970: the driver's own objects for times cost more than all the rest of an atom. */
export const graphTime = z.bigint().transform((milliseconds) => new Date(Number(milliseconds)));
/** A number of things. */
export const graphCount = z.bigint().transform(Number);

const summaryFields = {
  id: z.bigint(),
  atomType: z.string().nullable(),
  contentType: z.string().nullable(),
  contentHash: z.string().nullable(),
  preview: z.string().nullable(),
  createdAt: graphTime.nullable(),
  isPlaceholder: z.boolean(),
  isUnfinished: unfinishedFlag,
};

/** @internal */
export const atomSummary: z.ZodType<AtomSummary> = z.object(summaryFields);
/** @internal */
export const atomAtDepth: z.ZodType<AtomAtDepth> = z.object({ ...summaryFields, depth: graphCount });
/** @internal */
export const lineageEdge: z.ZodType<LineageEdge> = z.object({
  id: z.bigint(),
  type: z.string(),
  childId: z.bigint(),
  parentId: z.bigint(),
  derivationType: z.string().nullable(),
  sequenceNumber: z.bigint().nullable(),
});

function nodeOf(graph: typeof atom.graph): NodeProjection {
  if (graph.kind !== 'node') throw new TypeError('Atoms must be nodes.');
  return graph;
}

function edgeOf(graph: typeof atomProvenance.graph): EdgeProjection {
  if (graph.kind !== 'edge') throw new TypeError('Provenance of atoms must be edges.');
  return graph;
}

function typeNamed(type: string): string {
  if (!edgeGraph.type.values.includes(type)) throw new TypeError(`Provenance of atoms has no edges of type ${type}.`);
  return type;
}
