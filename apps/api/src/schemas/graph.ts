import { z } from '@hono/zod-openapi';
import { id, next, time } from './common.ts';

const atomFields = {
  id,
  atomType: z.string().nullable(),
  contentType: z.string().nullable(),
  contentHash: z.string().nullable().openapi({ description: 'Lower-case hexadecimal.' }),
  preview: z.string().nullable().openapi({ description: 'The first 80 characters of the text.' }),
  createdAt: time.nullable(),
  isPlaceholder: z
    .boolean()
    .openapi({ description: 'An edge names this atom, but its own row was not synced yet or is gone.' }),
  isUnfinished: z
    .literal(true)
    .optional()
    .openapi({ description: 'Of a document whose ingestion is not finished: parts of it are missing.' }),
};

export const atomSummary = z.object(atomFields).openapi('AtomSummary');
const atomAtDepth = z
  .object({ ...atomFields, depth: z.int().openapi({ description: 'Steps from the requested atom.' }) })
  .openapi('AtomAtDepth');

const lineageEdge = z
  .object({
    id,
    type: z.string().openapi({ example: 'DERIVED_FROM' }),
    childId: id,
    parentId: id,
    derivationType: z.string().nullable(),
    sequenceNumber: id.nullable(),
  })
  .openapi('LineageEdge');

export const atomPage = z
  .object({
    items: z.array(atomAtDepth),
    next,
    total: z.int().openapi({ description: 'Within the depth, on all pages.' }),
    truncated: z.boolean().openapi({ description: 'There are atoms beyond the depth.' }),
  })
  .openapi('AtomPage');

export const lineageTree = z
  .object({
    root: atomAtDepth,
    ancestors: z.array(atomAtDepth),
    descendants: z.array(atomAtDepth),
    edges: z.array(lineageEdge),
    truncated: z.boolean(),
    cut: z.array(z.enum(['depth', 'atoms', 'edges'])).openapi({ description: 'What was left out, by what.' }),
  })
  .openapi('LineageTree');

export const lineagePath = z
  .object({
    atoms: z.array(atomSummary),
    edges: z.array(lineageEdge),
    found: z.boolean(),
    truncated: z.boolean().openapi({ description: 'Nothing was found, but the depth cut the search.' }),
  })
  .openapi('LineagePath');

export const deletionImpact = z
  .object({
    affected: z.array(z.object({ id, depth: z.int(), loses: z.enum(['all', 'part']), becomesRoot: z.boolean() })),
    losesAll: z.int(),
    losesPart: z.int(),
    parentEdges: z.int(),
    childEdges: z.int(),
    staysAsPlaceholder: z.boolean(),
    truncated: z.boolean(),
  })
  .openapi('DeletionImpact');

const propertyValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.number()), z.null()]);
const properties = z.record(z.string(), propertyValue);

const neighbour = z
  .object({
    label: z.string(),
    id: z.string(),
    properties: properties.openapi({ description: 'Long texts are cut, embeddings left out.' }),
    isPlaceholder: z.boolean(),
    edge: properties,
  })
  .openapi('Neighbour');

export const neighbourPage = z.object({ items: z.array(neighbour), next }).openapi('NeighbourPage');

export const entity = z
  .object({
    label: z.string(),
    id: z.string(),
    properties,
    isPlaceholder: z.boolean(),
    groups: z.array(
      z.object({
        type: z.string(),
        direction: z.enum(['out', 'in']),
        label: z.string(),
        count: z.int().openapi({ description: 'Of all pages.' }),
        items: z.array(neighbour),
        next,
      }),
    ),
  })
  .openapi('Entity');

export const foundAtoms = z
  .object({
    items: z.array(
      z.object({
        id,
        atomType: z.string().nullable(),
        contentType: z.string().nullable(),
        text: z.string().nullable().openapi({ description: 'The first 500 characters.' }),
        score: z.number(),
        textRank: z.int().nullable().optional().openapi({ description: 'Place by words; of hybrid searches only.' }),
        vectorRank: z
          .int()
          .nullable()
          .optional()
          .openapi({ description: 'Place by meaning; of hybrid searches only.' }),
      }),
    ),
    next,
  })
  .openapi('FoundAtoms');
