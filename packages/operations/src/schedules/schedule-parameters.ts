import type { ScheduleKind } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { ScheduleUnusableError } from './errors.ts';

const days = z.int().min(0).max(36_500);

/** What each kind may be told, with what it does where it isn't. */
const scheduleParameters = {
  PURGE: z.strictObject({
    /** Days that rows of dbo.Neo4jSyncLog are kept. */
    logDays: days.default(30),
    /** Days that dead letters are kept after their replay. Those that nobody has replayed stay. */
    deadLetterDays: days.default(30),
    /** Days that ended jobs of ingestion are kept. */
    ingestionDays: days.default(30),
    /** Days that finished jobs of embeddings are kept. */
    embeddingDays: days.default(7),
  }),
  RECONCILE: z.strictObject({
    /** Enqueue what differs, unless that would delete more than 5 % of what the graph has of an entity. */
    repair: z.boolean().default(false),
    /** Compare every value. */
    deep: z.boolean().default(false),
    /**
     * Without a repair: seconds between two comparisons. What differs in both fails the run. Too short: a change in transit counts as a
     * difference. Too long: the run takes that much longer.
     */
    settleSeconds: z.int().min(1).max(3_600).default(60),
  }),
  BACKFILL: z.strictObject({
    /** Key of a model; without it, all that are enabled. */
    model: z.string().min(1).max(64).optional(),
  }),
  CANARY: z.strictObject({
    /** Longest wait for its message. */
    seconds: z.int().min(1).max(3_600).default(30),
  }),
  SELF_REPAIR: z.strictObject({
    /** Most fixes of one run. */
    maxFixes: z.int().min(1).max(20).default(3),
    /** Also runs `database deploy` where a fix asks for it: creates what is missing and rewrites procedures. */
    deploy: z.boolean().default(false),
  }),
} as const satisfies Readonly<Record<ScheduleKind, z.ZodType>>;

/** Parameters of a kind, checked and completed. */
export type ScheduleParameters<Kind extends ScheduleKind> = z.output<(typeof scheduleParameters)[Kind]>;

/**
 * Checks a schedule's parameters, and keeps them as given: defaults may change with a version.
 *
 * @throws ScheduleUnusableError
 */
export function checkedParameters(
  kind: ScheduleKind,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  readParameters(kind, given);
  return given;
}

/** @throws ScheduleUnusableError */
export function readParameters<Kind extends ScheduleKind>(
  kind: Kind,
  given: Readonly<Record<string, unknown>>,
): ScheduleParameters<Kind> {
  const schema: z.ZodType<unknown> = scheduleParameters[kind];
  const read = schema.safeParse(given);
  // Of the schema with the key of the kind.
  if (read.success) return read.data as ScheduleParameters<Kind>;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'parameters'}: ${message}`);
  throw new ScheduleUnusableError(
    `These parameters can't be used for ${kind}: ${problems.join('; ')}.`,
    `It may have: ${Object.keys(scheduleParameters[kind].shape).join(', ')}.`,
  );
}
