export { type BatchOutcome, type BatchSizeBounds, nextBatchSize } from './batch-size.ts';
export { type BodyFormat, bytesBody, jsonBody, textBody } from './body-format.ts';
export { boundedProbe } from './bounded-probe.ts';
export { BrokerClient, type BrokerConnection, type JoinOptions, type SendOptions } from './broker-client.ts';
export type { BrokerHealth, EndpointCount, LeakedCount, StuckTransmission } from './broker-health.ts';
export { observeQueueWatch } from './broker-metrics.ts';
export { connectBroker } from './connect-broker.ts';
export {
  type DeadLetterFilter,
  type DeadLetterListOptions,
  type DeadLetterReason,
  DeadLetterTable,
  type DeadLetterTableOptions,
  type Replayer,
  type ReplayOutcome,
  type ReplayState,
  type StoredDeadLetter,
} from './dead-letter-table.ts';
export { type DeadLetter, type DeadLetterTarget, deadLetterEntry, putDeadLetters } from './dead-letters.ts';
export {
  DialogPool,
  type DialogPoolOptions,
  type DialogPoolStatistics,
  type PooledSendOptions,
} from './dialog-pool.ts';
export type { DialogOptions, EndConversationOptions, OutgoingMessage } from './dialogs.ts';
export {
  BatchLeftOpenError,
  BrokerError,
  type BrokerErrorDetails,
  BrokerLoginError,
  BrokerObjectError,
  BrokerTimeoutError,
  BrokerTlsError,
  BrokerUnavailableError,
  ConversationEndedError,
  DatabaseUnavailableError,
  InvalidBrokerOptionsError,
  MessageDecodeError,
  MessageEncodeError,
  OdbcDriverMissingError,
  PermissionDeniedError,
  ProbeTimeoutError,
  QueueDisabledError,
  QueueNotFoundError,
  ReceiveLoopStateError,
  SqlStatementError,
  SqlStorageFullError,
  TransactionEndedError,
  TransientSqlError,
  UnexpectedRowsError,
} from './errors.ts';
export { parseQualifiedName, type QualifiedName, quoteName, quoteQualifiedName } from './identifiers.ts';
export {
  endLeakedConversations,
  type LeakedConversationsOptions,
  type LeakedConversationsResult,
} from './leaked-conversations.ts';
export type { LoopRetryOptions } from './loop-retries.ts';
export {
  type AnyMessageCodec,
  type DecodedMessage,
  type DecodedMessages,
  decodeMessages,
  defineMessage,
  type MessageCodec,
} from './message-codec.ts';
export type { MessageRetry, RetryTarget, WaitingRetries } from './message-retries.ts';
export { type BrokerOptions, brokerOptionsSchema, type ReceiveOptions, receiveOptionsSchema } from './options.ts';
export type { CircuitState, Passage, Probe } from './outage-circuit.ts';
export {
  type SqlParameter,
  type SqlParameters,
  type SqlTableParameter,
  type SqlValue,
  sqlParameter,
  type TableParameterColumn,
} from './parameters.ts';
export type { QueueActivation, QueueBacklog, WaitingMessages } from './queue-backlog.ts';
export type { QueueStatus } from './queue-inspection.ts';
export {
  allWaiting,
  type ObservationPart,
  type QueueObservation,
  QueueWatch,
  type QueueWatchOptions,
  type UpstreamOptions,
  type UpstreamProblem,
  upstreamProblems,
} from './queue-watch.ts';
export { classifyBrokerFailure, firstFailure, type ReceiveFailure } from './receive-failure.ts';
export { type GatePass, ReceiveGate } from './receive-gate.ts';
export { ReceiveLoop, type ReceiveLoopSignals } from './receive-loop.ts';
export type {
  BatchContext,
  BatchEvent,
  BatchHandler,
  FailureEvent,
  ReceiveLoopHooks,
  ReceiveLoopOptions,
} from './receive-loop-options.ts';
export type { ReceiveLoopState } from './receive-loop-state.ts';
export { type BatchSource, ReceivedBatch } from './received-batch.ts';
export type { ReceivedMessage, SystemMessage } from './received-message.ts';
export { hasOdbcDriver, type SqlDriver, sqlDriver } from './sql-driver.ts';
export { transientErrorNumbers } from './sql-error-numbers.ts';
export type { CallOptions, SqlSession, UncheckedRow } from './sql-session.ts';
export type { SqlColumn, SqlTable } from './sql-table.ts';
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts';
export { BrokerTransaction, type TransactionState } from './transaction.ts';
export { type ErrorContext, translateError } from './translate-error.ts';
export { type ShownWarning, type WatchUpstreamOptions, watchUpstream } from './watch-upstream.ts';
