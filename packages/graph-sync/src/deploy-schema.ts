import type { GraphSchema } from '@hartonomous/provenance-schema';
import type { GraphConnection } from './connect.ts';
import { resolveWriterOptions } from './options.ts';
import { backupGraphSchema } from './schema-backup.ts';
import { constraintItems, createStatement, indexItems, isLeftOut, referenceNodeStatement } from './schema-items.ts';
import { translateError } from './translate-error.ts';
import { type SchemaReport, verifyGraphSchema } from './verify-schema.ts';
import { writeTransaction } from './write-transaction.ts';

/** The steps of a deployment, in their order; the operators' runbook (R5) numbers them 1 to 6. */
export const deploySteps = [
  'connection',
  'backup',
  'constraints',
  'indexes',
  'referenceNodes',
  'verification',
] as const;

export type DeployStep = (typeof deploySteps)[number];

/** Told before and after each step. */
export type DeployEvent =
  | { readonly step: DeployStep; readonly number: number; readonly state: 'started' }
  | {
      readonly step: DeployStep;
      readonly number: number;
      /** `skipped`: no backup file was asked for. */
      readonly state: 'done' | 'skipped';
      /** What the step handled: statements backed up, items created or found there. */
      readonly count: number;
      /** What there is of the step's kind in the schema, items that the edition lacks included. */
      readonly total: number;
      /** Names of the items that this edition of Neo4j lacks, each with what keeps the rule instead. */
      readonly leftOut: readonly string[];
    };

/** How to deploy. */
export interface DeployGraphSchemaOptions {
  readonly schema: GraphSchema;
  /** File for the statements that create what was there before; `null` makes no backup. */
  readonly backupFile: string | null;
  readonly onStep?: ((event: DeployEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Longest wait for new indexes to be filled, in seconds; a large graph takes minutes, a hanging one forever. */
const AWAIT_INDEXES_SECONDS = 300n;

interface StepResult {
  readonly count: number;
  readonly total: number;
  readonly leftOut?: readonly string[];
  readonly skipped?: boolean;
}

/**
 * Creates constraints, indexes and reference nodes that are missing, and compares the result with the schema. Repeating
 * it changes nothing; it never drops anything.
 *
 * @returns the comparison; `complete` is false when something is there in another shape
 * @throws GraphSyncError; the reason of `signal` when aborted
 */
export async function deployGraphSchema(
  connection: GraphConnection,
  options: DeployGraphSchemaOptions,
): Promise<SchemaReport> {
  const { schema, backupFile, signal } = options;
  const { driver, database, edition } = connection;
  const execute = (text: string, parameters = {}) => driver.executeQuery(text, parameters, { database });
  let report: SchemaReport | undefined;

  const createAll = async (items: ReturnType<typeof constraintItems>): Promise<StepResult> => {
    const leftOut: string[] = [];
    for (const item of items) {
      signal?.throwIfAborted();
      if (isLeftOut(item, edition)) {
        const instead = item.type === 'constraint' ? item.definition.otherwise : null;
        leftOut.push(`${item.definition.name}: needs Neo4j Enterprise; kept by ${instead ?? 'nothing'}`);
      } else await execute(createStatement(item));
    }
    const total = items.filter(({ supporting }) => !supporting).length;
    return { count: total - leftOut.length, total, leftOut };
  };

  const steps: Readonly<Record<DeployStep, () => Promise<StepResult>>> = {
    connection: async () => {
      await driver.verifyConnectivity({ database });
      return { count: 1, total: 1 };
    },
    backup: async () => {
      if (backupFile === null) return { count: 0, total: 0, skipped: true };
      const count = await backupGraphSchema(connection, backupFile);
      return { count, total: count };
    },
    constraints: () => createAll(constraintItems(schema)),
    indexes: async () => {
      const result = await createAll(indexItems(schema));
      await execute('CALL db.awaitIndexes($seconds)', { seconds: AWAIT_INDEXES_SECONDS });
      return result;
    },
    referenceNodes: async () => {
      // Under the writer lock: these labels have no uniqueness constraint, and a sync may create the same node as the
      // missing end of an edge.
      await writeTransaction(connection, { ...resolveWriterOptions({}), signal }, async (run) => {
        for (const node of schema.referenceNodes) {
          await run(referenceNodeStatement(node), { value: node.key.value, properties: node.properties });
        }
      });
      return { count: schema.referenceNodes.length, total: schema.referenceNodes.length };
    },
    verification: async () => {
      report = await verifyGraphSchema(connection, schema);
      const { items } = report;
      return { count: items.filter(({ state }) => state === 'found').length, total: items.length };
    },
  };

  try {
    for (const [position, step] of deploySteps.entries()) {
      signal?.throwIfAborted();
      const number = position + 1;
      options.onStep?.({ step, number, state: 'started' });
      const { count, total, leftOut = [], skipped = false } = await steps[step]();
      options.onStep?.({ step, number, state: skipped ? 'skipped' : 'done', count, total, leftOut });
    }
  } catch (error) {
    throw translateError(error, connection);
  }
  if (report === undefined) throw new Error('The verification step gave no report.');
  return report;
}
