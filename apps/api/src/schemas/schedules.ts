import { z } from '@hono/zod-openapi';

/** Name of a schedule, in a path or a query. */
export const scheduleName = z
  .string()
  .regex(/^\S{1,64}$/u, '1 to 64 characters without blanks')
  .openapi({ example: 'nightly-purge' });
