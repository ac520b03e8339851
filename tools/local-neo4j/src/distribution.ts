import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder, cacheFolder as downloadCacheFolder, lastLines, runMaven } from '@hartonomous/download-cache';
import { MavenNotFoundError, Neo4jDownloadFailedError } from './errors.ts';
import type { ProgressCallback } from './options.ts';

const copyDependenciesGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * Folder that downloads are kept in: `HARTONOMOUS_CACHE`, else `hartonomous` in the user's cache folder
 * (`XDG_CACHE_HOME`, `LOCALAPPDATA` on Windows, else `~/.cache`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return downloadCacheFolder(env);
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
 * @throws MavenNotFoundError, Neo4jDownloadFailedError
 */
export async function provideDistribution(request: DistributionRequest): Promise<string> {
  const { version } = request;
  const folder = await cachedFolder({
    name: `neo4j-${version}`,
    facts: { version },
    async fill(work) {
      await writeFile(join(work, 'pom.xml'), projectFile(version));
      await fetchJars(work, request);
    },
  });
  return join(folder, 'lib');
}

async function fetchJars(work: string, request: DistributionRequest): Promise<void> {
  const { version, onProgress, signal } = request;
  onProgress?.(`Fetching Neo4j ${version} with Maven, about 125 MB, once...`);
  let files = 0;
  const result = await runMaven([copyDependenciesGoal, '-DoutputDirectory=lib', '-DincludeScope=runtime'], {
    cwd: work,
    signal,
    onLine: (line) => {
      if (!/Downloaded from .*\.jar/.test(line)) return;
      files += 1;
      if (files % 25 === 0) onProgress?.(`Fetching Neo4j ${version}: ${files} of about 220 files...`);
    },
  });
  if (result === undefined) throw new MavenNotFoundError(cacheFolder());
  if (result.exitCode !== 0) throw new Neo4jDownloadFailedError(version, lastLines(result.stdout + result.stderr, 15));
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
