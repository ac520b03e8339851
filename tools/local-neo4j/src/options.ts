import { z } from 'zod';
import { InvalidOptionsError } from './errors.ts';

/** Latest patch of the 5.26 long-term-support line when this was written. */
export const defaultNeo4jVersion = '5.26.30';

/** Latest version with a calendar number when this was written; needs Java 21. */
export const newestNeo4jVersion = '2026.08.1';

/** What a progress callback gets: one line for a person, no line break. */
export type ProgressCallback = (line: string) => void;

const memorySize = z.string().regex(/^\d+[kmg]$/i, 'must be a size such as 256m or 1g');

const schema = z.strictObject({
  uri: z
    .string()
    .regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s]+\/?$/, 'must look like bolt://localhost:7687')
    .optional(),
  port: z.int().min(0).max(65_535).default(0),
  httpPort: z.int().min(0).max(65_535).optional(),
  dataDir: z.string().min(1).optional(),
  username: z.string().min(1).default('neo4j'),
  // 8 is the server's own minimum; a shorter one would be refused only after the start.
  password: z.string().min(8, 'must have at least 8 characters (the server asks for it)').default('neo4jneo4j'),
  tls: z.enum(['off', 'optional', 'required']).default('off'),
  heap: memorySize.default('512m'),
  pageCache: memorySize.default('64m'),
  optimizeFor: z.enum(['startup', 'throughput']).default('startup'),
  version: z
    .string()
    .regex(/^(5|20\d\d)\.\d+\.\d+$/, `must be a full version such as 5.26.30 or ${newestNeo4jVersion}`)
    .default(defaultNeo4jVersion),
  javaHome: z.string().min(1).optional(),
  startTimeoutMs: z.int().min(1000).default(120_000),
  stopTimeoutMs: z.int().min(0).default(15_000),
  onProgress: z.custom<ProgressCallback>((value) => typeof value === 'function', 'must be a function').optional(),
  signal: z.instanceof(AbortSignal).optional(),
});

/** How to start; every field is optional. */
export interface LocalNeo4jOptions {
  /** A running server to use instead of starting one; `stop()` then leaves it alone. */
  readonly uri?: string | undefined;
  /** Bolt port on 127.0.0.1; 0 picks a free one. @default 0 */
  readonly port?: number | undefined;
  /** Port of the HTTP API and browser on 127.0.0.1 (0 picks a free one). @default off */
  readonly httpPort?: number | undefined;
  /** Folder for data, configuration and logs; kept on stop. @default a temporary one, removed on stop */
  readonly dataDir?: string | undefined;
  /** Matters with `uri` only: a server started here has the user `neo4j`. @default 'neo4j' */
  readonly username?: string | undefined;
  /** At least 8 characters. Set at the first start of a data directory and kept from then on. @default 'neo4jneo4j' */
  readonly password?: string | undefined;
  /**
   * Encryption of Bolt, with a certificate for localhost that is made at each start: `optional` takes both kinds of
   * connections, `required` encrypted ones only (`uri` is then `bolt+ssc://...`). @default 'off'
   */
  readonly tls?: 'off' | 'optional' | 'required' | undefined;
  /** Java heap. Under 200m large transactions fail for lack of memory. @default '512m' */
  readonly heap?: string | undefined;
  /** Memory for store files. Too small costs disk reads, too large only memory. @default '64m' */
  readonly pageCache?: string | undefined;
  /** `startup` compiles Java code fast but less well (right for tests); `throughput` the reverse. @default 'startup' */
  readonly optimizeFor?: 'startup' | 'throughput' | undefined;
  /** Full version. Neo4j 5 needs Java 17, those with calendar numbers Java 21. @default {@link defaultNeo4jVersion} */
  readonly version?: string | undefined;
  /** Folder of the Java to use. @default `JAVA_HOME`, `PATH`, then other Javas that are installed on this machine */
  readonly javaHome?: string | undefined;
  /** Longest time for a start, downloads not counted, in milliseconds. @default 120000 */
  readonly startTimeoutMs?: number | undefined;
  /** Time between SIGTERM and SIGKILL on stop, in milliseconds; too short means recovery at the next start. @default 15000 */
  readonly stopTimeoutMs?: number | undefined;
  /** Told what happens, in short lines. */
  readonly onProgress?: ProgressCallback | undefined;
  /** Ends a start that is under way; has no effect afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** Options with their defaults filled in. */
export type ParsedOptions = z.output<typeof schema>;

/** @throws InvalidOptionsError naming every wrong option. */
export function parseOptions(options: LocalNeo4jOptions): ParsedOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new InvalidOptionsError(problems, result.error);
}
