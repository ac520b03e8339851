import { join } from 'node:path';
import { JavaNotFoundError, JavaTooOldError } from './errors.ts';
import { runCommand } from './run-command.ts';

/** Oldest Java that Neo4j 5 runs on. */
export const OLDEST_JAVA = 17;

/** A Java that Neo4j can run on. */
export interface Java {
  readonly path: string;
  /** Feature version, for example 17. */
  readonly version: number;
  /** The whole of `java -version`: tells one build from another. */
  readonly description: string;
}

/**
 * Finds Java in `JAVA_HOME`, else on `PATH`.
 *
 * @throws JavaNotFoundError, JavaTooOldError
 */
export async function findJava(signal?: AbortSignal): Promise<Java> {
  const home = process.env.JAVA_HOME;
  const candidates = home === undefined || home === '' ? ['java'] : [join(home, 'bin', 'java'), 'java'];
  let tooOld: JavaTooOldError | undefined;
  for (const path of candidates) {
    const result = await runCommand(path, ['-version'], { signal, timeoutMs: 30_000 });
    const version = result === undefined ? undefined : javaVersion(result.stderr);
    if (result === undefined || version === undefined) continue;
    if (version >= OLDEST_JAVA) return { path, version, description: result.stderr.trim() };
    tooOld ??= new JavaTooOldError(version, path);
  }
  throw tooOld ?? new JavaNotFoundError();
}

/** Feature version out of `java -version`: 8 for `"1.8.0_402"`, 17 for `"17.0.15"`, 26 for `"26-ea"`. */
export function javaVersion(description: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(description);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
