import { requestScheduleEnabled, requestScheduleTrigger } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { actorOf } from '../http/actor-of.ts';
import { newRoutes } from '../http/environment.ts';
import { toJson } from '../http/json.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { jsonAnswer, problemAnswers, security, time } from '../schemas/common.ts';
import { scheduleName } from '../schemas/schedules.ts';

const answer = z
  .object({
    name: z.string(),
    dryRun: z.boolean(),
    changes: z.boolean().openapi({ description: 'false: it was so already.' }),
    dueAt: time.nullable().openapi({ description: 'When it is due next; null: it is not.' }),
  })
  .openapi('ScheduleChange');

function change<Verb extends string>(verb: Verb, operationId: string, summary: string, description: string) {
  return createRoute({
    method: 'post',
    path: `/v1/schedules/{name}/${verb}`,
    operationId,
    summary,
    description: `For operators of tenant 0. ${description}`,
    tags: ['Operations'],
    security,
    middleware: requires('operate'),
    request: {
      params: z.object({ name: scheduleName }),
      body: {
        required: true,
        content: {
          'application/json': {
            schema: z.strictObject({
              dryRun: z.boolean().default(false).openapi({ description: 'Only say what would be done.' }),
            }),
          },
        },
      },
    },
    responses: { 200: jsonAnswer(answer, 'What was changed, or would be.'), ...problemAnswers(404, 409) },
  });
}

const enable = change(
  'enable',
  'enableSchedule',
  'Has a schedule become due again, from now on',
  'By its expression: what was missed meanwhile is not made up for.',
);
const disable = change(
  'disable',
  'disableSchedule',
  'Has a schedule become due no more',
  'What is being worked on goes on.',
);
const trigger = change(
  'trigger',
  'triggerSchedule',
  'Has a schedule become due at once, and then by its expression again',
  'A process of `hartonomous schedule run` takes it up. One that is due or being worked on already stays as it is.',
);

/** Changes of what is done again and again. */
export const scheduleChangeRoutes = newRoutes()
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
