import {
  listSchedules,
  type Schedule,
  type ScheduleRun,
  scheduleHistory,
  scheduleKindFacts,
} from '@hartonomous/operations';
import { scheduleOutcomes } from '@hartonomous/provenance-schema';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { id, idInput, jsonAnswer, limitInput, next, problemAnswers, security, time } from '../schemas/common.ts';
import { scheduleKind as kind, scheduleName } from '../schemas/schedules.ts';

const common = { tags: ['Operations'], security, method: 'get' as const, middleware: requires('operate') };
const defaultLimit = 20;

const outcome = z.enum(scheduleOutcomes).openapi({
  description: 'FAILED: it found a problem, or could not be done. SKIPPED: there was a reason to do nothing.',
});
const schedule = z
  .object({
    name: z.string(),
    kind,
    does: z.string().openapi({ description: 'What a schedule of this kind does, in words.' }),
    cron: z.string().openapi({ example: '30 2 * * *' }),
    timeZone: z.string().openapi({ example: 'Europe/Berlin' }),
    parameters: z.record(z.string(), z.unknown()),
    isEnabled: z.boolean(),
    dueAt: time.nullable().openapi({ description: 'null while it is disabled.' }),
    overdueMs: z.int().nullable().openapi({ description: 'How long it has been overdue.' }),
    isRunning: z.boolean(),
    changedBy: z.string(),
    lastRun: z.object({ outcome, startedAt: time, summary: z.string().nullable() }).nullable(),
  })
  .openapi('Schedule');

const run = z
  .object({
    id,
    name: z.string(),
    kind,
    dueAt: time,
    outcome,
    attempts: z.int().openapi({ description: 'More than one if the process that began it vanished.' }),
    runBy: z.string(),
    startedAt: time,
    finishedAt: time.nullable(),
    changes: z.int().nullable().openapi({ description: 'Rows deleted or enqueued, jobs made, fixes applied.' }),
    summary: z.string().nullable(),
    journal: z.unknown().openapi({ description: "A self-repair's: what was found, each fix, what was left." }),
  })
  .openapi('ScheduleRun');

const list = createRoute({
  ...common,
  path: '/v1/schedules',
  operationId: 'listSchedules',
  summary: 'The schedules: when each is due next, and how its last run ended',
  description: 'For operators of tenant 0. `hartonomous schedule run` processes run them.',
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(schedule),
        kinds: z.array(z.object({ kind, does: z.string() })).openapi({ description: 'What schedules can do.' }),
      }),
      'All, by their names.',
    ),
    ...problemAnswers(),
  },
});

const runs = createRoute({
  ...common,
  path: '/v1/schedule-runs',
  operationId: 'listScheduleRuns',
  summary: 'The runs of schedules, latest first, removed schedules included',
  description: 'For operators of tenant 0. Runs are kept for a year.',
  request: {
    query: z.object({ name: scheduleName.optional(), limit: limitInput, after: idInput.optional() }),
  },
  responses: {
    200: jsonAnswer(z.object({ items: z.array(run), next }).openapi('ScheduleRunPage'), 'The page.'),
    ...problemAnswers(),
  },
});

/** Schedules and their runs. */
export const scheduleRoutes = newRoutes()
  .openapi(list, async (context) => {
    requireInstallation(context);
    const found = await listSchedules(context.get('services').client, context.req.raw.signal);
    const kinds = scheduleKindFacts.map(({ kind: each, does }) => ({ kind: each, does }));
    return context.json({ items: found.map(shownSchedule), kinds }, 200);
  })
  .openapi(runs, async (context) => {
    requireInstallation(context);
    const { name, limit = defaultLimit, after: before } = context.req.valid('query');
    const query = { name, limit: limit + 1, before };
    const found = await scheduleHistory(context.get('services').client, query, context.req.raw.signal);
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return context.json({ items: items.map(shownRun), next: last?.id.toString() ?? null }, 200);
  });

function shownSchedule(found: Schedule): z.output<typeof schedule> {
  const { parameters, ...rest } = found;
  const does = scheduleKindFacts.find((facts) => facts.kind === found.kind)?.does ?? '';
  return { ...toJson(rest), parameters, does };
}

function shownRun({ journal, ...rest }: ScheduleRun): z.output<typeof run> {
  return { ...toJson(rest), journal };
}
