import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MavenNotFoundError, Neo4jDownloadFailedError } from './errors.ts';
import type { ProgressCallback } from './options.ts';
import { lastLines, runCommand } from './run-command.ts';

const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * Folder that downloads are kept in: `HARTONOMOUS_CACHE`, else `hartonomous` in the user's cache folder
 * (`XDG_CACHE_HOME`, `LOCALAPPDATA` on Windows, else `~/.cache`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HARTONOMOUS_CACHE) return env.HARTONOMOUS_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'hartonomous');
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'hartonomous');
  return join(homedir(), '.cache', 'hartonomous');
}

/** What {@link provideDistribution} needs to know. */
export interface DistributionRequest {
  readonly version: string;
  readonly onProgress?: ProgressCallback | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the folder with Neo4j's jars, after fetching them with Maven if the cache doesn't have them.
 *
 * Two processes may do this at once: each fills a folder of its own, and the rename that publishes it is atomic; who
 * comes second throws away what it fetched.
 *
 * @throws MavenNotFoundError, Neo4jDownloadFailedError
 */
export async function provideDistribution(request: DistributionRequest): Promise<string> {
  const cache = cacheFolder();
  const target = join(cache, `neo4j-${request.version}`);
  const jars = join(target, 'lib');
  if (await isReady(target)) return jars;

  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `neo4j-${request.version}.partial-`));
  try {
    await writeFile(join(work, 'pom.xml'), projectFile(request.version));
    await fetchJars(work, request);
    await writeFile(join(work, 'ready.json'), JSON.stringify({ version: request.version, at: new Date() }));
    await publish(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return jars;
}

async function fetchJars(work: string, request: DistributionRequest): Promise<void> {
  const { version, onProgress, signal } = request;
  onProgress?.(`Fetching Neo4j ${version} with Maven, about 125 MB, once...`);
  const command = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
  let files = 0;
  const result = await runCommand(
    command,
    ['-B', COPY_DEPENDENCIES, '-DoutputDirectory=lib', '-DincludeScope=runtime'],
    {
      cwd: work,
      signal,
      onLine: (line) => {
        if (!/Downloaded from .*\.jar/.test(line)) return;
        files += 1;
        if (files % 25 === 0) onProgress?.(`Fetching Neo4j ${version}: ${files} of about 220 files...`);
      },
    },
  );
  if (result === undefined || (process.platform === 'win32' && result.exitCode === 9009)) {
    throw new MavenNotFoundError(cacheFolder());
  }
  if (result.exitCode !== 0) throw new Neo4jDownloadFailedError(version, lastLines(result.stdout + result.stderr, 15));
}

async function publish(work: string, target: string): Promise<void> {
  try {
    await rename(work, target);
  } catch (error) {
    // Another process published first (the target is a non-empty folder), which is as good.
    if (!(await isReady(target))) throw error;
  }
}

async function isReady(target: string): Promise<boolean> {
  return access(join(target, 'ready.json')).then(
    () => true,
    () => false,
  );
}

// The server with the embedded database. neo4j-harness would bring the same and 30 jars of test libraries besides.
function projectFile(version: string): string {
  const dependency = (group: string, artifact: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '<modelVersion>4.0.0</modelVersion>',
    '<groupId>local-neo4j</groupId><artifactId>local-neo4j</artifactId><version>1</version>',
    `<dependencies>${dependency('org.neo4j.app', 'neo4j-server')}${dependency('org.neo4j', 'neo4j')}</dependencies>`,
    '</project>',
  ].join('\n');
}
