import type { ApiActor } from '@hartonomous/operations';
import type { Context } from 'hono';
import type { Environment } from './environment.ts';

/** Who asks, as the audit has it. */
export function actorOf(context: Context<Environment>): ApiActor {
  const { tenantId, subject } = context.get('identity');
  return { tenantId, subject, traceId: context.get('traceId') };
}
