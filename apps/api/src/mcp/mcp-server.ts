import { maxDepth, navigableLabels, searchAtoms } from '@hartonomous/graph-sync';
import { findSimilar } from '@hartonomous/operations';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { toJson } from '../http/json.ts';
import { meaningOf } from '../http/problem.ts';
import type { Identity } from '../identity/identity.ts';
import { idInput } from '../schemas/common.ts';
import type { Services } from '../services.ts';

/** Whose questions a server answers, and by what. */
export interface McpContext {
  readonly identity: Identity;
  readonly services: Services;
  readonly signal: AbortSignal;
  /** Called with failures that are the server's own. */
  readonly onFailed: (error: unknown) => void;
}

const id = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .describe('Id of an atom: a whole number, as text');
const limit = z.int().min(1).max(100).default(20).describe('Most results');
const depth = z.int().min(1).max(maxDepth).default(25).describe('Most steps from the atom');

/** Tools that read the tenant's graph, and change nothing. */
export function createMcpServer({ identity: { tenantId }, services, signal, onFailed }: McpContext): McpServer {
  const { graph, lineage, navigator, settings } = services;
  const timeoutMs = settings.Api.QueryTimeoutMs;
  const server = new McpServer({ name: 'hartonomous', version: '1' });
  const tool = <Shape extends z.ZodRawShape>(
    name: string,
    description: string,
    inputSchema: Shape,
    answer: (input: z.output<z.ZodObject<Shape>>) => Promise<object>,
  ): void => {
    const schema = z.object(inputSchema);
    const call = async (input: unknown): Promise<CallToolResult> => {
      try {
        // A request may bring many calls, so each has its own.
        using _turn = await services.turns.take(tenantId, signal);
        return { content: [{ type: 'text', text: JSON.stringify(toJson(await answer(schema.parse(input)))) }] };
      } catch (error) {
        // Of what the schema lets pass, for example a number of more than 64 bits.
        if (error instanceof z.ZodError)
          return refused(error.issues.map(({ message }) => message).join('; '), 'INVALID_REQUEST');
        const { detail, code, isOurs } = meaningOf(error);
        if (isOurs) onFailed(error);
        return refused(detail, code);
      }
    };
    const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
    server.registerTool(name, { description, inputSchema: schema, annotations }, call);
  };

  tool(
    'search_atoms',
    'Finds atoms whose text contains all of the given words, best first.',
    { text: z.string().min(1).max(2_000), limit },
    async (input) => ({
      atoms: await searchAtoms(graph, { ...input, tenantId, timeoutMs }, signal),
    }),
  );
  tool(
    'find_similar',
    'Finds atoms closest in meaning to a question; with hybrid, by its words, too.',
    { question: z.string().min(1).max(2_000), hybrid: z.boolean().default(false), limit },
    async ({ question, hybrid, limit: top }) => {
      const to = { kind: 'question', text: question } as const;
      const options = {
        tenantId,
        top,
        isHybrid: hybrid,
        ancestors: 0,
        to,
        settings: () => settings.Embedding,
        timeoutMs,
      };
      return await findSimilar(graph, options, signal);
    },
  );
  tool('similar_to_atom', 'Finds atoms whose embedding is nearest to that of an atom.', { id, limit }, (input) =>
    findSimilar(
      graph,
      {
        tenantId,
        timeoutMs,
        top: input.limit,
        isHybrid: false,
        ancestors: 0,
        to: { kind: 'atom', id: atomId(input.id) },
      },
      signal,
    ),
  );
  tool(
    'get_entity',
    'Reads an entity with the first of its neighbours of each kind, and how many there are.',
    { label: z.enum([...navigableLabels]).default('Atom'), id: z.string().min(1).max(256), limit: limit.default(5) },
    async (input) => {
      const typed = /^-?\d{1,19}$/.test(input.id) ? atomId(input.id) : input.id;
      return await navigator.node({ label: input.label, id: typed, tenantId, limit: input.limit, signal });
    },
  );
  for (const [name, walk, description] of [
    [
      'lineage_up',
      'ancestors',
      'Lists the atoms that an atom was made from, directly or over others, the nearest first.',
    ],
    [
      'lineage_down',
      'descendants',
      'Lists the atoms that were made from an atom, directly or over others, the nearest first.',
    ],
  ] as const) {
    const input = { id, depth, limit, after: z.string().max(512).optional().describe('`next` of the page before') };
    tool(name, description, input, (query) => {
      const { id: text, ...rest } = query;
      return lineage[walk]({ ...rest, atomId: atomId(text), tenantId, signal });
    });
  }
  tool('lineage_path', 'Finds the shortest path between two atoms.', { from: id, to: id, depth }, (query) =>
    lineage.path({ depth: query.depth, atomId: atomId(query.from), toAtomId: atomId(query.to), tenantId, signal }),
  );
  return server;
}

function refused(detail: string, code: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: `${detail} (${code})` }] };
}

function atomId(text: string): bigint {
  return idInput.parse(text);
}
