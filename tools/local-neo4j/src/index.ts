export { cacheFolder } from './distribution.ts';
export {
  InvalidOptionsError,
  JavaNotFoundError,
  JavaTooOldError,
  LocalNeo4jError,
  type LocalNeo4jErrorCode,
  MavenNotFoundError,
  Neo4jDownloadFailedError,
  Neo4jLoginFailedError,
  Neo4jPortInUseError,
  Neo4jStartFailedError,
  Neo4jUnreachableError,
} from './errors.ts';
export { findJava, type Java, type JavaRequest, oldestJavaFor } from './java.ts';
export {
  defaultNeo4jVersion,
  type LocalNeo4jOptions,
  newestNeo4jVersion,
  type ProgressCallback,
} from './options.ts';
export { type LocalNeo4j, startLocalNeo4j } from './start-local-neo4j.ts';
