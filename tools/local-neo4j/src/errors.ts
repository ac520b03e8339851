import { sep } from 'node:path';

/** Stable names of what can go wrong; tests and callers branch on them. */
export type LocalNeo4jErrorCode =
  | 'INVALID_OPTIONS'
  | 'JAVA_NOT_FOUND'
  | 'JAVA_TOO_OLD'
  | 'MAVEN_NOT_FOUND'
  | 'NEO4J_DOWNLOAD_FAILED'
  | 'NEO4J_PORT_IN_USE'
  | 'NEO4J_START_FAILED'
  | 'NEO4J_UNREACHABLE'
  | 'NEO4J_LOGIN_FAILED';

/** Base of everything that this package throws on purpose. */
export abstract class LocalNeo4jError extends Error {
  abstract readonly code: LocalNeo4jErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Thrown when the options don't have the shape that they should have; one line per problem. */
export class InvalidOptionsError extends LocalNeo4jError {
  readonly code = 'INVALID_OPTIONS';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], cause: unknown) {
    super(`Invalid options for local-neo4j:\n  ${problems.join('\n  ')}`, { cause });
    this.problems = problems;
  }
}

/** Thrown when there is neither Java nor Docker to run a server with. */
export class JavaNotFoundError extends LocalNeo4jError {
  readonly code = 'JAVA_NOT_FOUND';

  constructor(neo4jVersion: string, needed: number, javaHome: string | undefined) {
    super(
      javaHome === undefined
        ? `Neo4j ${neo4jVersion} needs Java ${needed} or newer, and no java was found in JAVA_HOME or on PATH; Docker, ` +
            `which would do instead, does not answer either. Install a Java ${needed} runtime (and Maven for the first ` +
            'start), or start Docker, or give the URI of a running Neo4j (--uri).'
        : `There is no Java in ${javaHome} (--java-home): bin${sep}java is missing there or does not run.`,
    );
  }
}

/** Thrown when every Java found is too old for the version of Neo4j, and there is no Docker either. */
export class JavaTooOldError extends LocalNeo4jError {
  readonly code = 'JAVA_TOO_OLD';
  /** Oldest feature version that would do, for example 21. */
  readonly needed: number;
  /** Feature version that was found, for example 11. */
  readonly found: number;
  readonly javaPath: string;

  constructor(neo4jVersion: string, needed: number, found: number, javaPath: string) {
    super(
      `Neo4j ${neo4jVersion} needs Java ${needed} or newer, but ${javaPath} is Java ${found}, and no newer one was ` +
        `found. Install a Java ${needed} runtime, or point JAVA_HOME (or --java-home) to one, or start Docker, or give ` +
        'the URI of a running Neo4j (--uri).',
    );
    this.needed = needed;
    this.found = found;
    this.javaPath = javaPath;
  }
}

/** Thrown when Neo4j isn't in the cache yet and there is no Maven to fetch it with, nor Docker. */
export class MavenNotFoundError extends LocalNeo4jError {
  readonly code = 'MAVEN_NOT_FOUND';

  constructor(cacheFolder: string) {
    super(
      `Neo4j is not in the cache yet (${cacheFolder}), and mvn, which fetches it, was not found on PATH. Install ` +
        'Maven, or start Docker, or give the URI of a running Neo4j (--uri).',
    );
  }
}

/** Thrown when Maven could not fetch Neo4j; carries the end of what Maven printed. */
export class Neo4jDownloadFailedError extends LocalNeo4jError {
  readonly code = 'NEO4J_DOWNLOAD_FAILED';
  override readonly retryable = true;
  readonly outputTail: string;

  constructor(version: string, outputTail: string, cause?: unknown) {
    super(
      `Maven could not fetch Neo4j ${version}. Check the network, and the proxy or mirror in Maven's settings.xml, ` +
        `then try again. Maven's last lines:\n${outputTail}`,
      { cause },
    );
    this.outputTail = outputTail;
  }
}

/** Thrown when something else listens on the port. */
export class Neo4jPortInUseError extends LocalNeo4jError {
  readonly code = 'NEO4J_PORT_IN_USE';
  readonly port: number;

  constructor(port: number, cause?: unknown) {
    super(
      `Port ${port} on 127.0.0.1 is already in use. Stop what listens there, choose another port (--port), or leave ` +
        `the port out to get a free one. If it is a Neo4j that you want to use, give --uri bolt://localhost:${port}.`,
      { cause },
    );
    this.port = port;
  }
}

/** Thrown when the server ended or hung while starting; carries the end of its log. */
export class Neo4jStartFailedError extends LocalNeo4jError {
  readonly code = 'NEO4J_START_FAILED';
  readonly logFile: string;
  readonly logTail: string;

  constructor(what: string, logFile: string, logTail: string, cause?: unknown) {
    super(`Neo4j did not start: ${what}. Its last log lines (${logFile}):\n${logTail}`, { cause });
    this.logFile = logFile;
    this.logTail = logTail;
  }
}

/** Thrown when nothing that speaks Bolt answers at the URI. */
export class Neo4jUnreachableError extends LocalNeo4jError {
  readonly code = 'NEO4J_UNREACHABLE';
  readonly uri: string;

  constructor(uri: string, cause: unknown) {
    super(`No Neo4j answers at ${uri}. Check that it runs, the host and the port (Bolt, usually 7687).`, { cause });
    this.uri = uri;
  }
}

/** Thrown when the server refuses the user name and password. */
export class Neo4jLoginFailedError extends LocalNeo4jError {
  readonly code = 'NEO4J_LOGIN_FAILED';
  readonly uri: string;
  readonly username: string;

  constructor(uri: string, username: string, cause: unknown) {
    super(
      `Neo4j at ${uri} refuses user ${username} with the given password. A data directory keeps the password of its ` +
        'first start: give that one (--password), or use another data directory.',
      { cause },
    );
    this.uri = uri;
    this.username = username;
  }
}
