export {
  type ChildExit,
  ChildService,
  type ChildServiceOptions,
  type ChildServiceStart,
  describeExit,
  repositoryRoot,
  sourceCommand,
} from './child-service.ts';
export {
  type EmbeddingServer,
  type GivenEmbeddingAnswer,
  openAiBody,
  type ReceivedEmbeddingRequest,
  startEmbeddingServer,
  vectorOf,
} from './embedding-server.ts';
export { emulatorPort } from './emulator-lines.ts';
export {
  deleteSample,
  insertSample,
  type Sample,
  type SampleContext,
  type SampleRow,
  type SampleState,
  type SampleValue,
  sampleOf,
  updateSample,
} from './entity-samples.ts';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { expectLinear, type LinearOptions } from './expect-linear.ts';
export { edgeLine, graphLines, nodeLine } from './graph-lines.ts';
export { percentile } from './percentile.ts';
export { emulatorCommand, programCommand } from './program-under-test.ts';
export { PrometheusPage, type PrometheusSample } from './prometheus.ts';
export { readCommittedSnapshotQuery, readCommittedSnapshotUnderTest } from './read-committed-snapshot.ts';
export { asRoleLogin, createRoleLogins } from './role-logins.ts';
export { type SeededRandom, seededRandom } from './seeded-random.ts';
export { settingsProblems } from './settings-problems.ts';
export { settingsSchemaProblems } from './settings-schema-problems.ts';
export { TcpProxy, type TcpProxyMode, type TcpProxyOptions } from './tcp-proxy.ts';
export { UnitManager } from './unit-manager.ts';
export { workerQueueProblems } from './worker-queue-problems.ts';
