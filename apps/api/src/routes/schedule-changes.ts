import {
  requestNewSchedule,
  requestScheduleEnabled,
  requestScheduleRemoval,
  requestScheduleSettings,
  requestScheduleTrigger,
} from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { actorOf } from '../http/actor-of.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { jsonAnswer, problemAnswers, security, time } from '../schemas/common.ts';
import { scheduleKind, scheduleName } from '../schemas/schedules.ts';

const answer = z
  .object({
    name: z.string(),
    dryRun: z.boolean(),
    changes: z.boolean().openapi({ description: 'false: it was so already.' }),
    dueAt: time.nullable().openapi({ description: 'When it is due next; null: it is not.' }),
  })
  .openapi('ScheduleChange');

const common = { tags: ['Operations'], security, middleware: requires('operate') };
const dryRun = z.boolean().default(false).openapi({ description: 'Only report what would be done.' });

function change<Verb extends string>(verb: Verb, operationId: string, summary: string, description: string) {
  return createRoute({
    method: 'post',
    path: `/v1/schedules/{name}/${verb}`,
    operationId,
    summary,
    description: `For operators of tenant 0. ${description}`,
    ...common,
    request: {
      params: z.object({ name: scheduleName }),
      body: { required: true, content: { 'application/json': { schema: z.strictObject({ dryRun }) } } },
    },
    responses: {
      200: jsonAnswer(answer, 'What was changed, or would be.'),
      ...problemAnswers(404, 409, 413, 415, 422),
    },
  });
}

const cron = z.string().min(1).max(128).openapi({
  description: 'Five fields: minute, hour, day of the month, month, day of the week.',
  example: '30 2 * * *',
});
const timeZone = z.string().min(1).max(64).openapi({ example: 'Europe/Berlin' });
const parameters = z
  .record(z.string(), z.unknown())
  .openapi({ description: 'Parameters of the kind; `hartonomous schedule add --help` lists them.' });

const add = createRoute({
  ...common,
  method: 'post',
  path: '/v1/schedules',
  operationId: 'addSchedule',
  summary: 'Creates a schedule',
  description:
    'For operators of tenant 0. A process of `hartonomous schedule run` does it, if its login has the rights that the kind takes.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            name: scheduleName,
            kind: scheduleKind,
            cron,
            timeZone: timeZone.default('UTC'),
            parameters: parameters.default({}),
            isEnabled: z.boolean().optional().openapi({ description: 'By default true, but false for a self-repair.' }),
            dryRun,
          }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(answer, 'With `dryRun`: it could be created.'),
    201: jsonAnswer(answer, 'It was created.'),
    ...problemAnswers(409, 413, 415, 422),
  },
});

const settings = createRoute({
  ...common,
  method: 'patch',
  path: '/v1/schedules/{name}',
  operationId: 'changeSchedule',
  summary: 'Gives a schedule another time, other parameters, or both',
  description:
    'For operators of tenant 0. What is not given stays. The new expression counts from now on; a run in progress continues as it was.',
  request: {
    params: z.object({ name: scheduleName }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            cron: cron.optional(),
            timeZone: timeZone.optional(),
            parameters: parameters.optional(),
            dryRun,
          }),
        },
      },
    },
  },
  responses: { 200: jsonAnswer(answer, 'What was changed, or would be.'), ...problemAnswers(404, 413, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/schedules/{name}',
  operationId: 'removeSchedule',
  summary: 'Removes a schedule; what it has done stays in its history',
  description: 'For operators of tenant 0. A process that is running it finds that it is gone.',
  request: {
    params: z.object({ name: scheduleName }),
    query: z.object({
      dryRun: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional()
        .openapi({ type: 'boolean', description: 'Only check that it exists.' }),
    }),
  },
  responses: { 200: jsonAnswer(answer, 'It was removed, or would be.'), ...problemAnswers(404) },
});

const enable = change(
  'enable',
  'enableSchedule',
  'Enables a schedule',
  'By its expression; missed runs are not made up for.',
);
const disable = change('disable', 'disableSchedule', 'Disables a schedule', 'What is being worked on goes on.');
const trigger = change(
  'trigger',
  'triggerSchedule',
  'Makes a schedule due at once; its expression counts again afterwards',
  'A process of `hartonomous schedule run` takes it up. One that is due or being worked on already stays as it is.',
);

/** Changes of schedules. */
export const scheduleChangeRoutes = newRoutes()
  .openapi(add, async (context) => {
    requireInstallation(context);
    const request = context.req.valid('json');
    const { client } = context.get('services');
    const made = await requestNewSchedule(client, actorOf(context), request, context.req.raw.signal);
    const { name, dryRun: isDry } = request;
    return context.json(toJson({ name, dryRun: isDry, ...made }), isDry ? 200 : 201);
  })
  .openapi(settings, async (context) => {
    requireInstallation(context);
    const { dryRun: isDry, ...given } = context.req.valid('json');
    const { name } = context.req.valid('param');
    const { client } = context.get('services');
    const request = { name, dryRun: isDry, ...given };
    const { changes, dueAt } = await requestScheduleSettings(client, actorOf(context), request, context.req.raw.signal);
    return context.json(toJson({ name, dryRun: isDry, changes, dueAt }), 200);
  })
  .openapi(remove, async (context) => {
    requireInstallation(context);
    const { name } = context.req.valid('param');
    const { dryRun: isDry = false } = context.req.valid('query');
    const { client } = context.get('services');
    const request = { name, dryRun: isDry };
    const removed = await requestScheduleRemoval(client, actorOf(context), request, context.req.raw.signal);
    return context.json(toJson({ ...request, ...removed }), 200);
  })
  .openapi(enable, async (context) => {
    requireInstallation(context);
    const request = { ...context.req.valid('param'), ...context.req.valid('json') };
    const { client } = context.get('services');
    const asked = { ...request, isEnabled: true };
    const changed = await requestScheduleEnabled(client, actorOf(context), asked, context.req.raw.signal);
    return context.json(toJson({ ...request, ...changed }), 200);
  })
  .openapi(disable, async (context) => {
    requireInstallation(context);
    const request = { ...context.req.valid('param'), ...context.req.valid('json') };
    const { client } = context.get('services');
    const asked = { ...request, isEnabled: false };
    const changed = await requestScheduleEnabled(client, actorOf(context), asked, context.req.raw.signal);
    return context.json(toJson({ ...request, ...changed }), 200);
  })
  .openapi(trigger, async (context) => {
    requireInstallation(context);
    const request = { ...context.req.valid('param'), ...context.req.valid('json') };
    const { client } = context.get('services');
    const changed = await requestScheduleTrigger(client, actorOf(context), request, context.req.raw.signal);
    return context.json(toJson({ ...request, ...changed }), 200);
  });
