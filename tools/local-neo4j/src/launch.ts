import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand } from '@hartonomous/download-cache';
import { classArchiveFile } from './class-archive.ts';
import { provideDistribution } from './distribution.ts';
import { JavaNotFoundError, JavaTooOldError, MavenNotFoundError } from './errors.ts';
import { writeInitialPassword } from './initial-password.ts';
import { findJava, type Java } from './java.ts';
import type { ParsedOptions } from './options.ts';
import { certificateFolder, writeCertificate } from './server-certificate.ts';
import { serverConfig } from './server-config.ts';
import type { ServerCommand } from './server-process.ts';

/** The ports that a launch uses on 127.0.0.1. */
export interface LaunchPorts {
  readonly port: number;
  readonly httpPort: number | undefined;
}

/** A way to run a server on this machine. */
export interface Launcher {
  readonly kind: 'java' | 'docker';
  /** Where an archive of the server's classes may be kept, if there can be one. */
  readonly classArchiveFile?: string | undefined;
  /**
   * Writes what the server needs into its home folder and returns the command that starts it.
   *
   * @param javaOptions more options of Java; Docker's image has its own
   */
  prepare(
    home: string,
    ports: LaunchPorts,
    javaOptions: readonly string[],
  ): Promise<Omit<ServerCommand, 'consoleFile' | 'orphanFolder'>>;
  /** Ends what a killed command leaves behind. */
  sweep?(): Promise<void>;
}

/**
 * Java with the cached jars (fetched with Maven the first time), else Docker.
 *
 * @throws JavaNotFoundError, JavaTooOldError, MavenNotFoundError, Neo4jDownloadFailedError
 */
export async function chooseLauncher(options: ParsedOptions): Promise<Launcher> {
  try {
    const { version, javaHome, onProgress, signal } = options;
    const java = await findJava({ neo4jVersion: version, javaHome, signal });
    return javaLauncher(java, await provideDistribution({ version, onProgress, signal }), options);
  } catch (error) {
    const missing =
      error instanceof JavaNotFoundError || error instanceof JavaTooOldError || error instanceof MavenNotFoundError;
    // Who names a Java wants that one.
    if (!missing || options.javaHome !== undefined || !(await dockerAnswers(options.signal))) throw error;
    options.onProgress?.(`${error.code}: using Docker instead.`);
    return dockerLauncher(options);
  }
}

function javaLauncher(java: Java, jars: string, options: ParsedOptions): Launcher {
  // Quick compilation only: a start takes 6.3 s instead of 7.5 s, and 270 MB instead of 300 MB; what runs for minutes
  // is better off with the second compiler.
  const tuning = options.optimizeFor === 'startup' ? ['-XX:TieredStopAtLevel=1'] : [];
  const certificates = new Map<string, Promise<void>>();
  return {
    kind: 'java',
    // Java writes an archive when it is asked to end, which Windows can't do.
    classArchiveFile: process.platform === 'win32' ? undefined : classArchiveFile(jars, java.build),
    async prepare(home, ports, javaOptions) {
      const { tls, pageCache } = options;
      const config = join(home, 'conf');
      const folder = certificateFolder(home);
      await mkdir(config, { recursive: true });
      // Made once, so that a client that trusts it gets through after a restart, too.
      if (tls !== 'off') {
        const made = certificates.get(home) ?? writeCertificate(home);
        certificates.set(home, made);
        await made;
      }
      await writeFile(
        join(config, 'neo4j.conf'),
        serverConfig({ ...ports, pageCache, tls, certificateFolder: folder }),
      );
      await writeInitialPassword(home, options.password);
      const args = [
        `-Xms${options.heap}`,
        `-Xmx${options.heap}`,
        // One collector thread: the parallel ones take the cores that the tests need.
        '-XX:+UseSerialGC',
        ...tuning,
        ...javaOptions,
        '-XX:+ExitOnOutOfMemoryError',
        '-Dlog4j2.disable.jmx=true',
        '-Dfile.encoding=UTF-8',
        '--add-opens=java.base/java.nio=ALL-UNNAMED',
        '--add-opens=java.base/java.io=ALL-UNNAMED',
        '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
        '-classpath',
        [join(jars, '*')].join(delimiter),
        entryPointOf(options.version),
        `--home-dir=${home}`,
        `--config-dir=${config}`,
      ];
      return { command: java.path, args, cwd: home };
    },
  };
}

// The name changed with the calendar numbers (2025.01).
function entryPointOf(version: string): string {
  return `org.neo4j.server.${version.startsWith('5.') ? 'CommunityEntryPoint' : 'Neo4jCommunity'}`;
}

/** Docker's command for a server; the password travels in the environment, never on the command line. */
function dockerLauncher(options: ParsedOptions): Launcher {
  const name = `local-neo4j-${randomUUID()}`;
  return {
    kind: 'docker',
    async prepare(home, ports) {
      await mkdir(join(home, 'data'), { recursive: true });
      const publish = ['--publish', `127.0.0.1:${ports.port}:7687`];
      if (options.tls !== 'off') await writeCertificate(home);
      if (ports.httpPort !== undefined) publish.push('--publish', `127.0.0.1:${ports.httpPort}:7474`);
      const settings = [
        'NEO4J_AUTH',
        'NEO4J_dbms_usage__report_enabled=false',
        `NEO4J_server_memory_heap_initial__size=${options.heap}`,
        `NEO4J_server_memory_heap_max__size=${options.heap}`,
        `NEO4J_server_memory_pagecache_size=${options.pageCache}`,
        `NEO4J_server_bolt_advertised__address=localhost:${ports.port}`,
      ];
      if (options.tls !== 'off') {
        settings.push(
          `NEO4J_server_bolt_tls__level=${options.tls.toUpperCase()}`,
          'NEO4J_dbms_ssl_policy_bolt_enabled=true',
          'NEO4J_dbms_ssl_policy_bolt_base__directory=/ssl',
          'NEO4J_dbms_ssl_policy_bolt_client__auth=NONE',
        );
      }
      const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`];
      const args = ['run', '--rm', '--name', name, ...user, ...publish, '--volume', `${join(home, 'data')}:/data`];
      if (options.tls !== 'off') args.push('--volume', `${certificateFolder(home)}:/ssl:ro`);
      for (const setting of settings) args.push('--env', setting);
      args.push(`neo4j:${options.version}-community`);
      return {
        command: 'docker',
        args,
        cwd: home,
        env: { ...process.env, NEO4J_AUTH: `neo4j/${options.password}` },
      };
    },
    async sweep() {
      await runCommand('docker', ['rm', '--force', name], { timeoutMs: 30_000 });
    },
  };
}

async function dockerAnswers(signal: AbortSignal | undefined): Promise<boolean> {
  const result = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], {
    signal,
    timeoutMs: 10_000,
  });
  return result?.exitCode === 0;
}
