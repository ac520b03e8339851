import type { Logger } from '@hartonomous/worker-host';
import { Hono } from 'hono';
import type { Environment } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';

/** The Model Context Protocol: tools that read, for those who may read. Not in the document, which can't describe it. */
export function mcpRoutes(logger: Logger): Hono<Environment> {
  const routes = new Hono<Environment>();
  // Without sessions there is no stream of the server's own to GET, and nothing to DELETE.
  routes.post('/mcp', requires('read'), async (context) => {
    // Most of what it loads is of no use to an API that nobody asks in this way.
    const { answerMcp } = await import('../mcp/answer-mcp.ts');
    const { raw } = context.req;
    const traceId = context.get('traceId');
    return await answerMcp(raw, {
      identity: context.get('identity'),
      services: context.get('services'),
      signal: raw.signal,
      onFailed: (err) => logger.error({ err, traceId }, 'A tool of MCP failed'),
    });
  });
  return routes;
}
