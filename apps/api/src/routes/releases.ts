import { failureOf, listReleases, releaseFolders, workerServices, workersRoots } from '@hartonomous/operations';
import { createRoute, z } from '@hono/zod-openapi';
import { newRoutes } from '../http/environment.ts';
import { requires } from '../http/middleware.ts';
import { requireInstallation } from '../http/require-installation.ts';
import { jsonAnswer, problemAnswers, security } from '../schemas/common.ts';

const entry = z
  .object({
    at: z.string().openapi({ format: 'date-time' }),
    who: z.string(),
    action: z.enum(['deploy', 'rollback', 'recover']),
    release: z.string(),
    previous: z.string().nullable(),
    version: z.string().nullable(),
    commit: z.string().nullable(),
    checksum: z.string().nullable().openapi({ description: "SHA-256 of the release's SHA256SUMS." }),
    result: z.enum(['deployed', 'refused', 'rolled-back', 'needs-a-human']),
    ms: z.int(),
    reason: z.string().nullable().openapi({ description: 'Why, where it is not `deployed`.' }),
  })
  .openapi('ReleaseEntry');

const ofWorker = z
  .object({
    worker: z.string().openapi({ example: 'neo4j-sync' }),
    displayName: z.string(),
    releases: z.array(z.object({ name: z.string(), isCurrent: z.boolean(), last: entry.nullable() })),
    journal: z.array(entry).openapi({ description: 'What was done, the newest first, at most 10.' }),
    unreadable: z.int().openapi({ description: 'Lines of the journal that could not be read.' }),
    pending: z
      .object({ from: z.string().optional(), to: z.string() })
      .nullable()
      .openapi({ description: 'A switch that was cut off and is not undone yet: hartonomous release rollback.' }),
    problem: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .openapi({ description: 'Why its releases could not be read.' }),
  })
  .openapi('WorkerReleases');

const list = createRoute({
  method: 'get',
  path: '/v1/releases',
  operationId: 'listReleases',
  summary: "The workers' releases on the API's machine, and what was done with them",
  description:
    'For operators of tenant 0. Read from `Api:ReleasesFolder`: a worker that runs elsewhere, or was not deployed by `hartonomous release`, ' +
    'has none here. Releases are changed on the command line alone, because that takes root.',
  tags: ['Operations'],
  security,
  middleware: requires('operate'),
  responses: {
    200: jsonAnswer(z.object({ folder: z.string(), items: z.array(ofWorker) }), 'A list for each worker.'),
    ...problemAnswers(),
  },
});

/** Releases of workers. */
export const releaseRoutes = newRoutes().openapi(list, async (context) => {
  requireInstallation(context);
  const { ReleasesFolder: folder = workersRoots[process.platform === 'win32' ? 'winsw' : 'systemd'] } =
    context.get('services').settings.Api;
  const items = await Promise.all(
    workerServices.map(async (service) => {
      const { name: worker, displayName } = service;
      return { worker, displayName, ...(await releasesOf(releaseFolders(folder, service))) };
    }),
  );
  return context.json({ folder, items }, 200);
});

async function releasesOf(
  folders: Parameters<typeof listReleases>[0],
): Promise<Omit<z.output<typeof ofWorker>, 'worker' | 'displayName'>> {
  try {
    const { releases, journal, unreadable, pending } = await listReleases(folders);
    return {
      ...{ releases: [...releases], journal: [...journal], unreadable, problem: null },
      pending:
        pending === null ? null : { to: pending.to, ...(pending.from === undefined ? {} : { from: pending.from }) },
    };
  } catch (error) {
    return { releases: [], journal: [], unreadable: 0, pending: null, problem: problemOf(error) };
  }
}

/** @throws what nobody expected */
function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    return {
      code: 'RELEASES_NOT_READABLE',
      message: `The folder can't be read by the API's user (${String(error.code)}).`,
    };
  }
  const failure = failureOf(error);
  if (failure !== undefined) return { code: failure.code, message: failure.message };
  throw error;
}
