import { scheduleKinds } from '@hartonomous/provenance-schema';
import { z } from '@hono/zod-openapi';

/** Name of a schedule, in a path or a query. */
export const scheduleName = z
  .string()
  .max(64)
  .regex(/^\S+$/, '1 to 64 characters without blanks')
  .openapi({ example: 'nightly-purge' });

/** What a schedule does. */
export const scheduleKind = z.enum(scheduleKinds);
