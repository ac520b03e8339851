import type { OpenAPIHono } from '@hono/zod-openapi';
import { type Environment, newRoutes } from './http/environment.ts';
import { addRoutes } from './routes.ts';

/** The OpenAPI 3.1 document of routes that were added. */
export function openApiDocument(api: OpenAPIHono<Environment>): object {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: hartonomous api-key create.',
  });
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Hartonomous',
      version: '1',
      description:
        'Entities, lineage, search and ingestion of one tenant, which is that of the key. Ids are texts, because numbers of ' +
        'JSON do not hold 64 bits. Errors are problem+json with a stable code.',
    },
    tags: [
      { name: 'Entities', description: 'Entities of the graph and what they are connected with' },
      { name: 'Lineage', description: 'Where an atom came from, and what was made of it' },
      { name: 'Search', description: 'Atoms by words and by meaning' },
      { name: 'Ingestion', description: 'Files that were sent in, and their status' },
      { name: 'Exports', description: 'The provenance in standard formats' },
      {
        name: 'Operations',
        description: 'Queues, messages that could not be processed, comparisons with the graph, schedules, releases',
      },
    ],
  });
}

/** The document as it is kept in the repository; it takes no server. */
export function openApiText(): string {
  const api = newRoutes();
  addRoutes(api);
  return `${JSON.stringify(openApiDocument(api), null, 2)}\n`;
}
