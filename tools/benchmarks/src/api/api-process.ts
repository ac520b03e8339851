import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildService } from '@hartonomous/test-support';
import { z } from 'zod';
import { BuildMissingError } from '../errors.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';

const main = join(dirname(dirname(fileURLToPath(import.meta.resolve('@hartonomous/api')))), 'dist/main.js');
const lineSchema = z.object({ msg: z.string(), port: z.int() });

/** The built API, as a process of its own. */
export class ApiProcess implements AsyncDisposable {
  readonly port: number;
  readonly #service: ChildService;

  private constructor(service: ChildService, port: number) {
    this.#service = service;
    this.port = port;
  }

  /**
   * Starts it on a free port.
   *
   * @throws {BuildMissingError} when there is no built API
   * @throws {ServiceStartError} when it ends, or doesn't listen within a minute
   */
  static async start(
    env: Readonly<Record<string, string>>,
    options: { readonly profileTo?: string | undefined; readonly signal: AbortSignal },
  ): Promise<ApiProcess> {
    if (!existsSync(main)) throw new BuildMissingError(main);
    const { profileTo, signal } = options;
    const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
    const { service, found } = await ChildService.start({
      name: 'The API',
      args: [...profile, main],
      env: {
        ...{ PATH: process.env.PATH, LOG_FORMAT: 'json', Health__Port: '0', Api__Port: '0' },
        // Nobody is to wait for permission to ask.
        Api__RequestsPerMinute: '1000000',
        ...env,
      },
      ready: (line) => {
        const { data } = lineSchema.safeParse(parseJson(line));
        return data?.msg.includes('API at http') === true ? data.port : undefined;
      },
      signal,
    });
    return new ApiProcess(service, found);
  }

  /** Processor time and memory so far; undefined where there is no /proc. */
  get usage(): ProcessUsage | undefined {
    return processUsage(this.#service.pid ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
  }
}

/** What a line holds; undefined for one that isn't JSON, such as a warning of Node's. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
