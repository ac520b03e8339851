import { z } from 'zod';
import { NodeNotFoundError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { type AtomSummary, atomMap, atomSummary, graphTime, tenantAtom, tenantNode } from './atom-summary.ts';
import { type TenantQuery, tenantFields } from './lineage-options.ts';
import { type LineageContext, readRows } from './read-transaction.ts';

/** A question about how an answer came about. */
export interface InferenceQuery extends TenantQuery {
  readonly inferenceId: bigint;
}

/** An inference with everything that explains it. What isn't known, or isn't synced yet, is `null` or left out. */
export interface InferenceExplanation {
  readonly inferenceId: bigint;
  readonly taskType: string | null;
  readonly timestamp: Date | null;
  readonly durationMs: number | null;
  readonly isPlaceholder: boolean;
  readonly model: {
    readonly modelVersionId: bigint;
    readonly version: string | null;
    readonly modelId: bigint | null;
    readonly name: string | null;
    readonly provider: string | null;
  } | null;
  readonly reasoningModes: readonly string[];
  readonly contexts: readonly string[];
  readonly performedBy: { readonly userId: bigint; readonly userName: string | null } | null;
  readonly decisions: readonly {
    readonly decisionId: bigint;
    readonly outcome: string;
    readonly rationale: string | null;
    /** 0 to 1. */
    readonly confidence: number;
    readonly createdAt: Date | null;
  }[];
  readonly streams: readonly {
    readonly streamId: bigint;
    readonly streamType: string;
    readonly pieceCount: bigint | null;
    /** The atom that the pieces became. */
    readonly atomId: bigint | null;
  }[];
  readonly inputs: readonly AtomSummary[];
  readonly outputs: readonly AtomSummary[];
  /** Whether a list has more than the 100 that are given. */
  readonly truncated: boolean;
}

const longestList = 100;

const querySchema = z.strictObject({
  ...tenantFields,
  inferenceId: z
    .bigint()
    .min(-(2n ** 63n))
    .max(2n ** 63n - 1n),
});
const explanationRow = z.object({
  inferenceId: z.bigint(),
  taskType: z.string().nullable(),
  timestamp: graphTime.nullable(),
  durationMs: z.bigint().transform(Number).nullable(),
  isPlaceholder: z.boolean(),
  model: z
    .object({
      modelVersionId: z.bigint(),
      version: z.string().nullable(),
      modelId: z.bigint().nullable(),
      name: z.string().nullable(),
      provider: z.string().nullable(),
    })
    .nullable(),
  reasoningModes: z.array(z.string()),
  contexts: z.array(z.string()),
  performedBy: z.object({ userId: z.bigint(), userName: z.string().nullable() }).nullable(),
  decisions: z.array(
    z.object({
      decisionId: z.bigint(),
      outcome: z.string(),
      rationale: z.string().nullable(),
      confidence: z.number(),
      createdAt: graphTime.nullable(),
    }),
  ),
  streams: z.array(
    z.object({
      streamId: z.bigint(),
      streamType: z.string(),
      pieceCount: z.bigint().nullable(),
      atomId: z.bigint().nullable(),
    }),
  ),
  inputs: z.array(atomSummary),
  outputs: z.array(atomSummary),
});

/**
 * Explains an inference: the model and its version, how it reasoned, in which context, what it was given, what came out
 * and what was decided.
 *
 * @throws NodeNotFoundError, InvalidGraphOptionsError, LineageTimeoutError and other GraphSyncErrors
 */
export async function explainInference(context: LineageContext, query: InferenceQuery): Promise<InferenceExplanation> {
  const { inferenceId, tenantId, signal } = parseOptions(querySchema, query);
  const parameters = { inferenceId, tenantId: BigInt(tenantId), most: BigInt(longestList + 1) };
  const [row] = await readRows(context, signal, explanationRow, explainInferenceStatement, parameters);
  if (row === undefined) throw new NodeNotFoundError('Inference', String(inferenceId), tenantId);
  const { decisions, streams, inputs, outputs } = row;
  const truncated = [decisions, streams, inputs, outputs].some(({ length }) => length > longestList);
  return {
    ...row,
    decisions: decisions.slice(0, longestList),
    streams: streams.slice(0, longestList),
    inputs: inputs.slice(0, longestList),
    outputs: outputs.slice(0, longestList),
    truncated,
  };
}

// A version and its model need not be synced at the same time, so the model is looked for by itself.
const singleParts = [
  'MATCH (i:Inference) USING INDEX SEEK i:Inference(inferenceId)',
  'WHERE i.inferenceId = $inferenceId AND i.tenantId = $tenantId',
  'RETURN i.inferenceId AS inferenceId, i.taskType AS taskType, i.timestamp.epochMillis AS timestamp,',
  '  i.durationMs AS durationMs, coalesce(i.placeholder, false) AS isPlaceholder,',
  `  head([(i)-[:USED_MODEL]->${tenantNode('v', 'ModelVersion')} | v{.modelVersionId, .version,`,
  `    modelId: coalesce(v.modelId, head([(v)<-[:HAS_VERSION]-${tenantNode('m', 'Model')} | m.modelId])),`,
  `    name: head([(v)<-[:HAS_VERSION]-${tenantNode('m', 'Model')} | m.name]),`,
  `    provider: head([(v)<-[:HAS_VERSION]-${tenantNode('m', 'Model')} | m.provider])}]) AS model,`,
  '  [(i)-[:USED_REASONING]->(x:ReasoningMode) | x.type] AS reasoningModes,',
  '  [(i)-[:IN_CONTEXT]->(x:Context) | x.domain] AS contexts,',
  `  head([(i)-[:PERFORMED_BY]->${tenantNode('u', 'User')} | u{.userId, .userName}]) AS performedBy`,
].join('\n');

/** One row. */
export const explainInferenceStatement = [
  singleParts,
  listOf(
    `(i)-[:RESULTED_IN]->${tenantNode('x', 'Decision')}`,
    'x.decisionId',
    'x{.decisionId, .outcome, .rationale, .confidence, createdAt: x.createdAt.epochMillis}',
    'decisions',
  ),
  listOf(
    `(i)-[:GENERATED]->${tenantNode('x', 'GenerationStream')}`,
    'x.streamId',
    `x{.streamId, .streamType, .pieceCount, atomId: head([(x)-[:GENERATED]->${tenantAtom('a')} | a.id])}`,
    'streams',
  ),
  listOf(`(i)-[:INPUT_ATOM]->${tenantAtom('x')}`, 'x.id', atomMap('x'), 'inputs'),
  listOf(`(i)-[:OUTPUT_ATOM]->${tenantAtom('x')}`, 'x.id', atomMap('x'), 'outputs'),
].join(',\n');

function listOf(pattern: string, order: string, map: string, name: string): string {
  return `  COLLECT { MATCH ${pattern} WITH x ORDER BY ${order} LIMIT $most RETURN ${map} } AS ${name}`;
}
