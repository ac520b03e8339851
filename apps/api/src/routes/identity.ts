import { apiRoles } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { jsonAnswer, problemAnswers, security } from '../schemas/common.ts';

const read = createRoute({
  method: 'get',
  path: '/v1/identity',
  operationId: 'getIdentity',
  summary: 'Who the key or token belongs to',
  tags: ['Operations'],
  security,
  middleware: requires('follow'),
  responses: {
    200: jsonAnswer(
      z.object({
        tenantId: z.int(),
        role: z.enum(apiRoles),
        subject: z.string().openapi({ description: 'As in the audit.', example: 'api-key:3' }),
      }),
      'Who asks.',
    ),
    ...problemAnswers(),
  },
});

/** Who asks. */
export const identityRoutes = newRoutes().openapi(read, (context) => {
  const { tenantId, role, subject } = context.get('identity');
  return context.json({ tenantId, role, subject }, 200);
});
